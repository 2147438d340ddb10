#include <algorithm>
#include <string_view>

#include "scheduler/spark/command_words.h"
#include "scheduler/spark/shape.h"
#include "test/fuzz/fuzz_input.h"

// Each line of the input is a word of the container's command; the whole of it is also a script.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace spark = muster::spark;
  const std::string_view text = muster::fuzz::TextOf(data, size);
  (void)spark::SplitShellScript(text);

  muster::api::Pod pod;
  pod.status.pod_ip = "10.0.0.1";
  muster::api::Container& container = pod.spec.containers.emplace_back();
  container.environment = {{"A", "1"}, {"B", "$(A)"}};
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    container.command.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (spark::KindOfDriver(pod) == spark::DriverKind::kNone) return 0;
  const auto required = spark::RequiredConfigMaps(pod, {});
  MUSTER_CHECK(required.ok() || !required.status().message().empty(), "errors say something");
  (void)spark::ComputeShape(pod, {});
  return 0;
}
