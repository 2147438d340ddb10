#include "scheduler/spark/shape.h"
#include "test/fuzz/fuzz_input.h"
#include "test/spark/driver_fixture.h"

// The input is spark.properties; what follows a line "---" is the executor pod template.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace spark = muster::spark;
  constexpr std::string_view kSeparator = "\n---\n";
  const std::string_view text = muster::fuzz::TextOf(data, size);
  const std::size_t end = text.find(kSeparator);
  std::string properties(text.substr(0, end));
  std::string pod_template;
  if (end != text.npos) {
    properties.append("\n").append(spark::kTemplateProperty);
    pod_template = text.substr(end + kSeparator.size());
  }
  const auto shape =
      spark::ComputeShape(spark::MakeDriver(), spark::MakeConfigMaps(properties, pod_template));
  if (!shape.ok()) return 0;
  for (const spark::ExecutorSet& set : shape->executor_sets) {
    MUSTER_CHECK(set.count >= 0 && set.count <= set.count_max, "counts are in order");
    MUSTER_CHECK(!set.pod.spec.containers.empty(), "an executor has Spark's container");
  }
  return 0;
}
