#include "plugins/node_ports/node_ports.h"

#include <algorithm>

namespace muster::plugins {
namespace {

using Ports = std::vector<api::HostPort>;

bool AnyCollide(const Ports& wanted, const Ports& held) {
  return std::any_of(wanted.begin(), wanted.end(), [&held](const api::HostPort& want) {
    return std::any_of(held.begin(), held.end(),
                       [&want](const api::HostPort& have) { return Collide(want, have); });
  });
}

class Filter final : public framework::NodeFilter {
 public:
  explicit Filter(const Ports& wanted) : wanted_(wanted) {}

  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override {
    for (model::NodeIndex i = 0; i < capacity.size(); ++i) {
      if (capacity[i] == 0) continue;
      // A second pod of the set would want the ports of the first.
      capacity[i] = Refuses(model, first + i) ? 0 : 1;
    }
  }

  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override {
    if (!Refuses(model, node)) return;
    refusals.push_back({"node(s) didn't have free ports for the requested pod ports", true});
  }

 private:
  bool Refuses(const model::ClusterModel& model, model::NodeIndex node) const {
    const auto pods = model.PodsOn(node);
    return std::any_of(pods.begin(), pods.end(), [this](const model::PodsOnNode& entry) {
      return entry.info->rare != nullptr && AnyCollide(wanted_, entry.info->rare->host_ports);
    });
  }

  const Ports& wanted_;
};

class NodePorts final : public framework::FilterPlugin {
 public:
  std::string_view Name() const override { return "NodePorts"; }

  std::unique_ptr<framework::NodeFilter> Prepare(
      const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/) const override {
    const Ports& wanted = pod_set.info.RareOrEmpty().host_ports;
    // Only ports above 0 are ports of the node.
    const bool wants = std::any_of(wanted.begin(), wanted.end(),
                                   [](const api::HostPort& port) { return port.port > 0; });
    return wants ? std::make_unique<Filter>(wanted) : nullptr;
  }

  bool AddToKey(const framework::PodSetView& pod_set, const model::ClusterModel& /*model*/,
                framework::PodSetKey& key) const override {
    const Ports& wanted = pod_set.info.RareOrEmpty().host_ports;
    key.Add(static_cast<std::int64_t>(wanted.size()));
    for (const api::HostPort& port : wanted) {
      key.Add(std::int64_t{port.port});
      key.Add(port.protocol);
      key.Add(port.host_ip);
    }
    return true;
  }
};

bool IsEveryAddress(const api::HostPort& port) {
  return port.host_ip.empty() || port.host_ip == "0.0.0.0";
}

std::string_view ProtocolOf(const api::HostPort& port) {
  return port.protocol.empty() ? "TCP" : std::string_view(port.protocol);
}

}  // namespace

bool Collide(const api::HostPort& a, const api::HostPort& b) {
  if (a.port <= 0 || a.port != b.port || ProtocolOf(a) != ProtocolOf(b)) return false;
  return IsEveryAddress(a) || IsEveryAddress(b) || a.host_ip == b.host_ip;
}

std::unique_ptr<framework::FilterPlugin> MakeNodePorts() { return std::make_unique<NodePorts>(); }

}  // namespace muster::plugins
