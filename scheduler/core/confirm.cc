// The first executor of a set shows whether the prediction was right.

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "scheduler/api/pod_requests.h"
#include "scheduler/core/state.h"

namespace muster::core {
namespace {

using gang::GangPhase;

/// Admission gives every pod these two, so they say nothing about the prediction.
bool IsAddedByAdmission(const api::Toleration& toleration) {
  return toleration.effect == "NoExecute" && (toleration.key == "node.kubernetes.io/not-ready" ||
                                              toleration.key == "node.kubernetes.io/unreachable");
}

std::vector<api::Toleration> OwnTolerations(const api::PodSpec& spec) {
  std::vector<api::Toleration> tolerations = spec.tolerations;
  std::erase_if(tolerations, IsAddedByAdmission);
  return tolerations;
}

bool SameConstraints(const api::PodSpec& a, const api::PodSpec& b) {
  return a.node_selector == b.node_selector &&
         a.node_affinity.required == b.node_affinity.required &&
         OwnTolerations(a) == OwnTolerations(b);
}

std::string Describe(const api::ResourceList& requests) {
  std::string text;
  for (const auto& [name, quantity] : requests) {
    text += (text.empty() ? "" : ", ") + name + " " + quantity.ToString();
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

/// From here on the set is what its executors are. When they differ from the prediction, the empty
/// slots are placed anew in the right size, before the executor itself looks for one.
void SchedulerCore::State::ConfirmPrediction(Gang& application, gang::SlotSet& set,
                                             const api::Pod& executor) {
  if (std::exchange(set.confirmed, true)) return;
  const bool predicted = set.pod.has_value();  // after a restart only the requests are known
  model::PodInfoPtr info = model::MakePodInfo(executor, model_.Names());
  const model::ResourceVector& amounts = info->amounts;
  const model::ResourceVector& expected = set.info->amounts;
  const bool same_size = amounts == expected;
  const bool same_nodes = !predicted || SameConstraints(set.pod->spec, executor.spec);
  if (predicted && same_size && same_nodes) ++statistics_.predictions_exact;
  if (same_size && same_nodes) {
    gang::Reservation::Become(set, executor, std::move(info), model_);
    return;
  }

  const api::ResourceList requests = api::EffectiveRequests(executor.spec);
  ++statistics_.shape_mismatches;
  statistics_.mismatch_cpu_millicores +=
      static_cast<std::uint64_t>(std::abs(amounts.cpu.value - expected.cpu.value));
  statistics_.mismatch_memory_bytes +=
      static_cast<std::uint64_t>(std::abs(amounts.memory.value - expected.memory.value));
  Record(RecordEvent::Type::kWarning, application, "GangMismatch", "Reserving",
         "executor " + executor.metadata.name + " is not what was predicted: it asks " +
             Describe(requests) + (same_nodes ? "" : " and is bound to other nodes") +
             "; predicted were " + Describe(set.requests) +
             ". Something changes executors when they are created, such as a webhook; the places "
             "still empty are reserved anew");
  gang::Reservation::LoseAll(set, model_);
  set.requests = requests;
  gang::Reservation::Become(set, executor, std::move(info), model_);
  CapacityGrew();
  ReplaceLostSlots(application);
}

/// Room must not be held for executors that another scheduler places.
void SchedulerCore::State::GiveWayToOtherScheduler(const api::Pod& executor) {
  Gang* application = FindApplication(executor);
  if (application == nullptr || application->phase != GangPhase::kReserved) return;
  const gang::Reservation& reservation = application->reservation;
  const std::int64_t held = reservation.CountEmpty() + reservation.CountLost();
  if (held == 0) return;
  ++statistics_.shape_mismatches;
  Record(RecordEvent::Type::kWarning, *application, "GangMismatch", "Reserving",
         "executor " + executor.metadata.name + " has schedulerName '" +
             executor.spec.scheduler_name + "', not '" + options_.scheduler_name +
             "', so another scheduler places it; the " + std::to_string(held) +
             " places still empty are given back. Set spark.kubernetes.scheduler.name, or "
             "schedulerName in the executor pod template");
  ReleaseSlots(*application);
}

}  // namespace muster::core
