// The first executor of a set shows whether the prediction was right.

#include <algorithm>
#include <cstdlib>
#include <optional>
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
         a.pod_affinity.required == b.pod_affinity.required &&
         a.pod_anti_affinity.required == b.pod_anti_affinity.required &&
         a.topology_spread == b.topology_spread && OwnTolerations(a) == OwnTolerations(b);
}

/// The claim that Spark made with this executor, as one for every other: as it was predicted, else
/// as this one is. Absent when the executors share the claim.
std::optional<api::PersistentVolumeClaimSpec> MadeForEach(const api::Pod& executor,
                                                          const api::Volume& volume,
                                                          const std::optional<api::Pod>& predicted,
                                                          const model::StorageTable& storage) {
  if (predicted) {
    const auto& volumes = predicted->spec.volumes;
    const auto same = std::find_if(volumes.begin(), volumes.end(), [&](const api::Volume& one) {
      return one.name == volume.name && one.type == volume.type;
    });
    if (same != volumes.end() && same->source.empty()) {
      return same->claim_template.value_or(api::PersistentVolumeClaimSpec{});
    }
  }
  // Spark's name for a claim made on demand.
  if (!volume.source.starts_with(executor.metadata.name + "-pvc-")) return std::nullopt;
  const auto* claim = storage.FindClaim({executor.metadata.namespace_name, volume.source});
  api::PersistentVolumeClaimSpec spec;
  if (claim != nullptr) spec = claim->spec;
  spec.volume_name.clear();
  return spec;
}

/// What the executors of the set that do not exist yet are like, after one that does.
api::Pod LikeThisOne(const api::Pod& executor, const std::optional<api::Pod>& predicted,
                     const model::StorageTable& storage) {
  api::Pod other = executor;
  for (api::Volume& volume : other.spec.volumes) {
    if (volume.type != api::VolumeType::kPersistentVolumeClaim) continue;
    auto made = MadeForEach(executor, volume, predicted, storage);
    if (!made) continue;
    volume.source.clear();
    volume.claim_template = std::move(made);
  }
  other.metadata.name.clear();
  other.metadata.uid.clear();
  other.metadata.deletion_timestamp.reset();
  other.spec.node_name.clear();
  return other;
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
  const api::Pod others = LikeThisOne(executor, set.pod, model_.Storage());
  model::PodInfoPtr info = model::MakePodInfo(others, model_.Names());
  const model::ResourceVector& amounts = info->amounts;
  const model::ResourceVector& expected = set.info->amounts;
  const bool same_size = amounts == expected;
  const bool same_nodes = !predicted || SameConstraints(set.pod->spec, executor.spec);
  if (predicted && same_size && same_nodes) ++statistics_.predictions_exact;
  if (same_size && same_nodes) {
    gang::Reservation::Become(set, others, std::move(info), model_);
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
  gang::Reservation::Become(set, others, std::move(info), model_);
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
