#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/simulation/event_queue.h"
#include "bench/simulation/random.h"
#include "bench/simulation/simulated_api.h"
#include "scheduler/framework/profile.h"
#include "scheduler/model/cluster_model.h"

namespace muster::bench {

/// A group of machines of one kind that can be made larger.
struct NodeGroup {
  std::string name;
  api::Node node;  // as its nodes will be, but for their names
  std::int64_t nodes_max = 100;
  DelayRange boot{std::chrono::seconds(20), std::chrono::seconds(120)};
  /// The cloud has no machine of this kind: every call fails.
  bool is_out_of_stock = false;
};

struct AutoscalerOptions {
  std::vector<NodeGroup> groups;
  Duration scan_interval = std::chrono::seconds(10);
  /// --frequent-loops-enabled, the default since 1.35: a loop when a pod becomes Unschedulable, and
  /// after each loop that did something.
  bool frequent_loops = true;
  /// A group whose call failed is left alone for this long.
  Duration group_back_off = std::chrono::minutes(5);
};

struct ScaleUpCall {
  Time time{};
  std::string group;
  std::int64_t delta = 0;
  bool is_done = true;  // false: out of stock
};

/// Cluster Autoscaler's way to add nodes, as far as it decides how many calls to the cloud a gang
/// costs (facts/autoscalers.md, section 2). In this order: pods by their condition; expendable ones
/// left out; those that fit on nodes that are there or on their way; young ones left out by their
/// delay; a wait while all are new; then first fit decreasing on each group's template, one group
/// at random (the default expander), one IncreaseSize a loop. Fit is judged by Muster's own
/// filters, which are kube-scheduler's. Left out: removing nodes, similar groups, limits of the
/// whole cluster, ProvisioningRequest.
class SimulatedAutoscaler : public ApiObserver {
 public:
  SimulatedAutoscaler(EventQueue& queue, SimulatedApi& api, Random& random,
                      AutoscalerOptions options);

  /// Begins its loops; call once, after Attach.
  void Start();
  const std::vector<ScaleUpCall>& calls() const { return calls_; }
  /// Calls that the cloud has carried out, by group.
  std::map<std::string, std::int64_t> CallsByGroup() const;

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod&) override {}
  void OnNodeChanged(const api::Node&) override {}
  void OnNodeDeleted(const api::Node&) override {}

 private:
  struct Group {
    NodeGroup settings;
    std::int64_t ordered = 0;  // nodes ever asked for
    std::int64_t booted = 0;
    Time not_before{};
  };
  struct Option {
    std::size_t group = 0;
    std::int64_t nodes = 0;
    std::size_t pods = 0;
  };
  using Pods = std::vector<const api::Pod*>;

  void ScheduleLoop(Duration delay);
  void Loop();
  /// True when it did something.
  bool RunOnce();
  Pods UnschedulablePods() const;
  model::ClusterModel Snapshot() const;
  bool TryPlaceAgain(const api::Pod& pod, model::ClusterModel& model);
  bool TryPlace(const api::Pod& pod, model::ClusterModel& model) const;
  bool TryPlace(const api::Pod& pod, model::ClusterModel& model,
                std::span<const model::NodeIndex> nodes) const;
  std::optional<Option> Estimate(std::size_t group, const Pods& pods) const;
  void IncreaseSize(Group& group, std::int64_t delta);
  api::Node NodeOf(const Group& group, const std::string& name) const;

  EventQueue& queue_;
  SimulatedApi& api_;
  Random& random_;
  AutoscalerOptions options_;
  framework::Profile profile_;
  std::vector<Group> groups_;
  std::vector<ScaleUpCall> calls_;
  std::map<std::string, std::string> hints_;  // pod UID -> node
  std::uint64_t planned_loop_ = 0;            // the last one asked for; earlier ones are void
  Time planned_at_{};
};

/// Kubernetes' garbage collector, for pods that a deleted pod controls.
class SimulatedGarbageCollector : public ApiObserver {
 public:
  SimulatedGarbageCollector(EventQueue& queue, SimulatedApi& api, Random& random)
      : queue_(queue), api_(api), random_(random) {}

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod& pod) override;
  void OnNodeChanged(const api::Node&) override {}
  void OnNodeDeleted(const api::Node&) override {}

 private:
  void CollectLater(const std::string& owner_uid);
  bool Exists(const std::string& uid) const;

  EventQueue& queue_;
  SimulatedApi& api_;
  Random& random_;
};

}  // namespace muster::bench
