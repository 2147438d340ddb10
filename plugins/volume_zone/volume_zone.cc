#include "plugins/volume_zone/volume_zone.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>
#include <absl/strings/string_view.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "plugins/volumes/claims.h"
#include "plugins/yes_no_filter.h"

namespace muster::plugins {
namespace {

struct TopologyLabel {
  const char* key;
  const char* current;  // what replaced it, or itself
};
constexpr std::array<TopologyLabel, 4> kTopologyLabels{{
    {"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"},
    {"topology.kubernetes.io/zone", "topology.kubernetes.io/zone"},
    {"topology.kubernetes.io/region", "topology.kubernetes.io/region"},
}};

/// A volume can be used where the node's label has one of these values.
struct Requirement {
  TopologyLabel label;
  std::set<std::string, std::less<>> values;
};

/// The parts of "a__b"; empty when one of them is, and then the label says nothing.
std::set<std::string, std::less<>> ZonesIn(const std::string& label) {
  std::set<std::string, std::less<>> zones;
  for (const absl::string_view zone : absl::StrSplit(label, "__")) {
    const absl::string_view trimmed = absl::StripAsciiWhitespace(zone);
    if (trimmed.empty()) return {};
    zones.emplace(trimmed.data(), trimmed.size());
  }
  return zones;
}

class Filter final : public YesNoFilter {
 public:
  explicit Filter(std::vector<Requirement> requirements) : requirements_(std::move(requirements)) {}
  explicit Filter(framework::Refusal refusal) : refused_everywhere_(std::move(refusal)) {}

  std::optional<framework::Refusal> RefusesEverywhere() const override {
    return refused_everywhere_;
  }

 protected:
  bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const override {
    const api::StringMap& labels = nodes.Labels(node);
    // A node that says nothing about zones is taken to be in the only one.
    const bool has_zones =
        std::any_of(kTopologyLabels.begin(), kTopologyLabels.end(),
                    [&](const TopologyLabel& label) { return labels.contains(label.key); });
    if (!has_zones) return false;
    return std::any_of(requirements_.begin(), requirements_.end(), [&](const Requirement& one) {
      auto label = labels.find(one.label.key);
      if (label == labels.end()) label = labels.find(one.label.current);
      return label == labels.end() || !one.values.contains(label->second);
    });
  }
  const char* Reason() const override { return "node(s) had no available volume zone"; }

 private:
  std::vector<Requirement> requirements_;
  std::optional<framework::Refusal> refused_everywhere_;
};

std::unique_ptr<framework::NodeFilter> Refuse(std::string reason) {
  return std::make_unique<Filter>(framework::Refusal{std::move(reason), false});
}

/// Why a claim without a volume keeps its pod waiting; absent when it does not.
std::optional<std::string> ProblemWithoutVolume(const api::PersistentVolumeClaim& claim,
                                                const model::StorageTable& storage) {
  const std::string& name = api::StorageClassOf(claim);
  if (name.empty()) return "PersistentVolumeClaim had no pv name and storageClass name";
  const api::StorageClass* storage_class = storage.FindClass(name);
  if (storage_class == nullptr) return NotFound("storageclass.storage.k8s.io", name);
  if (!storage_class->volume_binding_mode) {
    return "VolumeBindingMode not set for StorageClass \"" + name + "\"";
  }
  if (*storage_class->volume_binding_mode == api::kWaitForFirstConsumer) return std::nullopt;
  return "PersistentVolume had no name";
}

void AddRequirements(const api::PersistentVolume& volume, std::vector<Requirement>& out) {
  for (const TopologyLabel& known : kTopologyLabels) {
    const auto label = volume.metadata.labels.find(known.key);
    if (label == volume.metadata.labels.end()) continue;
    auto zones = ZonesIn(label->second);
    if (!zones.empty()) out.push_back({known, std::move(zones)});
  }
}

class VolumeZone final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "VolumeZone"; }

  std::unique_ptr<framework::NodeFilter> Prepare(const framework::PodSetView& pod_set,
                                                 const model::ClusterModel& model) const override {
    const model::StorageTable& storage = model.Storage();
    std::vector<Requirement> requirements;
    for (const ClaimUse& use : ClaimsOf(pod_set.pod)) {
      if (use.is_ephemeral || use.made_for_each != nullptr) continue;
      if (use.name.name.empty()) return Refuse("PersistentVolumeClaim had no name");
      const api::PersistentVolumeClaim* claim = storage.FindClaim(use.name);
      if (claim == nullptr) return Refuse(NotFound("persistentvolumeclaim", use.name.name));
      const std::string& volume_name = claim->spec.volume_name;
      if (volume_name.empty()) {
        if (const auto problem = ProblemWithoutVolume(*claim, storage)) return Refuse(*problem);
        continue;
      }
      const api::PersistentVolume* volume = storage.FindVolume(volume_name);
      if (volume == nullptr) return Refuse(NotFound("persistentvolume", volume_name));
      AddRequirements(*volume, requirements);
    }
    if (requirements.empty()) return nullptr;
    return std::make_unique<Filter>(std::move(requirements));
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& /*key*/) const override {
    // Volumes are shared between nodes, and their objects change beside the nodes.
    return !NamesVolumesOfOthers(pod_set.info);
  }
};

}  // namespace

std::unique_ptr<framework::FilterPlugin> MakeVolumeZone() { return std::make_unique<VolumeZone>(); }

}  // namespace muster::plugins
