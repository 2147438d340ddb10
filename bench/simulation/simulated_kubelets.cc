#include "bench/simulation/simulated_kubelets.h"

#include <utility>

namespace muster::bench {

SimulatedKubelets::SimulatedKubelets(EventQueue& queue, SimulatedApi& api, Random& random,
                                     KubeletOptions options)
    : queue_(queue), api_(api), random_(random), options_(options) {}

void SimulatedKubelets::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  if (after.spec.node_name.empty()) return;
  const bool is_newly_bound = before == nullptr || before->spec.node_name.empty();
  if (is_newly_bound) Admit(after);
  const bool was_marked = before != nullptr && before->metadata.deletion_timestamp.has_value();
  if (after.metadata.deletion_timestamp && !was_marked) {
    RemoveLater(after, random_.Draw(options_.termination));
  }
}

void SimulatedKubelets::OnNodeDeleted(const api::Node& node) {
  for (const auto& [name, pod] : api_.pods()) {
    if (pod.spec.node_name == node.metadata.name) RemoveLater(pod, options_.orphan_removal);
  }
}

void SimulatedKubelets::Admit(const api::Pod& pod) {
  const api::NamespacedName name = api::NameOf(pod.metadata);
  const std::string uid = pod.metadata.uid;
  const std::string node = pod.spec.node_name;
  if (api_.FindNode(node) == nullptr) {
    RemoveLater(pod, options_.orphan_removal);
    return;
  }
  const Duration startup = random_.Draw(options_.startup);
  // The order of binds is the order of admission, so the latest one is too many.
  const std::string resource = OverAllocatedResource(api_, node);
  if (!resource.empty()) {
    rejections_.push_back(name.ToString() + " on " + node + ": OutOf" + resource);
    queue_.After(startup, [this, name, uid] { api_.SetPhase(name, uid, "Failed"); });
    return;
  }
  queue_.After(startup, [this, name, uid, node] {
    const api::Pod* now = api_.FindPod(name);
    if (now == nullptr || now->metadata.deletion_timestamp) return;
    if (api_.FindNode(node) != nullptr) api_.SetPhase(name, uid, "Running");
  });
}

void SimulatedKubelets::RemoveLater(const api::Pod& pod, Duration delay) {
  queue_.After(delay, [this, name = api::NameOf(pod.metadata), uid = pod.metadata.uid] {
    api_.RemovePod(name, uid);
  });
}

}  // namespace muster::bench
