#include "plugins/node_volume_limits/node_volume_limits.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "plugins/volumes/claims.h"
#include "plugins/volumes/csi_migration.h"

namespace muster::plugins {
namespace {

using model::StorageTable;

/// A volume under its CSI driver.
struct CsiVolume {
  std::string driver;
  std::string handle;
  auto operator<=>(const CsiVolume&) const = default;
};

/// Volumes that pods attach: those with a name are attached once however many pods have them, those
/// that are made for each pod once a pod.
struct Attachments {
  std::set<CsiVolume> named;
  std::map<std::string, std::int64_t> made_for_each;  // by driver, of one pod
};

/// The driver that makes volumes of a class; "" when they are not counted.
std::string DriverOf(const api::StorageClass& storage_class) {
  const std::string& provisioner = storage_class.provisioner;
  if (const MigratedPlugin* plugin = MigrationOf(provisioner)) return plugin->driver;
  return IsUnmigratedPlugin(provisioner) ? "" : provisioner;
}

/// The volume of a claim; one that is not bound yet counts for the driver of its class.
std::optional<CsiVolume> VolumeOf(const api::PersistentVolumeClaim& claim,
                                  const StorageTable& storage) {
  const api::PersistentVolume* volume = storage.FindVolume(claim.spec.volume_name);
  if (volume == nullptr) {
    const api::StorageClass* storage_class = storage.FindClass(api::StorageClassOf(claim));
    if (storage_class == nullptr) return std::nullopt;
    CsiVolume unbound{DriverOf(*storage_class),
                      "unbound " + api::NameOf(claim.metadata).ToString()};
    if (unbound.driver.empty()) return std::nullopt;
    return unbound;
  }
  const auto handle = CsiHandleOf(*volume);
  const MigratedPlugin* plugin = MigrationOf(volume->source);
  const std::string driver = plugin == nullptr ? volume->driver : plugin->driver;
  if (!handle || handle->empty() || driver.empty()) return std::nullopt;
  return CsiVolume{driver, *handle};
}

void AddClaims(const std::vector<ClaimUse>& uses, const StorageTable& storage, Attachments& out) {
  for (const ClaimUse& use : uses) {
    if (use.made_for_each != nullptr) {
      const auto& name = use.made_for_each->storage_class_name;
      const api::StorageClass* storage_class =
          name ? storage.FindClass(*name) : storage.DefaultClass();
      if (storage_class == nullptr) continue;
      if (const std::string driver = DriverOf(*storage_class); !driver.empty()) {
        ++out.made_for_each[driver];
      }
    } else if (const api::PersistentVolumeClaim* claim = storage.FindClaim(use.name)) {
      if (auto volume = VolumeOf(*claim, storage)) out.named.insert(*std::move(volume));
    }
  }
}

void AddInline(const std::vector<api::Volume>& volumes, Attachments& out) {
  for (const api::Volume& volume : volumes) {
    const MigratedPlugin* plugin = MigrationOf(volume.type);
    if (plugin == nullptr) continue;
    if (const auto handle = CsiHandleOf(volume)) out.named.insert({plugin->driver, *handle});
  }
}

/// How many volumes of each driver the node can take; only drivers with a limit.
std::map<std::string, std::int64_t> LimitsOf(const api::CsiNode& node) {
  std::map<std::string, std::int64_t> limits;
  for (const api::CsiNodeDriver& driver : node.drivers) {
    if (driver.allocatable_count) limits[driver.name] = *driver.allocatable_count;
  }
  return limits;
}

class Filter final : public framework::NodeFilter {
 public:
  explicit Filter(Attachments wanted) : wanted_(std::move(wanted)) {
    for (const CsiVolume& volume : wanted_.named) drivers_.insert(volume.driver);
    for (const auto& [driver, count] : wanted_.made_for_each) drivers_.insert(driver);
  }

  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    for (model::NodeIndex i = 0; i < capacity.size(); ++i) {
      if (capacity[i] > 0)
        capacity[i] = std::min(capacity[i], Count(model, first + i, capacity[i]));
    }
  }

  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    if (Count(model, node, 1) == 0) refusals.push_back({"node(s) exceed max volume count"});
  }

