#include "plugins/volume_binding/volume_binding.h"

#include <algorithm>
#include <map>
#include <utility>

#include "plugins/volume_binding/storage_capacity.h"
#include "plugins/volume_binding/volume_matching.h"
#include "plugins/volumes/claims.h"
#include "plugins/volumes/csi_migration.h"

namespace muster::plugins {
namespace {

using model::StorageTable;

constexpr char kNodeConflict[] = "node(s) didn't match PersistentVolume's node affinity";
constexpr char kBindConflict[] = "node(s) didn't find available persistent volumes to bind";
constexpr char kNotEnoughSpace[] = "node(s) did not have enough free storage";
constexpr char kVolumeNotExist[] =
    "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";

/// The claims of one pod, by how they are bound.
struct PodClaims {
  std::vector<std::string> bound_volumes;
  std::vector<WaitingClaim> waiting;  // for a first consumer
  bool unbound_immediate = false;
};

/// kube-scheduler's words for an error of its own, which refuses the node.
std::string MigrationError(const api::PersistentVolume& volume) {
  std::string text = "running \"VolumeBinding\" filter plugin: could not translate pv";
  if (volume.source != api::VolumeSource::kAwsElasticBlockStore) return text;
  return text +
         ": failed to translate Kubernetes ID to EBS Volume ID Invalid format for AWS volume (" +
         volume.handle + ")";
}

bool WaitsForConsumer(const api::StorageClass& storage_class) {
  return storage_class.volume_binding_mode == api::kWaitForFirstConsumer;
}

/// Puts a claim that exists where it belongs; why not, when its class is broken.
std::optional<std::string> Sort(const api::PersistentVolumeClaim& claim,
                                const StorageTable& storage, PodClaims& out) {
  if (api::IsFullyBound(claim)) {
    out.bound_volumes.push_back(claim.spec.volume_name);
    return std::nullopt;
  }
  const std::string& class_name = api::StorageClassOf(claim);
  const api::StorageClass* storage_class =
      class_name.empty() ? nullptr : storage.FindClass(class_name);
  if (storage_class != nullptr && !storage_class->volume_binding_mode) {
    return "VolumeBindingMode not set for StorageClass \"" + class_name + "\"";
  }
  // A claim that names its volume is bound by the controller.
  if (storage_class != nullptr && WaitsForConsumer(*storage_class) &&
      claim.spec.volume_name.empty()) {
    out.waiting.push_back({&claim, claim.spec, class_name});
  } else {
    out.unbound_immediate = true;
  }
  return std::nullopt;
}

/// The same for a claim that will be made. Of immediate binding: it is bound before its pod is
/// scheduled, nobody knows where, and so any node is taken to do.
std::optional<std::string> SortMade(const api::PersistentVolumeClaimSpec& spec,
                                    const StorageTable& storage, PodClaims& out) {
  std::string class_name = ClassOfMadeClaim(spec, storage);
  if (class_name.empty()) return std::nullopt;
  const api::StorageClass* storage_class = storage.FindClass(class_name);
  if (storage_class == nullptr) return NotFound("storageclass.storage.k8s.io", class_name);
  if (WaitsForConsumer(*storage_class)) {
    out.waiting.push_back({nullptr, spec, std::move(class_name)});
  }
  return std::nullopt;
}

/// Why no node can take the pod: a claim is missing, lost, on its way out or somebody else's.
std::optional<std::string> ProblemOf(const ClaimUse& use, const api::PersistentVolumeClaim* claim,
                                     const api::ObjectMeta& pod) {
  const std::string quoted = "\"" + use.name.name + "\"";
  if (claim == nullptr) {
    if (!use.is_ephemeral) return NotFound("persistentvolumeclaim", use.name.name);
    return "waiting for ephemeral volume controller to create the persistentvolumeclaim " + quoted;
  }
  if (claim->phase == "Lost") {
    return "persistentvolumeclaim " + quoted + " bound to non-existent persistentvolume \"" +
           claim->spec.volume_name + "\"";
  }
  if (claim->metadata.deletion_timestamp) {
    return "persistentvolumeclaim " + quoted + " is being deleted";
  }
  if (use.is_ephemeral && !api::IsMadeForPod(*claim, pod)) {
    return "PVC " + use.name.ToString() + " was not created for pod " +
           api::NameOf(pod).ToString() + " (pod is not owner)";
  }
  return std::nullopt;
}

/// Sorts all claims of a pod; why no node can take it, when that is so.
std::optional<std::string> SortAll(const api::Pod& pod, const std::vector<ClaimUse>& uses,
                                   const StorageTable& storage, PodClaims& out) {
  for (const ClaimUse& use : uses) {
    if (use.made_for_each != nullptr) continue;
    if (auto problem = ProblemOf(use, storage.FindClaim(use.name), pod.metadata)) return problem;
  }
  for (const ClaimUse& use : uses) {
    auto problem = use.made_for_each != nullptr ? SortMade(*use.made_for_each, storage, out)
                                                : Sort(*storage.FindClaim(use.name), storage, out);
    if (problem) return problem;
  }
  if (out.unbound_immediate) return "pod has unbound immediate PersistentVolumeClaims";
  return std::nullopt;
}

/// The claims of held places that will take a volume when their pods come.
std::vector<WaitingClaim> WaitingClaimsOf(const model::PodInfo& info, const StorageTable& storage) {
  PodClaims claims;
  for (const ClaimUse& use : ClaimsOf(info)) {
    if (use.made_for_each != nullptr) {
      SortMade(*use.made_for_each, storage, claims);
    } else if (const api::PersistentVolumeClaim* claim = storage.FindClaim(use.name)) {
      Sort(*claim, storage, claims);
    }
  }
  return std::move(claims.waiting);
}

bool IsOnOneNode(const api::PersistentVolume& volume) {
  if (!volume.node_affinity || volume.node_affinity->size() != 1) return false;
  const auto& requirements = volume.node_affinity->front().match_expressions;
  return std::any_of(requirements.begin(), requirements.end(), [](const auto& requirement) {
    return requirement.key == "kubernetes.io/hostname" && requirement.operator_name == "In" &&
           requirement.values.size() == 1;
  });
}

class Filter final : public framework::NodeFilter {
 public:
  explicit Filter(std::string problem) : problem_(std::move(problem)) {}
  Filter(PodClaims claims, const model::ClusterModel& model)
      : claims_(std::move(claims)), couples_nodes_(ChoosesAmongShared(model.Storage())) {}

