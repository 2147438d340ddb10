#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "bench/simulation/event_queue.h"
#include "bench/simulation/random.h"
#include "bench/simulation/simulated_api.h"

namespace muster::bench {

struct KubeletOptions {
  /// From the bind to Running, image present.
  DelayRange startup{std::chrono::milliseconds(500), std::chrono::milliseconds(1500)};
  /// From the mark for deletion to the end of the pod.
  DelayRange termination{std::chrono::milliseconds(100), std::chrono::milliseconds(1000)};
  /// Until the pod garbage collector removes the pods of a node that is gone. It comes after the
  /// node's own deletion, as in a real cluster.
  Duration orphan_removal = std::chrono::seconds(20);
};

/// The node side of the simulated cluster: starts bound pods, ends deleted ones, refuses a pod that
/// its node has no room for (phase Failed, as OutOfcpu), and collects the pods of nodes that are
/// gone.
class SimulatedKubelets : public ApiObserver {
 public:
  SimulatedKubelets(EventQueue& queue, SimulatedApi& api, Random& random, KubeletOptions options);

  /// Pods that a kubelet refused: "spark/a-exec-1 on node-1: OutOfcpu".
  const std::vector<std::string>& rejections() const { return rejections_; }

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod&) override {}
  void OnNodeChanged(const api::Node&) override {}
  void OnNodeDeleted(const api::Node& node) override;

 private:
  void Admit(const api::Pod& pod);
  void RemoveLater(const api::Pod& pod, Duration delay);

  EventQueue& queue_;
  SimulatedApi& api_;
  Random& random_;
  KubeletOptions options_;
  std::vector<std::string> rejections_;
};

}  // namespace muster::bench
