#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/pod_requests.h"
#include "scheduler/spark/spark_application.h"
#include "test/fuzz/fuzz_input.h"
#include "test/spark/driver_fixture.h"

namespace {

namespace spark = muster::spark;

const spark::Shape& Predicted() {
  static const spark::Shape shape = *spark::ComputeShape(
      spark::MakeDriver(), spark::MakeConfigMaps(spark::kTemplateProperty,
                                                 "spec: {nodeSelector: {disk: ssd}, tolerations: "
                                                 "[{key: a}], initContainers: [{name: i}]}"));
  return shape;
}

}  // namespace

// The input is the SparkApplication as the API server gives it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shape = spark::ApplySparkApplicationText(Predicted(), spark::MakeDriver(),
                                                      muster::fuzz::TextOf(data, size));
  if (!shape.ok()) return 0;
  MUSTER_CHECK(shape->executor_sets.size() == 1, "the profile is still there");
  const muster::api::Pod& pod = shape->executor_sets[0].pod;
  MUSTER_CHECK(!pod.spec.containers.empty(), "an executor has Spark's container");
  for (const auto& [resource, quantity] : muster::api::EffectiveRequests(pod.spec)) {
    MUSTER_CHECK(!quantity.IsNegative(), "nobody asks for less than nothing");
  }
  const auto again = muster::api::DecodePod(muster::api::EncodePod(pod));
  MUSTER_CHECK(again.ok(), "what was computed is a pod");
  return 0;
}
