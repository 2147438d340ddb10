#include "scheduler/spark/executor_constraints.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace muster::spark {
namespace {

constexpr std::int64_t kBlockManagerPort = 7079;
constexpr std::int64_t kPortMax = 65535;

using Selector = std::optional<api::LabelSelector>;

void Merge(const api::StringMap& labels, const std::vector<std::string>& keys,
           const char* operator_name, Selector& selector) {
  if (!selector) return;
  for (const std::string& key : keys) {
    const auto label = labels.find(key);
    if (label == labels.end()) continue;
    selector->match_expressions.push_back({key, operator_name, {label->second}});
  }
}

void Merge(const api::StringMap& labels, api::PodAffinity& affinity) {
  const auto merge_term = [&labels](api::PodAffinityTerm& term) {
    Merge(labels, term.match_label_keys, "In", term.label_selector);
    Merge(labels, term.mismatch_label_keys, "NotIn", term.label_selector);
  };
  for (api::PodAffinityTerm& term : affinity.required) merge_term(term);
  for (api::WeightedPodAffinityTerm& weighted : affinity.preferred) merge_term(weighted.term);
}

/// The claim that Spark makes with each executor. Its access mode depends on Spark's version and is
/// left open; a size that does not parse is Spark's to complain about.
template <class Options>
api::PersistentVolumeClaimSpec MadeClaim(const Options& options, const std::string& volume) {
  api::PersistentVolumeClaimSpec claim;
  if (const auto storage_class = options.find(volume + ".options.storageClass");
      storage_class != options.end()) {
    claim.storage_class_name = storage_class->second;
  }
  if (const auto size = options.find(volume + ".options.sizeLimit"); size != options.end()) {
    if (const auto quantity = Quantity::Parse(size->second); quantity.ok()) {
      claim.storage_request = *quantity;
    }
  }
  return claim;
}

}  // namespace

void AddClaims(Settings& settings, api::PodSpec& spec) {
  constexpr std::string_view kClaimOption = ".options.claimName";
  const auto options = settings.WithPrefix(
      "spark.kubernetes.executor.volumes."
      "persistentVolumeClaim.");
  for (const auto& [rest, claim] : options) {
    if (!rest.ends_with(kClaimOption)) continue;
    api::Volume volume;
    volume.name = rest.substr(0, rest.size() - kClaimOption.size());
    volume.type = api::VolumeType::kPersistentVolumeClaim;
    const bool is_made_for_each =
        claim == "OnDemand" || claim.find("SPARK_EXECUTOR_ID") != std::string::npos;
    if (is_made_for_each) {
      volume.claim_template = MadeClaim(options, volume.name);
    } else {
      volume.source = claim;
    }
    const auto read_only = options.find(volume.name + ".mount.readOnly");
    volume.read_only = read_only != options.end() && read_only->second == "true";
    spec.volumes.push_back(std::move(volume));
  }
}

Status AddHostPorts(Settings& settings, api::Container& spark_container, bool host_network) {
  if (!host_network) return OkStatus();
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::int64_t> port,
                          settings.WholeNumber("spark.blockManager.port", 0, kPortMax));
  const std::int64_t number = port.value_or(kBlockManagerPort);
  // 0 is any free port, which is not in the pod.
  if (number == 0) return OkStatus();
  const auto is_there = [number](const api::HostPort& known) { return known.port == number; };
  auto& ports = spark_container.host_ports;
  if (std::none_of(ports.begin(), ports.end(), is_there)) {
    ports.push_back({static_cast<std::int32_t>(number), "TCP", ""});
  }
  return OkStatus();
}

void MergeLabelKeys(api::Pod& pod) {
  const api::StringMap& labels = pod.metadata.labels;
  Merge(labels, pod.spec.pod_affinity);
  Merge(labels, pod.spec.pod_anti_affinity);
  for (api::TopologySpreadConstraint& constraint : pod.spec.topology_spread) {
    Merge(labels, constraint.match_label_keys, "In", constraint.label_selector);
  }
}

}  // namespace muster::spark
