#include "plugins/volumes/csi_migration.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>
#include <absl/strings/string_view.h>

#include <algorithm>
#include <array>
#include <set>

namespace muster::plugins {
namespace {

using Terms = std::vector<api::NodeSelectorTerm>;

constexpr char kZone[] = "topology.kubernetes.io/zone";
constexpr char kRegion[] = "topology.kubernetes.io/region";
constexpr char kBetaZone[] = "failure-domain.beta.kubernetes.io/zone";
constexpr char kBetaRegion[] = "failure-domain.beta.kubernetes.io/region";
constexpr char kZoneSeparator[] = "__";

struct Row {
  api::VolumeSource source;
  api::VolumeType type;
  MigratedPlugin plugin;
};

constexpr std::array<Row, 5> kRows{{
    {api::VolumeSource::kAwsElasticBlockStore,
     api::VolumeType::kAwsElasticBlockStore,
     {"kubernetes.io/aws-ebs", "ebs.csi.aws.com", "topology.ebs.csi.aws.com/zone"}},
    {api::VolumeSource::kGcePersistentDisk,
     api::VolumeType::kGcePersistentDisk,
     {"kubernetes.io/gce-pd", "pd.csi.storage.gke.io", "topology.gke.io/zone"}},
    {api::VolumeSource::kAzureDisk,
     api::VolumeType::kAzureDisk,
     {"kubernetes.io/azure-disk", "disk.csi.azure.com", ""}},
    {api::VolumeSource::kCinder,
     api::VolumeType::kCinder,
     {"kubernetes.io/cinder", "cinder.csi.openstack.org",
      "topology.cinder.csi.openstack.org/zone"}},
    {api::VolumeSource::kPortworx,
     api::VolumeType::kPortworx,
     {"kubernetes.io/portworx-volume", "pxd.portworx.com", ""}},
}};

template <class Matches>
const MigratedPlugin* Find(Matches matches) {
  const auto row = std::find_if(kRows.begin(), kRows.end(), matches);
  return row == kRows.end() ? nullptr : &row->plugin;
}

/// "vol-1" of "aws://us-east-1a/vol-1" or "aws:///vol-1"; other texts are handles already.
std::optional<std::string> EbsHandle(const std::string& id) {
  constexpr std::string_view kScheme = "aws://";
  if (!id.starts_with(kScheme)) return id;
  const std::size_t slash = id.find('/', kScheme.size());
  if (slash == std::string::npos) return std::nullopt;
  std::string_view path = std::string_view(id).substr(slash);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.starts_with("vol-") || path.find('/') != path.npos) return std::nullopt;
  return std::string(path);
}

std::string GceHandle(std::string_view kind, std::string_view place, const std::string& name) {
  return std::string("projects/UNSPECIFIED/")
      .append(kind)
      .append("/")
      .append(place)
      .append("/disks/" + name);
}

/// The region of zones such as "europe-west4-a"; absent when they are not all of one.
std::optional<std::string> RegionOf(const std::vector<std::string>& zones) {
  std::set<std::string> regions;
  for (const std::string& zone : zones) {
    if (std::count(zone.begin(), zone.end(), '-') != 2) return std::nullopt;
    regions.insert(zone.substr(0, zone.rfind('-')));
  }
  if (regions.size() != 1) return std::nullopt;
  return *regions.begin();
}

std::string LabelOr(const api::StringMap& labels, const char* key, const std::string& otherwise) {
  const auto label = labels.find(key);
  return label == labels.end() || label->second.empty() ? otherwise : label->second;
}

std::optional<std::string> GceHandle(const api::PersistentVolume& volume) {
  const api::StringMap& labels = volume.metadata.labels;
  const std::string label = LabelOr(labels, kBetaZone, LabelOr(labels, kZone, ""));
  if (label.empty()) return GceHandle("zones", "UNSPECIFIED", volume.handle);
  const std::vector<std::string> zones = absl::StrSplit(label, kZoneSeparator);
  if (zones.size() == 1) return GceHandle("zones", zones.front(), volume.handle);
  const auto region = RegionOf(zones);
  if (!region) return std::nullopt;
  return GceHandle("regions", *region, volume.handle);
}

bool NamesKey(const Terms& terms, const char* key) {
  return std::any_of(terms.begin(), terms.end(), [key](const api::NodeSelectorTerm& term) {
    return std::any_of(term.match_expressions.begin(), term.match_expressions.end(),
                       [key](const api::SelectorRequirement& one) { return one.key == key; });
  });
}

bool HasValues(const Terms& terms, const char* key) {
  return std::any_of(terms.begin(), terms.end(), [key](const api::NodeSelectorTerm& term) {
    return std::any_of(term.match_expressions.begin(), term.match_expressions.end(),
                       [key](const api::SelectorRequirement& one) {
                         return one.key == key && !one.values.empty();
                       });
  });
}

void ReplaceKey(Terms& terms, const char* before, const char* after) {
  for (api::NodeSelectorTerm& term : terms) {
    for (api::SelectorRequirement& requirement : term.match_expressions) {
      if (requirement.key == before) requirement.key = after;
    }
  }
}

/// The zones of the volume's label, as a requirement of every term.
void AddZones(const std::string& label, const char* key, std::optional<Terms>& terms) {
  std::set<std::string> zones;
  for (const absl::string_view zone : absl::StrSplit(label, kZoneSeparator)) {
    const absl::string_view trimmed = absl::StripAsciiWhitespace(zone);
    if (!trimmed.empty()) zones.emplace(trimmed.data(), trimmed.size());
  }
  if (zones.empty()) return;
  if (!terms) terms.emplace();
  if (terms->empty()) terms->emplace_back();
  for (api::NodeSelectorTerm& term : *terms) {
    term.match_expressions.push_back({key, "In", {zones.begin(), zones.end()}});
  }
}

/// Zones as the CSI driver writes them (csi-translation-lib, translateTopologyFromInTreeToCSI).
std::optional<Terms> Translated(const api::PersistentVolume& volume, const char* topology_key) {
  std::optional<Terms> terms = volume.node_affinity;
  const Terms given = terms.value_or(Terms{});
  const api::StringMap& labels = volume.metadata.labels;
  const bool is_beta =
      !NamesKey(given, kZone) &&
      (NamesKey(given, kBetaZone) || (!labels.contains(kZone) && labels.contains(kBetaZone)));
  const char* zone_key = is_beta ? kBetaZone : kZone;
  if (HasValues(given, zone_key)) {
    ReplaceKey(*terms, zone_key, topology_key);
  } else if (const auto label = labels.find(zone_key); label != labels.end()) {
    AddZones(label->second, topology_key, terms);
  }
  if (is_beta && HasValues(given, kBetaRegion)) ReplaceKey(*terms, kBetaRegion, kRegion);
  return terms;
}

bool SaysMigrated(const api::CsiNode* csi_node, std::string_view plugin) {
  if (csi_node == nullptr) return false;
  const auto annotation = csi_node->metadata.annotations.find(api::kMigratedPluginsAnnotation);
  if (annotation == csi_node->metadata.annotations.end()) return false;
  const std::vector<std::string> plugins = absl::StrSplit(annotation->second, ',');
  return std::find(plugins.begin(), plugins.end(), plugin) != plugins.end();
}

}  // namespace

