#include <algorithm>
#include <optional>

#include "scheduler/spark/driver_configuration.h"
#include "scheduler/spark/spark_driver.h"

// Which driver an executor belongs to when no owner reference says so.
namespace muster::spark {
namespace {

constexpr char kUrlVariable[] = "SPARK_DRIVER_URL";

/// The host of "spark://CoarseGrainedScheduler@HOST:PORT"; "" when there is none.
std::string_view HostOf(std::string_view url) {
  const std::size_t at = url.rfind('@');
  const std::size_t colon = url.rfind(':');
  if (!url.starts_with("spark://") || at == url.npos || colon == url.npos || colon <= at) return {};
  std::string_view host = url.substr(at + 1, colon - at - 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

std::string_view DriverHostOf(const api::Pod& executor) {
  for (const api::Container& container : executor.spec.containers) {
    const auto url = container.environment.find(kUrlVariable);
    if (url != container.environment.end()) return HostOf(url->second);
  }
  return {};
}

bool IsControlledByPod(const api::Pod& pod) {
  const auto& owners = pod.metadata.owner_references;
  return std::any_of(owners.begin(), owners.end(), [](const api::OwnerReference& owner) {
    return owner.controller && owner.kind == "Pod";
  });
}

/// "10-1-2-3.NAMESPACE.pod" and the same with the cluster's domain behind it.
bool IsDnsNameOfIp(std::string_view host, const api::Pod& pod) {
  std::string name = pod.status.pod_ip;
  std::replace(name.begin(), name.end(), '.', '-');
  std::replace(name.begin(), name.end(), ':', '-');
  name += "." + pod.metadata.namespace_name + ".pod";
  return host == name || host.starts_with(name + ".");
}

/// What the command line says of a key, if that is known.
std::string_view Configured(const ClientDriver& driver, std::string_view key) {
  const SubmitOptions& options = driver.options;
  if (options.unresolved.contains(key)) return {};
  return options.properties.Find(key).value_or("");
}

bool AreEqual(std::string_view a, std::string_view b) { return !a.empty() && a == b; }

}  // namespace

bool NamesDriver(const api::Pod& executor, const api::Pod& driver, std::string_view driver_host) {
  if (!IsExecutor(executor) || IsControlledByPod(executor) || api::IsTerminal(driver) ||
      executor.metadata.namespace_name != driver.metadata.namespace_name) {
    return false;
  }
  const std::string application = LabelOf(executor, kApplicationLabel);
  if (IsDriver(driver)) return application == LabelOf(driver, kApplicationLabel);
  const std::optional<ClientDriver> client = ReadClientDriver(driver);
  if (!client) return false;

  const std::string_view configured_id = Configured(*client, "spark.app.id");
  if (AreEqual(configured_id, application)) return true;
  // Another application of the same host and port range is not this one.
  if (!configured_id.empty()) return false;
  const std::string_view host = DriverHostOf(executor);
  if (AreEqual(driver_host, host)) return true;
  if (AreEqual(Configured(*client, "spark.driver.host"), host)) return true;
  if (host.empty() || driver.status.pod_ip.empty() || driver.spec.host_network) return false;
  return host == driver.status.pod_ip || IsDnsNameOfIp(host, driver);
}

}  // namespace muster::spark
