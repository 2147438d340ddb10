#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "bench/replay/constants.h"
#include "bench/replay/policy.h"
#include "bench/replay/recorder.h"

namespace muster::bench::replay {

/// What became of one gang.
struct GangOutcome {
  bool is_ended = false;
  std::optional<Time> driver_bound_at;  // the last time, when it was restarted
  std::optional<Time> whole_at;         // bind of its last required member
  Time ended_at{};
  /// Means over the time it ran, of the share of its shuffle that left the node, or the zone.
  double node_crossing = 0;
  double zone_crossing = 0;
  std::int64_t nodes = 0;     // that its executors were on
  std::int32_t ran_with = 0;  // executors at the end
  std::int32_t restarts = 0;  // ended by the world, to break a deadlock
};

/// A cluster and its Spark applications in virtual time, at the level of pods, with one policy.
/// Applications behave the same under every policy: `constants` says how. The same workload,
/// constants and policy give the same outcomes. Checks that no node is over its allocatable; a
/// policy that breaks this ends the process.
/// Threading: one thread. Cost: a few hundred nanoseconds for each pod, without the policy.
class World : private ClusterView {
 public:
  using PolicyMaker = std::function<std::unique_ptr<Policy>(ClusterView&)>;
  /// Told now and then how many gangs have ended.
  using Progress = std::function<void(std::size_t ended)>;

  World(const Workload& workload, const WorldConstants& constants, const PolicyMaker& make_policy);

  /// Runs until all gangs have ended, nothing can happen any more, or drain_max after the last
  /// arrival. Call once.
  void Run(const Progress& progress);

  Time end() const { return now_; }
  const std::vector<GangOutcome>& outcomes() const { return outcomes_; }
  const Recorder& recorder() const { return recorder_; }
  std::int64_t deadlocks() const { return deadlocks_; }
  double deadlock_lost_seconds() const { return deadlock_lost_seconds_; }
  /// Wall-clock microseconds of each call that bound a driver, and of all calls.
  const std::vector<double>& admission_microseconds() const { return admission_microseconds_; }
  double policy_seconds() const { return policy_seconds_; }
  std::int64_t binds() const { return binds_; }

 private:
  enum class Kind : std::uint8_t { kSubmit, kCreate, kRegister, kWaitOver, kEnd };
  struct Event {
    Time at{};
    std::uint64_t serial = 0;
    Kind kind = Kind::kSubmit;
    PodRef pod;
    std::uint32_t incarnation = 0;  // of the gang; kEnd: of its end
    bool operator>(const Event& other) const {
      return at != other.at ? at > other.at : serial > other.serial;
    }
  };
  struct Contribution {
    std::int64_t useful = 0, idle = 0, no_work = 0, start_up = 0, pending = 0, reserved = 0;
  };
  struct Gang {
    enum class Phase : std::uint8_t { kFuture, kWaiting, kStarting, kRunning, kEnded };
    Phase phase = Phase::kFuture;
    std::uint32_t incarnation = 0;
    std::uint32_t end_serial = 0;
    std::vector<NodeIndex> nodes = {};  // by member; -1: not bound
    std::int32_t created = 0;           // executors
    std::int32_t bound = 0;
    std::int32_t registered = 0;
    std::vector<std::pair<std::int32_t, NodeIndex>> placeholders = {};  // member, node
    bool is_reserved_whole = false;
    std::int64_t reserved = 0;
    Time driver_bound_at{};
    Time progress_at{};          // work and crossing are accounted up to here
    std::int64_t work_left = 0;  // executor-nanoseconds
    double running_seconds = 0;
    double node_crossing_seconds = 0;
    double zone_crossing_seconds = 0;
    std::vector<std::pair<NodeIndex, std::int64_t>> spread = {};
    std::vector<std::int64_t> zones = {};
    std::int64_t node_squares = 0;
    Contribution contribution = {};
  };

  const Workload& workload() const override { return workload_; }
  Time now() const override { return now_; }
  const NodeRoom& room() const override { return room_; }
  void Bind(PodRef pod, NodeIndex node) override;
  void SetReserved(GangIndex index, std::int64_t executors) override;
  void PlacePlaceholder(PodRef stands_for, NodeIndex node) override;
  void RemovePlaceholder(PodRef stands_for, NodeIndex node) override;

  void Push(Time at, Kind kind, PodRef pod, std::uint32_t incarnation);
  std::optional<Time> NextInstant() const;
  void Handle(const Event& event);
  void Decide();
  void Submit(GangIndex index);
  void CreateExecutors(GangIndex index);
  void Register(GangIndex index, std::int32_t member);
  void Start(GangIndex index);
  void Account(Gang& gang);
  void PlanEnd(GangIndex index);
  void Finish(GangIndex index);
  void TakeAway(GangIndex index);
  void Refresh(GangIndex index);
  void Occupy(NodeIndex node, const PodShape& shape, std::int64_t sign);
  const PodShape& ShapeOf(std::int32_t member) const;
  Gang& At(GangIndex index) { return gangs_[static_cast<std::size_t>(index)]; }
  const Gang& At(GangIndex index) const { return gangs_[static_cast<std::size_t>(index)]; }
  const GangSpec& Spec(GangIndex index) const {
    return workload_.gangs[static_cast<std::size_t>(index)];
  }

  // deadlock.cc
  bool IsStuckPart(const Gang& gang) const;
  std::optional<Time> NextDeadlockLook() const;
  void LookForDeadlock();
  bool CouldHelpAnother(const std::vector<GangIndex>& parts) const;

  const Workload& workload_;
  const WorldConstants constants_;
  Time now_ = kTraceStart;
  NodeRoom room_;
  std::vector<std::int64_t> pods_on_;  // by node, placeholders left out
  Recorder recorder_;
  std::vector<Gang> gangs_;
  std::vector<GangOutcome> outcomes_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t last_serial_ = 0;
  std::size_t ended_ = 0;
  std::vector<GangIndex> live_;  // submitted and not ended, by index
  Time last_bind_ = kTraceStart;
  Time last_look_ = kTraceStart;
  std::int64_t deadlocks_ = 0;
  double deadlock_lost_seconds_ = 0;
  std::int64_t binds_ = 0;
  bool bound_driver_ = false;  // in this call of the policy
  std::vector<double> admission_microseconds_;
  double policy_seconds_ = 0;
  std::unique_ptr<Policy> policy_;
};

}  // namespace muster::bench::replay
