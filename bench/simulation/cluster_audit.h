#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulation/event_queue.h"
#include "bench/simulation/simulated_api.h"

namespace muster::bench {

/// Checks what is true of the cluster after every change, whoever caused it.
class ClusterAudit : public ApiObserver {
 public:
  /// How many executors the driver will create; nullopt when it will create none it can know of.
  using ExecutorCount = std::function<std::optional<std::int64_t>(const api::Pod& driver)>;

  ClusterAudit(const EventQueue& queue, const SimulatedApi& api, ExecutorCount executor_count,
               std::vector<std::string>& violations);

  /// Binds after which a node held more than it has. A race between two schedulers can cause them
  /// without a fault of either, so they are counted apart from the violations.
  const std::vector<std::string>& overcommits() const { return overcommits_; }

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod&) override {}
  void OnNodeChanged(const api::Node&) override {}
  void OnNodeDeleted(const api::Node&) override {}

 private:
  void CheckBind(const api::Pod& pod);
  void CheckDriver(const api::Pod& driver);
  void CheckExecutor(const api::Pod& executor);
  std::string Stamp(const std::string& text) const;

  const EventQueue& queue_;
  const SimulatedApi& api_;
  ExecutorCount executor_count_;
  std::vector<std::string>& violations_;
  std::vector<std::string> overcommits_;
};

}  // namespace muster::bench
