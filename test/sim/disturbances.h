#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/simulation/simulated_world.h"

namespace muster::bench {

/// Everything that happens to a random world beside the passing of time.
enum class Disturbance {
  kSubmission,       // another application
  kSchedulerKilled,  // and started again up to 5 s later
  kExecutorFailed,   // Spark replaces it
  kExecutorDeleted,  // by a user
  kDriverDeleted,    // by a user: the application ends
  kStrangerBound,    // another scheduler takes room
  kStrangerDeleted,
  kNodeDeleted,   // with all that runs there; another of its size comes later
  kNodeCordoned,  // for a while
  kNodeTainted,   // NoSchedule, for a while
  kNodeShrunk,    // less allocatable CPU, for a while
  kApiOutage,     // no call is answered, or all are refused, for up to a minute
  kRelist,        // the watch has expired: everything is told again
};
inline constexpr std::size_t kDisturbanceKinds = 13;
std::string_view NameOf(Disturbance disturbance);

/// Disturbs one world, by the world's own random numbers. Borrows the world.
class Disturber {
 public:
  struct Options {
    bool has_priorities = false;   // applications differ in priority, and preempt each other
    bool has_call_faults = false;  // one call in ten goes wrong, at any time
  };
  Disturber(SimulatedWorld& world, Options options);
  ~Disturber() = default;
  Disturber(const Disturber&) = delete;
  Disturber& operator=(const Disturber&) = delete;

  /// An application that fits the empty cluster by construction.
  void Submit();
  Disturbance DisturbOnce();
  /// Strangers go; what was to be for a while ends by itself within a minute.
  void ComeToAnEnd();
  /// An application that needs all of the empty cluster: it runs only if nothing has leaked.
  const ApplicationRecord& SubmitOneThatNeedsAll();

 private:
  using NodeChange = void (*)(api::Node& node, std::int64_t amount);

  void KillScheduler();
  void HitExecutor(void (*hit)(SimulatedWorld& world, const api::NamespacedName& executor));
  void DeleteDriver();
  void BindStranger();
  void AddNode(api::Node node);
  void DeleteNode();
  void ChangeNodeForAWhile(NodeChange change, NodeChange undo);
  void StopApi();
  std::string SomeNode();
  CallFault FaultOfCall();

  SimulatedWorld& world_;
  Random& random_;
  Options options_;
  int applications_ = 0;
  int strangers_ = 0;
  int nodes_ = 0;
  std::map<std::string, api::Node> whole_nodes_;  // as they were when they came
  Time api_is_back_{};
  bool api_refuses_ = false;  // while it is out; else calls are lost
};

}  // namespace muster::bench