  std::optional<framework::Refusal> RefusesEverywhere() const override {
    if (!problem_) return std::nullopt;
    return framework::Refusal{*problem_, false};
  }

  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    for (model::NodeIndex i = 0; i < capacity.size(); ++i) {
      if (capacity[i] > 0) capacity[i] = Count(model, first + i, capacity[i]);
    }
  }

  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    const Bound bound = JudgeBound(model, node);
    if (bound.cannot_be_migrated != nullptr) {
      refusals.push_back({MigrationError(*bound.cannot_be_migrated), false});
      return;
    }
    const SpokenFor spoken_for = SpokenForOn(model, node);
    VolumePlan plan = PlanVolumes(claims_.waiting, model, node, spoken_for.volumes);
    if (plan.finds_volumes && CountWithRoom(plan, model, node, spoken_for.made, 1) == 0) {
      plan.has_enough_storage = false;
    }
    if (!bound.reachable) refusals.push_back({kNodeConflict, false});
    if (!plan.finds_volumes) refusals.push_back({kBindConflict, false});
    if (!plan.has_enough_storage) refusals.push_back({kNotEnoughSpace, false});
    if (!bound.found) refusals.push_back({kVolumeNotExist, false});
  }

  bool CouplesNodes() const override { return couples_nodes_; }

  void OnPlaced(const model::ClusterModel& /*model*/, model::NodeIndex node,
                const model::PodInfo& pods, std::int64_t count) override {
    if (pods.rare == nullptr) return;
    auto& here = placed_[node];
    const auto known = std::find_if(here.begin(), here.end(),
                                    [&](const auto& entry) { return entry.first == &pods; });
    if (known == here.end()) {
      here.emplace_back(&pods, count);
      return;
    }
    known->second += count;
    if (known->second == 0) here.erase(known);
  }

  void AddClaimBindings(const model::ClusterModel& model, model::NodeIndex node,
                        std::vector<framework::ClaimBinding>& bindings) const override {
    const VolumePlan plan =
        PlanVolumes(claims_.waiting, model, node, SpokenForOn(model, node).volumes);
    for (const VolumePlan::Match& match : plan.matches) {
      if (match.claim->claim == nullptr) continue;
      bindings.push_back({api::NameOf(match.claim->claim->metadata), match.volume->metadata.name});
    }
    for (const WaitingClaim* waiting : plan.to_provision) {
      if (waiting->claim != nullptr) {
        bindings.push_back({api::NameOf(waiting->claim->metadata), ""});
      }
    }
  }

 private:
  struct Bound {
    bool reachable = true;
    bool found = true;
    const api::PersistentVolume* cannot_be_migrated = nullptr;
  };

  /// The first bound volume that does not do decides.
  Bound JudgeBound(const model::ClusterModel& model, model::NodeIndex node) const {
    const StorageTable& storage = model.Storage();
    for (const std::string& name : claims_.bound_volumes) {
      const api::PersistentVolume* volume = storage.FindVolume(name);
      if (volume == nullptr) return {.found = false};
      const api::CsiNode* csi_node = storage.FindCsiNode(model.Nodes().Name(node));
      if (CannotBeMigrated(*volume, csi_node)) {
        return {.reachable = false, .cannot_be_migrated = volume};
      }
      if (!IsReachable(ReachableFrom(*volume, csi_node), model.Nodes().Labels(node))) {
        return {.reachable = false};
      }
    }
    return {};
  }

