#pragma once

#include <atomic>
#include <functional>

#include "scheduler/base/time.h"

namespace muster::kube {

/// Until when this process may write: asked for every write, at the last moment before its body
/// leaves. Closed at first. What it cannot see is a process that is stopped between that moment and
/// the send that follows it: see scheduler/adr/0007-leader-election.md.
/// Threading: safe; Open takes no lock.
class WriteFence {
 public:
  /// `now` never goes back and counts the time that the machine is suspended.
  explicit WriteFence(std::function<Time()> now) : now_(std::move(now)) {}

  void OpenUntil(Time until) { until_.store(until); }
  void OpenForGood() { until_.store(Time::max()); }
  void Close() { until_.store(Time::min()); }
  bool IsOpen() const { return now_() < until_.load(); }

 private:
  const std::function<Time()> now_;
  std::atomic<Time> until_{Time::min()};
};

}  // namespace muster::kube
