#include <algorithm>

#include "scheduler/spark/driver_configuration.h"
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

/// The innermost mount of the driver's container that covers the path; it hides the others.
const api::VolumeMount* FindMount(const api::Container& container, std::string_view path) {
  const api::VolumeMount* mount = nullptr;
  std::size_t below_size = 0;
  for (const api::VolumeMount& candidate : container.volume_mounts) {
    const auto below = PathBelow(candidate.mount_path, path);
    if (below && (mount == nullptr || below->size() < below_size)) {
      mount = &candidate;
      below_size = below->size();
    }
  }
  return mount;
}

const api::Volume* FindVolume(const api::Pod& pod, const std::string& name) {
  const auto volume =
      std::find_if(pod.spec.volumes.begin(), pod.spec.volumes.end(),
                   [&name](const api::Volume& candidate) { return candidate.name == name; });
  return volume == pod.spec.volumes.end() ? nullptr : &*volume;
}

Status NoConfigMap(const api::Pod& driver, const std::string& path) {
  return NotFoundError("no ConfigMap volume of pod " + NameOf(driver.metadata).ToString() +
                       " provides its properties file " + path);
}

/// Where Spark's programs look for spark-defaults.conf. Source: find-spark-home, load-spark-env.sh.
std::string ConfigurationDirectory(const ClientDriver& client) {
  const api::StringMap& environment =
      client.command ? client.command->environment : client.container->environment;
  const auto value = [&environment](const char* name) {
    const auto entry = environment.find(name);
    return entry == environment.end() ? std::string() : entry->second;
  };
  if (std::string directory = value("SPARK_CONF_DIR"); !directory.empty()) return directory;
  if (const std::string home = value("SPARK_HOME"); !home.empty()) return home + "/conf";
  if (client.command) {
    const std::string& program = client.command->program;
    const std::size_t bin = std::max(program.rfind("/bin/") + 1, program.rfind("/sbin/") + 1);
    if (bin > 1) return program.substr(0, bin - 1) + "/conf";
  }
  return "/opt/spark/conf";
}

/// In client mode every file may be absent; one that only the container sees is a reason not to
/// trust the prediction. What the image itself holds cannot be seen: Spark's own has no such file.
PropertiesSource FindClientProperties(const api::Pod& driver, const ClientDriver& client) {
  PropertiesSource source;
  const std::optional<std::string>& given = client.options.properties_file;
  const std::string path = given.value_or(ConfigurationDirectory(client) + "/spark-defaults.conf");
  source.file = FindMountedFile(driver, path);
  source.is_optional = !given;
  if (given && client.options.loads_defaults_too) {
    source.unknown.emplace_back(
        "--load-spark-defaults reads a second file, which is not predicted");
  }
  if (source.file) return source;
  const api::VolumeMount* mount = FindMount(*client.container, path);
  const api::Volume* volume = mount == nullptr ? nullptr : FindVolume(driver, mount->name);
  const bool is_elsewhere = volume != nullptr && !volume->config_map_name;
  if (given || is_elsewhere) {
    source.unknown.push_back("the properties file " + path +
                             " is not in a ConfigMap that the driver mounts");
  }
  return source;
}

}  // namespace

/// The container that runs the driver: the one that starts Spark or is told of its properties, else
/// the first.
const api::Container* FindDriverContainer(const api::Pod& driver) {
  if (const auto client = ReadClientDriver(driver)) return client->container;
  const std::vector<api::Container>& containers = driver.spec.containers;
  for (const api::Container& container : containers) {
    if (FindPropertiesPath(container)) return &container;
  }
  return containers.empty() ? nullptr : &containers.front();
}

std::optional<ConfigMapFile> FindMountedFile(const api::Pod& driver, const std::string& path) {
  const api::Container* container = FindDriverContainer(driver);
  if (container == nullptr) return std::nullopt;
  const api::VolumeMount* mount = FindMount(*container, path);
  if (mount == nullptr) return std::nullopt;
  const api::Volume* volume = FindVolume(driver, mount->name);
  if (volume == nullptr || !volume->config_map_name) return std::nullopt;

  const std::string below = PathBelow(mount->mount_path, path).value_or("");
  std::string path_in_volume = mount->sub_path;
  if (!path_in_volume.empty() && !below.empty()) path_in_volume += '/';
  path_in_volume += below;
  const std::optional<std::string> key = FindKey(*volume, path_in_volume);
  if (!key) return std::nullopt;
  return ConfigMapFile{*volume->config_map_name, *key};
}

StatusOr<PropertiesSource> FindProperties(const api::Pod& driver) {
  if (const std::optional<ClientDriver> client = ReadClientDriver(driver)) {
    return FindClientProperties(driver, *client);
  }
  const api::Container* container = FindDriverContainer(driver);
  const auto path = container == nullptr ? std::nullopt : FindPropertiesPath(*container);
  if (!path) {
    return NotFoundError("no container of pod " + NameOf(driver.metadata).ToString() +
                         " has the argument --properties-file");
  }
  PropertiesSource source;
  source.file = FindMountedFile(driver, *path);
  if (!source.file) return NoConfigMap(driver, *path);
  return source;
}

StatusOr<ConfigMapFile> FindPropertiesFile(const api::Pod& driver) {
  MUSTER_ASSIGN_OR_RETURN(const PropertiesSource source, FindProperties(driver));
  if (source.file) return *source.file;
  return NoConfigMap(driver, "spark-defaults.conf");
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
