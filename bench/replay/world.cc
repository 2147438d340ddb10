#include "bench/replay/world.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "scheduler/base/check.h"

namespace muster::bench::replay {
namespace {

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// When this share of the gangs has been submitted.
Time ArrivalAt(const Workload& workload, double share) {
  if (workload.gangs.empty()) return kTraceStart;
  const auto last = static_cast<double>(workload.gangs.size() - 1);
  return workload.gangs[static_cast<std::size_t>(share * last)].submit;
}

}  // namespace

World::World(const Workload& workload, const WorldConstants& constants,
             const PolicyMaker& make_policy)
    : workload_(workload),
      constants_(constants),
      room_(workload.nodes),
      pods_on_(workload.nodes.size(), 0),
      recorder_(workload, ArrivalAt(workload, 0.05), ArrivalAt(workload, 0.95)),
      gangs_(workload.gangs.size()),
      outcomes_(workload.gangs.size()) {
  for (NodeIndex node = 0; node < room_.Size(); ++node) {
    recorder_.Add(Level::kUsableFreeCpu,
                  room_.CapacityOf(node, workload_.executor) * workload_.executor.milli_cpu);
  }
  policy_ = make_policy(*this);
}

void World::Run(const Progress& progress) {
  for (std::size_t i = 0; i < gangs_.size(); ++i) {
    Push(workload_.gangs[i].submit, Kind::kSubmit, {static_cast<GangIndex>(i), 0}, 0);
  }
  const Time limit =
      (gangs_.empty() ? kTraceStart : workload_.gangs.back().submit) + constants_.drain_max;
  std::size_t told = 0;
  while (ended_ < gangs_.size()) {
    const auto next = NextInstant();
    if (!next || *next > limit) {
      // Nothing more will happen; those that wait have waited to the end of the run.
      recorder_.AdvanceTo(limit);
      now_ = limit;
      break;
    }
    recorder_.AdvanceTo(*next);
    now_ = *next;
    while (!events_.empty() && events_.top().at == now_) {
      const Event event = events_.top();
      events_.pop();
      Handle(event);
    }
    LookForDeadlock();
    Decide();
    if (ended_ >= told + 50) progress(told = ended_);
  }
  for (GangIndex index : live_) {
    Account(At(index));
    outcomes_[static_cast<std::size_t>(index)].ended_at = now_;
  }
}

std::optional<Time> World::NextInstant() const {
  std::optional<Time> next;
  const auto consider = [&](std::optional<Time> time) {
    if (time && (!next || *time < *next)) next = std::max(*time, now_);
  };
  if (!events_.empty()) consider(events_.top().at);
  consider(policy_->WakeAt());
  consider(NextDeadlockLook());
  return next;
}

void World::Decide() {
  bound_driver_ = false;
  const auto begin = std::chrono::steady_clock::now();
  policy_->Decide();
  const double seconds = Seconds(std::chrono::steady_clock::now() - begin);
  policy_seconds_ += seconds;
  if (bound_driver_) admission_microseconds_.push_back(seconds * 1e6);
  const auto wake = policy_->WakeAt();
  MUSTER_CHECK(!wake || *wake > now_, "a policy wants to be called again at once");
}

void World::Push(Time at, Kind kind, PodRef pod, std::uint32_t incarnation) {
  events_.push({at, ++last_serial_, kind, pod, incarnation});
}

void World::Handle(const Event& event) {
  const GangIndex index = event.pod.gang;
  Gang& gang = At(index);
  const std::uint32_t current = event.kind == Kind::kEnd ? gang.end_serial : gang.incarnation;
  if (event.incarnation != current || gang.phase == Gang::Phase::kEnded) return;
  switch (event.kind) {
    case Kind::kSubmit:
      Submit(index);
      break;
    case Kind::kCreate:
      CreateExecutors(index);
      break;
    case Kind::kRegister:
      Register(index, event.pod.member);
      break;
    case Kind::kWaitOver:
      if (gang.phase == Gang::Phase::kStarting) Start(index);
      break;
    case Kind::kEnd:
      Finish(index);
      break;
  }
}

void World::Submit(GangIndex index) {
  Gang& gang = At(index);
  gang.phase = Gang::Phase::kWaiting;
  gang.nodes.assign(static_cast<std::size_t>(Spec(index).executors) + 1, -1);
  gang.zones.assign(static_cast<std::size_t>(constants_.zones), 0);
  live_.insert(std::lower_bound(live_.begin(), live_.end(), index), index);
  recorder_.Add(Level::kWaitingGangs, 1);
  recorder_.AddQueueDemand(Spec(index).queue, 1);
  policy_->OnPodCreated({index, 0});
}

const PodShape& World::ShapeOf(std::int32_t member) const {
  return member == 0 ? workload_.driver : workload_.executor;
}

void World::Occupy(NodeIndex node, const PodShape& shape, std::int64_t sign) {
  const PodShape& executor = workload_.executor;
  const std::int64_t before = room_.CapacityOf(node, executor);
  room_.Take(node, shape, sign);
  MUSTER_CHECK(room_.Free(node).milli_cpu >= 0 && room_.Free(node).memory_mebibytes >= 0,
               "a policy filled a node over its allocatable");
  recorder_.Add(Level::kUsableFreeCpu,
                (room_.CapacityOf(node, executor) - before) * executor.milli_cpu);
}

void World::Bind(PodRef pod, NodeIndex node) {
  Gang& gang = At(pod.gang);
  const auto member = static_cast<std::size_t>(pod.member);
  MUSTER_CHECK(gang.phase != Gang::Phase::kFuture && gang.phase != Gang::Phase::kEnded &&
                   pod.member <= gang.created && gang.nodes[member] < 0,
               "a policy bound a pod that does not wait");
  Occupy(node, ShapeOf(pod.member), 1);
  gang.nodes[member] = node;
  ++binds_;
  last_bind_ = now_;
  if (++pods_on_[static_cast<std::size_t>(node)] == 1) recorder_.Add(Level::kNodesUsed, 1);
  recorder_.Add(Level::kBoundCpu, ShapeOf(pod.member).milli_cpu);
  recorder_.Add(Level::kBoundMemory, ShapeOf(pod.member).memory_mebibytes);
  recorder_.AddQueueShare(Spec(pod.gang).queue, ShapeOf(pod.member).milli_cpu,
                          ShapeOf(pod.member).memory_mebibytes);
  if (pod.IsDriver()) {
    bound_driver_ = true;
    gang.phase = Gang::Phase::kStarting;
    gang.driver_bound_at = now_;
    outcomes_[static_cast<std::size_t>(pod.gang)].driver_bound_at = now_;
    Push(now_ + constants_.driver_startup, Kind::kCreate, pod, gang.incarnation);
  } else {
    ++gang.bound;
    if (gang.reserved > 0) --gang.reserved;
    Push(now_ + constants_.executor_startup, Kind::kRegister, pod, gang.incarnation);
  }
  GangOutcome& outcome = outcomes_[static_cast<std::size_t>(pod.gang)];
  if (gang.bound == Spec(pod.gang).executors && !outcome.whole_at) {
    outcome.whole_at = now_;
    recorder_.Add(Level::kWaitingGangs, -1);
    recorder_.Add(Level::kRunningGangs, 1);
  }
  Refresh(pod.gang);
}

void World::SetReserved(GangIndex index, std::int64_t executors) {
  Gang& gang = At(index);
  gang.reserved = executors;
  if (executors + gang.bound >= Spec(index).executors) gang.is_reserved_whole = true;
  Refresh(index);
}

void World::PlacePlaceholder(PodRef stands_for, NodeIndex node) {
  Gang& gang = At(stands_for.gang);
  Occupy(node, ShapeOf(stands_for.member), 1);
  last_bind_ = now_;
  gang.placeholders.emplace_back(stands_for.member, node);
  const auto members = static_cast<std::size_t>(Spec(stands_for.gang).executors) + 1;
  if (gang.placeholders.size() >= members) gang.is_reserved_whole = true;
  Refresh(stands_for.gang);
}

void World::RemovePlaceholder(PodRef stands_for, NodeIndex node) {
  Occupy(node, ShapeOf(stands_for.member), -1);
  auto& placeholders = At(stands_for.gang).placeholders;
  const auto found =
      std::find(placeholders.begin(), placeholders.end(), std::pair(stands_for.member, node));
  MUSTER_CHECK(found != placeholders.end(), "there is no such placeholder");
  placeholders.erase(found);
  Refresh(stands_for.gang);
}

void World::CreateExecutors(GangIndex index) {
  Gang& gang = At(index);
  const std::int64_t wanted = Spec(index).executors;
  for (std::int64_t i = 0; i < constants_.executor_batch && gang.created < wanted; ++i) {
    ++gang.created;
    policy_->OnPodCreated({index, gang.created});
  }
  if (gang.created < wanted) {
    Push(now_ + constants_.batch_interval, Kind::kCreate, {index, 0}, gang.incarnation);
  }
  Refresh(index);
}

void World::Register(GangIndex index, std::int32_t member) {
  Gang& gang = At(index);
  Account(gang);
  const NodeIndex node = gang.nodes[static_cast<std::size_t>(member)];
  auto share = std::find_if(gang.spread.begin(), gang.spread.end(),
                            [node](const auto& entry) { return entry.first == node; });
  if (share == gang.spread.end()) share = gang.spread.insert(gang.spread.end(), {node, 0});
  gang.node_squares += 2 * share->second++ + 1;
  const NodeSpec& place = workload_.nodes[static_cast<std::size_t>(node)];
  ++gang.zones[static_cast<std::size_t>(place.zone)];
  ++gang.registered;
  if (gang.registered == 1) {
    Push(now_ + constants_.registered_wait, Kind::kWaitOver, {index, 0}, gang.incarnation);
  }
  if (gang.phase == Gang::Phase::kRunning) {
    PlanEnd(index);
  } else if (gang.registered >=
             std::ceil(constants_.registered_ratio * static_cast<double>(Spec(index).executors))) {
    Start(index);
  }
}

void World::Start(GangIndex index) {
  Gang& gang = At(index);
  gang.phase = Gang::Phase::kRunning;
  gang.progress_at = now_;
  gang.work_left = Spec(index).run_time.count() * Spec(index).executors;
  PlanEnd(index);
  Refresh(index);
}

/// Counts what was done since the last time: work, and where its shuffle went.
void World::Account(Gang& gang) {
  if (gang.phase != Gang::Phase::kRunning) return;
  const Duration passed = now_ - gang.progress_at;
  gang.progress_at = now_;
  gang.work_left -= std::min(gang.work_left, passed.count() * gang.registered);
  const double seconds = Seconds(passed);
  const double all = static_cast<double>(gang.registered) * static_cast<double>(gang.registered);
  double zone_squares = 0;
  for (const std::int64_t count : gang.zones) {
    zone_squares += static_cast<double>(count) * static_cast<double>(count);
  }
  gang.running_seconds += seconds;
  gang.node_crossing_seconds += seconds * (1 - static_cast<double>(gang.node_squares) / all);
  gang.zone_crossing_seconds += seconds * (1 - zone_squares / all);
}

/// With fewer executors than asked an application runs slower in proportion.
void World::PlanEnd(GangIndex index) {
  Gang& gang = At(index);
  const std::int64_t left = (gang.work_left + gang.registered - 1) / gang.registered;
  Push(now_ + Duration(left), Kind::kEnd, {index, 0}, ++gang.end_serial);
}

void World::Finish(GangIndex index) {
  Gang& gang = At(index);
  Account(gang);
  GangOutcome& outcome = outcomes_[static_cast<std::size_t>(index)];
  outcome.is_ended = true;
  outcome.ended_at = now_;
  if (gang.running_seconds > 0) {
    outcome.node_crossing = gang.node_crossing_seconds / gang.running_seconds;
    outcome.zone_crossing = gang.zone_crossing_seconds / gang.running_seconds;
  }
  outcome.nodes = static_cast<std::int64_t>(gang.spread.size());
  outcome.ran_with = gang.registered;
  recorder_.Add(outcome.whole_at ? Level::kRunningGangs : Level::kWaitingGangs, -1);
  recorder_.AddQueueDemand(Spec(index).queue, -1);
  live_.erase(std::lower_bound(live_.begin(), live_.end(), index));
  ++ended_;
  TakeAway(index);
  At(index).phase = Gang::Phase::kEnded;
}

/// The pods of a gang leave; what it needs to start anew is kept.
void World::TakeAway(GangIndex index) {
  Gang& gang = At(index);
  for (std::int32_t member = 0; member < static_cast<std::int32_t>(gang.nodes.size()); ++member) {
    const NodeIndex node = gang.nodes[static_cast<std::size_t>(member)];
    if (node < 0) continue;
    Occupy(node, ShapeOf(member), -1);
    if (--pods_on_[static_cast<std::size_t>(node)] == 0) recorder_.Add(Level::kNodesUsed, -1);
    recorder_.Add(Level::kBoundCpu, -ShapeOf(member).milli_cpu);
    recorder_.Add(Level::kBoundMemory, -ShapeOf(member).memory_mebibytes);
    recorder_.AddQueueShare(Spec(index).queue, -ShapeOf(member).milli_cpu,
                            -ShapeOf(member).memory_mebibytes);
  }
  const std::vector<NodeIndex> nodes = std::exchange(gang.nodes, {});
  policy_->OnGangEnded(index, nodes);
  MUSTER_CHECK(At(index).placeholders.empty(), "placeholders outlive their gang");
  const Contribution contribution = gang.contribution;
  const std::uint32_t incarnation = gang.incarnation + 1;
  const std::uint32_t end_serial = gang.end_serial + 1;
  gang = Gang{.incarnation = incarnation, .end_serial = end_serial, .contribution = contribution};
  Refresh(index);
}

/// Brings what the gang adds to the levels up to date.
void World::Refresh(GangIndex index) {
  Gang& gang = At(index);
  Contribution now;
  const bool has_driver = !gang.nodes.empty() && gang.nodes.front() >= 0;
  const std::int64_t held =
      (has_driver ? workload_.driver.milli_cpu : 0) + gang.bound * workload_.executor.milli_cpu;
  std::int64_t in_placeholders = 0;
  for (const auto& [member, node] : gang.placeholders) in_placeholders += ShapeOf(member).milli_cpu;
  const bool is_whole = has_driver && gang.bound == Spec(index).executors;
  if (is_whole) {
    now.useful = held;
  } else {
    (gang.is_reserved_whole ? now.start_up : now.idle) = held;
    if (has_driver && gang.created > gang.bound) now.pending = held;
  }
  now.reserved = gang.reserved * workload_.executor.milli_cpu;
  (gang.is_reserved_whole ? now.reserved : now.idle) += in_placeholders;
  if (gang.phase != Gang::Phase::kRunning) now.no_work = now.idle;
  Contribution& before = gang.contribution;
  recorder_.Add(Level::kUsefulCpu, now.useful - before.useful);
  recorder_.Add(Level::kIdleHoldCpu, now.idle - before.idle);
  recorder_.Add(Level::kNoWorkHoldCpu, now.no_work - before.no_work);
  recorder_.Add(Level::kStartUpHoldCpu, now.start_up - before.start_up);
  recorder_.Add(Level::kPendingHoldCpu, now.pending - before.pending);
  recorder_.Add(Level::kReservedCpu, now.reserved - before.reserved);
  before = now;
}

}  // namespace muster::bench::replay
