#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/replay/node_room.h"
#include "bench/replay/workload.h"
#include "scheduler/base/status.h"

namespace muster::bench::replay {

/// Member 0 of a gang is its driver, 1 to N are its executors.
struct PodRef {
  GangIndex gang = 0;
  std::int32_t member = 0;
  bool IsDriver() const { return member == 0; }
  auto operator<=>(const PodRef&) const = default;
};

/// The world as a policy sees it. Binds take no time; they are the same for every policy.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  virtual const Workload& workload() const = 0;
  virtual Time now() const = 0;
  /// Free of bound pods and placeholders.
  virtual const NodeRoom& room() const = 0;
  /// Requires: the pod exists and is not bound, and the node has room for it.
  virtual void Bind(PodRef pod, NodeIndex node) = 0;
  /// Empty places for so many of the gang's executors are promised to it; 0: none any more. A bind
  /// of one of its executors takes one. Only for the metrics.
  virtual void SetReserved(GangIndex gang, std::int64_t executors) = 0;
  /// A placeholder pod of the gang stands on `node` from now on, or leaves it.
  virtual void PlacePlaceholder(PodRef stands_for, NodeIndex node) = 0;
  virtual void RemovePlaceholder(PodRef stands_for, NodeIndex node) = 0;
};

/// One scheduler. Called by the world in the order in which things happen; at the end of each
/// instant Decide is called once, and may bind. Threading: one thread.
class Policy {
 public:
  virtual ~Policy() = default;
  /// A pod without a node: the driver when the application is submitted, executors later.
  virtual void OnPodCreated(PodRef pod) = 0;
  /// The application is over; its pods are gone, those that waited too. `nodes`: where its members
  /// were, -1 for those that were not bound.
  virtual void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>& nodes) = 0;
  virtual void Decide() = 0;
  /// Decide is to be called at this time too, even if nothing happens.
  virtual std::optional<Time> WakeAt() const { return std::nullopt; }
};

/// What the report says of a policy.
struct PolicyDescription {
  std::string name;
  std::string imitates;  // system and version
  std::string simplifications;
  bool may_be_best = true;  // false: knows what no scheduler knows
  std::function<std::unique_ptr<Policy>(ClusterView&)> make;
};

/// All policies, in the order of the report.
const std::vector<PolicyDescription>& Policies();
/// One of them, or "muster@backfill-patience=DURATION@packing-patience=DURATION": Muster with these
/// options.
/// Errors: InvalidArgument, which names those that there are.
StatusOr<PolicyDescription> FindPolicy(const std::string& name);

}  // namespace muster::bench::replay