 private:
  /// How many pods of the set the node can take, at most `most`.
  std::int64_t Count(const model::ClusterModel& model, model::NodeIndex node,
                     std::int64_t most) const {
    const api::CsiNode* csi_node = model.Storage().FindCsiNode(model.Nodes().Name(node));
    if (csi_node == nullptr) return most;
    std::map<std::string, std::int64_t> limits = LimitsOf(*csi_node);
    std::erase_if(limits, [&](const auto& limit) { return !drivers_.contains(limit.first); });
    if (limits.empty()) return most;
    std::map<std::string, std::int64_t> in_use;
    const std::set<CsiVolume> attached = CountAttached(model, node, in_use);
    for (const auto& [driver, limit] : limits) {
      std::int64_t shared = 0;
      for (const CsiVolume& volume : wanted_.named) {
        if (volume.driver == driver && !attached.contains(volume)) ++shared;
      }
      const auto own = wanted_.made_for_each.find(driver);
      const std::int64_t each = own == wanted_.made_for_each.end() ? 0 : own->second;
      // A pod that attaches nothing new is not asked about a limit.
      if (shared + each == 0) continue;
      const std::int64_t room = limit - in_use[driver] - shared;
      const std::int64_t fit =
          each == 0 ? (room >= 0 ? most : 0) : std::max<std::int64_t>(room, 0) / each;
      most = std::min(most, fit);
    }
    return most;
  }

  /// What is attached already, by claims of pods and held places and by attachments that outlive
  /// their pods. Returns the volumes with a name of the pods.
  std::set<CsiVolume> CountAttached(const model::ClusterModel& model, model::NodeIndex node,
                                    std::map<std::string, std::int64_t>& in_use) const {
    const StorageTable& storage = model.Storage();
    Attachments attached;
    for (const model::PodsOnNode& pods : model.PodsOn(node)) {
      if (pods.info->rare == nullptr) continue;
      Attachments of_one;
      AddClaims(ClaimsOf(*pods.info), storage, of_one);
      AddInline(pods.info->rare->volumes, of_one);
      attached.named.merge(of_one.named);
      for (const auto& [driver, count] : of_one.made_for_each) in_use[driver] += count * pods.count;
    }
    std::set<CsiVolume> all = attached.named;
    for (const std::string& name : storage.AttachmentsTo(model.Nodes().Name(node))) {
      const api::VolumeAttachment* attachment = storage.FindAttachment(name);
      if (attachment->attacher.empty() || !attachment->persistent_volume_name) continue;
      const api::PersistentVolume* volume = storage.FindVolume(*attachment->persistent_volume_name);
      if (volume == nullptr || volume->source != api::VolumeSource::kCsi) continue;
      all.insert({attachment->attacher, volume->handle});
    }
    for (const CsiVolume& volume : all) ++in_use[volume.driver];
    return std::move(attached.named);
  }

  Attachments wanted_;
  std::set<std::string, std::less<>> drivers_;
};

class NodeVolumeLimits final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodeVolumeLimits"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    // A claim that is not there is refused by VolumeRestrictions or VolumeBinding.
    Attachments wanted;
    AddClaims(ClaimsOf(pod_set.pod), model.Storage(), wanted);
    AddInline(pod_set.pod.spec.volumes, wanted);
    if (wanted.named.empty() && wanted.made_for_each.empty()) return nullptr;
    return std::make_unique<Filter>(std::move(wanted));
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& /*key*/) const override {
    // Volumes are shared between nodes, and their objects change beside the nodes.
    return !NamesVolumesOfOthers(pod_set.info);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeNodeVolumeLimits() {
  return std::make_unique<NodeVolumeLimits>();
}

}  // namespace muster::plugins
