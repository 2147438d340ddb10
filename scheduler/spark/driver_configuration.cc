#include "scheduler/spark/driver_configuration.h"

#include <utility>

#include "scheduler/spark/spark_driver.h"

namespace muster::spark {
namespace {

using ConfigMaps = std::map<std::string, api::ConfigMap>;

StatusOr<Properties> ReadFile(const ConfigMaps& config_maps, const PropertiesSource& source) {
  if (!source.file) return Properties();
  const auto config_map = config_maps.find(source.file->config_map);
  if (source.is_optional && config_map != config_maps.end() &&
      !config_map->second.data.contains(source.file->key)) {
    return Properties();
  }
  MUSTER_ASSIGN_OR_RETURN(const std::string_view text, FileContent(config_maps, *source.file));
  StatusOr<Properties> properties = ParseProperties(text);
  if (!properties.ok()) return Annotate(properties.status(), source.file->key);
  return properties;
}

/// Whether the driver will ask Kubernetes for executors, now that all of its configuration is
/// there.
bool AsksForExecutors(const ClientDriver& client, const Properties& properties) {
  Settings settings(properties, "");
  const auto value = [&settings](std::string_view key) { return settings.Text(key).value_or(""); };
  if (value("spark.submit.deployMode") == "cluster" || !value("spark.remote").empty()) return false;
  const std::string master = value("spark.master");
  // Code may set the master, and does so in a notebook.
  if (!settings.Has("spark.master")) return client.is_annotated;
  return master.empty() || master.starts_with("k8s://") || master.find('$') != std::string::npos;
}

void ApplyCommandLine(const SubmitOptions& options, DriverConfiguration& configuration) {
  Properties& properties = configuration.properties;
  for (const auto& [key, value] : options.properties.Sorted()) {
    properties.Set(key, value);
    configuration.origins.from_arguments.emplace(key);
  }
  configuration.origins.unresolved = options.unresolved;
  // These count only where nothing else sets the key.
  const auto set_if_absent = [&properties](std::string_view key, std::string_view value) {
    if (!properties.Contains(key)) properties.Set(key, value);
  };
  for (const auto& [key, value] : options.fallbacks.Sorted()) set_if_absent(key, value);
  if (!options.default_name.empty()) set_if_absent("spark.app.name", options.default_name);
}

}  // namespace

StatusOr<DriverConfiguration> ReadConfiguration(const api::Pod& driver,
                                                const ConfigMaps& config_maps) {
  MUSTER_ASSIGN_OR_RETURN(PropertiesSource source, FindProperties(driver));
  DriverConfiguration configuration;
  MUSTER_ASSIGN_OR_RETURN(configuration.properties, ReadFile(config_maps, source));
  configuration.file = source.file ? source.file->key : "spark-defaults.conf";
  configuration.unknown = std::move(source.unknown);
  const std::optional<ClientDriver> client = ReadClientDriver(driver);
  if (!client) return configuration;

  configuration.is_client_mode = true;
  ApplyCommandLine(client->options, configuration);
  for (const std::string& reason : client->options.unknown) {
    configuration.unknown.push_back(reason);
  }
  configuration.asks_for_executors = AsksForExecutors(*client, configuration.properties);
  return configuration;
}

std::string_view LocalPath(std::string_view path) {
  for (const std::string_view scheme : {"file:", "local:"}) {
    if (!path.starts_with(scheme)) continue;
    path.remove_prefix(scheme.size());
    if (path.starts_with("//")) path.remove_prefix(2);
    break;
  }
  return path;
}

}  // namespace muster::spark