  /// How many pods of the set find their volumes on the node, at most `most`: those whose claims
  /// are made for each of them share the volumes that are there.
  std::int64_t Count(const model::ClusterModel& model, model::NodeIndex node,
                     std::int64_t most) const {
    const Bound bound = JudgeBound(model, node);
    if (!bound.reachable || !bound.found) return 0;
    if (claims_.waiting.empty()) return most;
    SpokenFor spoken_for = SpokenForOn(model, node);
    std::int64_t fit = 0;
    while (fit < most) {
      const VolumePlan plan = PlanVolumes(claims_.waiting, model, node, spoken_for.volumes);
      if (!plan.finds_volumes || !plan.has_enough_storage) break;
      const std::size_t before = spoken_for.volumes.size();
      for (const VolumePlan::Match& match : plan.matches) {
        if (match.claim->claim == nullptr) spoken_for.volumes.insert(match.volume->metadata.name);
      }
      // No volume is used up, so it goes on like this.
      const bool is_last = spoken_for.volumes.size() == before;
      const std::int64_t wanted = is_last ? most - fit : 1;
      const std::int64_t more = CountWithRoom(plan, model, node, spoken_for.made, wanted);
      fit += more;
      if (is_last || more == 0) break;
      AddMade(plan, more, spoken_for.made);
    }
    return fit;
  }

  /// What others will take.
  struct SpokenFor {
    TakenVolumes volumes;
    BytesByClass made;
  };

  /// By the held places on this node, and, of the volumes that are there, what has been placed
  /// beside it since.
  SpokenFor SpokenForOn(const model::ClusterModel& model, model::NodeIndex node) const {
    SpokenFor spoken_for;
    if (claims_.waiting.empty()) return spoken_for;
    for (const auto& [other, pods] : placed_) {
      if (other == node) continue;  // the model shows it
      for (const auto& [info, count] : pods) Take(model, other, *info, count, spoken_for);
    }
    spoken_for.made.clear();  // elsewhere
    for (const model::PodsOnNode& pods : model.PodsOn(node)) {
      if (pods.pod == nullptr) Take(model, node, *pods.info, pods.count, spoken_for);
    }
    return spoken_for;
  }

  static void Take(const model::ClusterModel& model, model::NodeIndex node,
                   const model::PodInfo& info, std::int64_t count, SpokenFor& spoken_for) {
    if (info.rare == nullptr) return;
    const std::vector<WaitingClaim> waiting = WaitingClaimsOf(info, model.Storage());
    for (std::int64_t i = 0; i < count; ++i) {
      const VolumePlan plan = PlanVolumes(waiting, model, node, spoken_for.volumes);
      if (plan.matches.empty()) {  // nor for the next one
        AddMade(plan, count - i, spoken_for.made);
        return;
      }
      AddMade(plan, 1, spoken_for.made);
      for (const VolumePlan::Match& match : plan.matches) {
        spoken_for.volumes.insert(match.volume->metadata.name);
      }
    }
  }

  /// True when a volume that the claims may get can be reached from several nodes: a pod on one of
  /// them takes it from the others.
  bool ChoosesAmongShared(const StorageTable& storage) const {
    return std::any_of(
        claims_.waiting.begin(), claims_.waiting.end(), [&](const WaitingClaim& waiting) {
          const StorageTable::Names& names = storage.VolumesOfClass(waiting.class_name);
          return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            const api::PersistentVolume& volume = *storage.FindVolume(name);
            return volume.phase == "Available" && !IsOnOneNode(volume);
          });
        });
  }

  PodClaims claims_;
  std::optional<std::string> problem_;
  bool couples_nodes_ = false;
  /// Pods of the gang placed since Prepare.
  std::map<model::NodeIndex, std::vector<std::pair<const model::PodInfo*, std::int64_t>>> placed_;
};

class VolumeBinding final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "VolumeBinding"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    const std::vector<ClaimUse> uses = ClaimsOf(pod_set.pod);
    if (uses.empty()) return nullptr;
    PodClaims claims;
    if (auto problem = SortAll(pod_set.pod, uses, model.Storage(), claims)) {
      return std::make_unique<Filter>(*std::move(problem));
    }
    if (claims.bound_volumes.empty() && claims.waiting.empty()) return nullptr;
    return std::make_unique<Filter>(std::move(claims), model);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& /*key*/) const override {
    // Volumes are shared between nodes, and their objects change beside the nodes.
    return !NamesVolumesOfOthers(pod_set.info);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeVolumeBinding() {
  return std::make_unique<VolumeBinding>();
}

}  // namespace muster::plugins
