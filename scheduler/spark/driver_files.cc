#include <algorithm>

#include "scheduler/spark/shape.h"
#include "scheduler/spark/spark_driver.h"

// Where a driver pod keeps its files: from its arguments over its volume mounts to its ConfigMaps.
namespace muster::spark {
namespace {

constexpr std::string_view kPropertiesFlag = "--properties-file";
constexpr std::string_view kPropertiesAssignment = "--properties-file=";

/// The value of --properties-file in a command line; the application's own arguments come later, so
/// the first one is Spark's.
std::optional<std::string> FindPropertiesPath(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == kPropertiesFlag && i + 1 < arguments.size()) return arguments[i + 1];
    if (arguments[i].starts_with(kPropertiesAssignment)) {
      return arguments[i].substr(kPropertiesAssignment.size());
    }
  }
  return std::nullopt;
}

std::optional<std::string> FindPropertiesPath(const api::Container& container) {
  // With a command of its own a container may have the flag there.
  if (auto path = FindPropertiesPath(container.command)) return path;
  return FindPropertiesPath(container.args);
}

/// The container that runs the driver: the one that is told of its properties, else the first.
const api::Container* FindDriverContainer(const api::Pod& driver) {
  const std::vector<api::Container>& containers = driver.spec.containers;
  for (const api::Container& container : containers) {
    if (FindPropertiesPath(container)) return &container;
  }
  return containers.empty() ? nullptr : &containers.front();
}

/// What is left of `path` below `directory`; nullopt when it is not below it.
std::optional<std::string> PathBelow(std::string_view directory, std::string_view path) {
  while (directory.ends_with('/')) directory.remove_suffix(1);
  if (!path.starts_with(directory)) return std::nullopt;
  path.remove_prefix(directory.size());
  if (!path.empty() && path[0] != '/') return std::nullopt;
  while (path.starts_with('/')) path.remove_prefix(1);
  return std::string(path);
}

/// The key of a ConfigMap volume that is the file at `path` in it.
std::optional<std::string> FindKey(const api::Volume& volume, const std::string& path) {
  if (path.empty()) return std::nullopt;
  if (volume.items.empty()) {
    // Every key is a file of its own name, and a key has no slash.
    if (path.find('/') != path.npos) return std::nullopt;
    return path;
  }
  for (const api::KeyToPath& item : volume.items) {
    if (item.path == path) return item.key;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ConfigMapFile> FindMountedFile(const api::Pod& driver, const std::string& path) {
  const api::Container* container = FindDriverContainer(driver);
  if (container == nullptr) return std::nullopt;
  // The innermost mount that covers the path hides the others.
  const api::VolumeMount* mount = nullptr;
  std::string below;
  for (const api::VolumeMount& candidate : container->volume_mounts) {
    auto candidate_below = PathBelow(candidate.mount_path, path);
    if (candidate_below && (mount == nullptr || candidate_below->size() < below.size())) {
      mount = &candidate;
      below = *std::move(candidate_below);
    }
  }
  if (mount == nullptr) return std::nullopt;
  const auto volume =
      std::find_if(driver.spec.volumes.begin(), driver.spec.volumes.end(),
                   [mount](const api::Volume& candidate) { return candidate.name == mount->name; });
  if (volume == driver.spec.volumes.end() || !volume->config_map_name) return std::nullopt;

  std::string path_in_volume = mount->sub_path;
  if (!path_in_volume.empty() && !below.empty()) path_in_volume += '/';
  path_in_volume += below;
  const std::optional<std::string> key = FindKey(*volume, path_in_volume);
  if (!key) return std::nullopt;
  return ConfigMapFile{*volume->config_map_name, *key};
}

StatusOr<ConfigMapFile> FindPropertiesFile(const api::Pod& driver) {
  const api::Container* container = FindDriverContainer(driver);
  const auto path = container == nullptr ? std::nullopt : FindPropertiesPath(*container);
  if (!path) {
    return NotFoundError("no container of pod " + NameOf(driver.metadata).ToString() +
                         " has the argument --properties-file");
  }
  const std::optional<ConfigMapFile> file = FindMountedFile(driver, *path);
  if (!file) {
    return NotFoundError("no ConfigMap volume of pod " + NameOf(driver.metadata).ToString() +
                         " provides its properties file " + *path);
  }
  return *file;
}

StatusOr<std::string_view> FileContent(const std::map<std::string, api::ConfigMap>& config_maps,
                                       const ConfigMapFile& file) {
  const auto config_map = config_maps.find(file.config_map);
  if (config_map == config_maps.end()) {
    return UnavailableError("ConfigMap " + file.config_map + " is needed and was not given");
  }
  const auto entry = config_map->second.data.find(file.key);
  if (entry == config_map->second.data.end()) {
    return InvalidArgumentError("ConfigMap " + file.config_map + " has no key " + file.key);
  }
  return std::string_view(entry->second);
}

}  // namespace muster::spark
