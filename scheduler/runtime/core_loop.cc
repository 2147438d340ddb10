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
// Counting walks all gangs. While answers arrive one by one there are a thousand steps a second.
constexpr std::chrono::milliseconds kPublishEvery(100);

}  // namespace

CoreLoop::CoreLoop(kube::EventQueue& queue, CoreLoopParts parts)
    : queue_(queue), parts_(std::move(parts)) {
  status_.last_turn = parts_.now();
}

std::chrono::nanoseconds CoreLoop::WaitMax(Time now) const {
  std::chrono::nanoseconds wait = kHeartbeat;
  if (wake_at_) wait = std::min<std::chrono::nanoseconds>(wait, *wake_at_ - now);
  if (publish_at_) wait = std::min<std::chrono::nanoseconds>(wait, *publish_at_ - now);
  return std::max(wait, std::chrono::nanoseconds(0));
}

/// At once, or soon if the last time was a moment ago.
void CoreLoop::PublishSoon(Time now) {
  if (!publish_at_) publish_at_ = published_at_ ? *published_at_ + kPublishEvery : now;
  if (*publish_at_ <= now) Publish(now);
}

void CoreLoop::Publish(Time now) {
  publish_at_.reset();
  published_at_ = now;
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
  {
    std::lock_guard lock(mutex_);
    status_.last_turn = begin;
  }
  if (batch.empty() && !due) {
    if (publish_at_) PublishSoon(begin);
    return;
  }
  core::StepResult result = parts_.step(begin, batch);
  wake_at_ = result.wake_at;
  LogDecisions(result.effects);
  if (!result.effects.empty()) parts_.submit(std::move(result.effects));
  const Time end = parts_.now();
  step_durations_.Observe(std::chrono::duration<double>(end - begin).count());
  PublishSoon(end);
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
