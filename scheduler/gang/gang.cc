#include "scheduler/gang/gang.h"

#include <algorithm>
#include <charconv>

namespace muster::gang {
namespace {

/// 0 when the label is absent or no number.
template <class Number>
Number NumberIn(const api::Pod& pod, const char* label) {
  Number number = 0;
  const auto found = pod.metadata.labels.find(label);
  if (found == pod.metadata.labels.end()) return number;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

constexpr Duration kReportIntervalMin = std::chrono::seconds(10);
constexpr Duration kReportIntervalMax = std::chrono::minutes(5);
constexpr int kReportsPerWait = 4;

}  // namespace

Duration ReportInterval(const Gang& gang, Time now) {
  const Duration waited = now - gang.anchor.metadata.creation_timestamp;
  return std::clamp(waited / kReportsPerWait, kReportIntervalMin, kReportIntervalMax);
}

std::optional<std::string> ControllingPod(const api::Pod& pod) {
  for (const api::OwnerReference& owner : pod.metadata.owner_references) {
    if (owner.controller && owner.kind == "Pod" && owner.api_version == "v1") return owner.uid;
  }
  return std::nullopt;
}

std::int64_t ExecutorIdOf(const api::Pod& executor) {
  return NumberIn<std::int64_t>(executor, "spark-exec-id");
}

std::int32_t ResourceProfileOf(const api::Pod& executor) {
  return NumberIn<std::int32_t>(executor, "spark-exec-resourceprofile-id");
}

}  // namespace muster::gang
