#include "scheduler/runtime/core_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "scheduler/runtime/decision_log.h"

namespace muster::runtime {
namespace {

// A batch is large so that a gang's pods, which arrive together, are seen together.
constexpr std::size_t kBatchMax = 4096;
constexpr std::chrono::seconds kHeartbeat(10);
constexpr std::chrono::seconds kStuckAfter(60);

}  // namespace

CoreLoop::CoreLoop(kube::EventQueue& queue, CoreLoopParts parts)
    : queue_(queue), parts_(std::move(parts)) {
  status_.last_turn = parts_.now();
}

std::chrono::nanoseconds CoreLoop::WaitMax(Time now) const {
  if (!wake_at_) return kHeartbeat;
  return std::clamp<std::chrono::nanoseconds>(*wake_at_ - now, std::chrono::nanoseconds(0),
                                              kHeartbeat);
}

void CoreLoop::Publish(Time now) {
  core::CoreStatistics statistics = parts_.statistics();
  const bool synced = parts_.synced();
  std::lock_guard lock(mutex_);
  if (synced && !status_.synced) spdlog::info("deciding: everything is known");
  status_ = {statistics, synced, now};
}

void CoreLoop::Turn(const std::stop_token& stop) {
  const std::vector<core::Event> batch = queue_.PopBatch(kBatchMax, WaitMax(parts_.now()), stop);
  const Time begin = parts_.now();
  const bool due = wake_at_ && *wake_at_ <= begin;
  if (stop.stop_requested()) return;
  if (batch.empty() && !due) {
    std::lock_guard lock(mutex_);
    status_.last_turn = begin;
    return;
  }
  core::StepResult result = parts_.step(begin, batch);
  wake_at_ = result.wake_at;
  LogDecisions(result.effects);
  if (!result.effects.empty()) parts_.submit(std::move(result.effects));
  const Time end = parts_.now();
  step_durations_.Observe(std::chrono::duration<double>(end - begin).count());
  Publish(end);
}

void CoreLoop::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) Turn(stop);
}

CoreLoopStatus CoreLoop::Status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

http::ProbeAnswer CoreLoop::Liveness(Time now) const {
  const Duration since = now - Status().last_turn;
  if (since <= kStuckAfter) return {true, "ok"};
  const Duration whole = std::chrono::floor<std::chrono::seconds>(since);
  return {false, "the core loop has not come around for " + FormatDuration(whole)};
}

}  // namespace muster::runtime