const MigratedPlugin* MigrationOf(api::VolumeSource source) {
  return Find([source](const Row& row) { return row.source == source; });
}

const MigratedPlugin* MigrationOf(api::VolumeType inline_volume) {
  return Find([inline_volume](const Row& row) { return row.type == inline_volume; });
}

const MigratedPlugin* MigrationOf(std::string_view provisioner) {
  return Find([provisioner](const Row& row) { return row.plugin.name == provisioner; });
}

bool IsUnmigratedPlugin(std::string_view provisioner) {
  return provisioner == "kubernetes.io/azure-file" || provisioner == "kubernetes.io/vsphere-volume";
}

std::optional<std::string> CsiHandleOf(const api::PersistentVolume& volume) {
  switch (volume.source) {
    case api::VolumeSource::kOther:
      return std::nullopt;
    case api::VolumeSource::kAwsElasticBlockStore:
      return EbsHandle(volume.handle);
    case api::VolumeSource::kGcePersistentDisk:
      return GceHandle(volume);
    case api::VolumeSource::kCsi:
    case api::VolumeSource::kAzureDisk:
    case api::VolumeSource::kCinder:
    case api::VolumeSource::kPortworx:
      return volume.handle;
  }
  return std::nullopt;
}

std::optional<std::string> CsiHandleOf(const api::Volume& inline_volume) {
  if (inline_volume.type == api::VolumeType::kAwsElasticBlockStore) {
    return EbsHandle(inline_volume.source);
  }
  if (inline_volume.type == api::VolumeType::kGcePersistentDisk) {
    return GceHandle("zones", "UNSPECIFIED", inline_volume.source);
  }
  return inline_volume.source;
}

bool CannotBeMigrated(const api::PersistentVolume& volume, const api::CsiNode* csi_node) {
  const MigratedPlugin* plugin = MigrationOf(volume.source);
  return plugin != nullptr && SaysMigrated(csi_node, plugin->name) && !CsiHandleOf(volume);
}

std::optional<Terms> ReachableFrom(const api::PersistentVolume& volume,
                                   const api::CsiNode* csi_node) {
  const MigratedPlugin* plugin = MigrationOf(volume.source);
  if (plugin == nullptr || *plugin->topology_key == '\0' || !SaysMigrated(csi_node, plugin->name)) {
    return volume.node_affinity;
  }
  return Translated(volume, plugin->topology_key);
}

}  // namespace muster::plugins
