#include "plugins/volume_restrictions/volume_restrictions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "plugins/volumes/claims.h"

namespace muster::plugins {
namespace {

using api::VolumeType;

constexpr char kDiskReason[] = "node(s) had no available disk";
constexpr char kOncePodReason[] =
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already "
    "in-use by another pod";

bool IsDisk(const api::Volume& volume) {
  return volume.type == VolumeType::kGcePersistentDisk ||
         volume.type == VolumeType::kAwsElasticBlockStore || volume.type == VolumeType::kIscsi ||
         volume.type == VolumeType::kRbd;
}

bool ShareMonitor(const api::Volume& a, const api::Volume& b) {
  return std::find_first_of(a.monitors.begin(), a.monitors.end(), b.monitors.begin(),
                            b.monitors.end()) != a.monitors.end();
}

/// Two pods cannot both have it.
bool Conflict(const api::Volume& a, const api::Volume& b) {
  if (a.type != b.type || a.source != b.source) return false;
  if (a.type == VolumeType::kAwsElasticBlockStore) return true;
  if (a.type == VolumeType::kRbd && !ShareMonitor(a, b)) return false;
  return !(a.read_only && b.read_only);
}

bool Conflict(const std::vector<api::Volume>& disks, const std::vector<api::Volume>& others) {
  return std::any_of(disks.begin(), disks.end(), [&](const api::Volume& disk) {
    return std::any_of(others.begin(), others.end(),
                       [&](const api::Volume& other) { return Conflict(disk, other); });
  });
}

class Filter final : public framework::NodeFilter {
 public:
  Filter(std::vector<api::Volume> disks, std::set<api::NamespacedName> once_pod_claims,
         std::optional<framework::Refusal> refused_everywhere, const model::ClusterModel& model)
      : disks_(std::move(disks)),
        once_pod_claims_(std::move(once_pod_claims)),
        refused_everywhere_(std::move(refused_everywhere)),
        pods_exclude_each_other_(!once_pod_claims_.empty() || Conflict(disks_, disks_)) {
    if (once_pod_claims_.empty()) return;
    for (model::NodeIndex node = 0; node < model.Nodes().Size(); ++node) {
      if (!model.Nodes().IsPresent(node)) continue;
      for (const model::PodsOnNode& pods : model.PodsOn(node)) Count(*pods.info, pods.count);
    }
  }

  std::optional<framework::Refusal> RefusesEverywhere() const override {
    return refused_everywhere_;
  }

  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    for (model::NodeIndex i = 0; i < capacity.size(); ++i) {
      if (capacity[i] == 0) continue;
      if (uses_ > 0 || DisksConflict(model, first + i)) capacity[i] = 0;
      if (pods_exclude_each_other_) capacity[i] = std::min<std::int64_t>(capacity[i], 1);
    }
  }

  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    if (DisksConflict(model, node)) {
      refusals.push_back({kDiskReason});
    } else if (uses_ > 0) {
      refusals.push_back({kOncePodReason});
    }
  }

  bool CouplesNodes() const override { return !once_pod_claims_.empty(); }
  void OnPlaced(const model::ClusterModel& /*model*/, model::NodeIndex /*node*/,
                const model::PodInfo& pods, std::int64_t count) override {
    Count(pods, count);
  }

 private:
  bool DisksConflict(const model::ClusterModel& model, model::NodeIndex node) const {
    if (disks_.empty()) return false;
    const std::span<const model::PodsOnNode> pods = model.PodsOn(node);
    return std::any_of(pods.begin(), pods.end(), [&](const model::PodsOnNode& there) {
      return Conflict(disks_, there.info->RareOrEmpty().volumes);
    });
  }

  void Count(const model::PodInfo& pods, std::int64_t count) {
    if (pods.rare == nullptr) return;
    for (const api::Volume& volume : pods.rare->volumes) {
      if (volume.type == VolumeType::kPersistentVolumeClaim &&
          once_pod_claims_.contains({pods.namespace_name, volume.source})) {
        uses_ += count;
      }
    }
  }

  std::vector<api::Volume> disks_;
  std::set<api::NamespacedName> once_pod_claims_;
  std::optional<framework::Refusal> refused_everywhere_;
  bool pods_exclude_each_other_;
  std::int64_t uses_ = 0;  // of the claims, by pods on nodes
};

class VolumeRestrictions final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "VolumeRestrictions"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    std::vector<api::Volume> disks;
    for (const api::Volume& volume : pod_set.pod.spec.volumes) {
      if (IsDisk(volume)) disks.push_back(volume);
    }
    std::set<api::NamespacedName> once_pod_claims;
    std::optional<framework::Refusal> refused;
    for (const ClaimUse& use : ClaimsOf(pod_set.pod)) {
      // A claim of its own is in use by nobody else.
      if (use.is_ephemeral || use.made_for_each != nullptr) continue;
      const api::PersistentVolumeClaim* claim = model.Storage().FindClaim(use.name);
      if (claim == nullptr) {
        if (!refused) refused = {NotFound("persistentvolumeclaim", use.name.name), false};
        continue;
      }
      const std::vector<std::string>& modes = claim->spec.access_modes;
      if (std::find(modes.begin(), modes.end(), "ReadWriteOncePod") != modes.end()) {
        once_pod_claims.insert(use.name);
      }
    }
    if (disks.empty() && once_pod_claims.empty() && !refused) return nullptr;
    return std::make_unique<Filter>(std::move(disks), std::move(once_pod_claims),
                                    std::move(refused), model);
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& /*key*/) const override {
    // Volumes are shared between nodes, and their objects change beside the nodes.
    return !NamesVolumesOfOthers(pod_set.info);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeVolumeRestrictions() {
  return std::make_unique<VolumeRestrictions>();
}

}  // namespace muster::plugins
