#include "scheduler/runtime/decision_log.h"

#include <spdlog/spdlog.h>

#include <variant>

#include "scheduler/kube/api_status.h"

namespace muster::runtime {
namespace {

constexpr char kPlanAnnotation[] = "muster.dev/plan";
constexpr std::size_t kNoteBytesMax = 1024;

void LogBind(const core::BindPod& bind) {
  if (bind.annotations.contains(kPlanAnnotation)) {
    spdlog::info("gang admitted: {} goes to node {}", bind.pod.ToString(), bind.node);
  } else {
    spdlog::debug("bind: {} goes to node {}", bind.pod.ToString(), bind.node);
  }
}

void LogEvent(const core::RecordEvent& event) {
  const bool notable =
      event.type == core::RecordEvent::Type::kWarning && event.reason != "FailedScheduling";
  spdlog::log(notable ? spdlog::level::warn : spdlog::level::debug, "{}: {}: {}",
              kube::Printable(event.reason, 128), event.pod.ToString(),
              kube::Printable(event.note, kNoteBytesMax));
}

}  // namespace

void LogDecisions(std::span<const core::Effect> effects) {
  for (const core::Effect& effect : effects) {
    if (const auto* bind = std::get_if<core::BindPod>(&effect)) LogBind(*bind);
    if (const auto* event = std::get_if<core::RecordEvent>(&effect)) LogEvent(*event);
  }
}

}  // namespace muster::runtime
