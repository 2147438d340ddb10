#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <vector>

#include "scheduler/core/events.h"

namespace muster::kube {

struct EventQueueStatistics {
  std::size_t depth = 0;
  std::size_t depth_max = 0;         // highest seen
  std::uint64_t pushes_blocked = 0;  // a reader had to wait for room
};

/// The one way into the core: reflectors and the dispatcher push, the core thread pops.
/// The order of each pusher is kept. Threading: safe.
class EventQueue {
 public:
  explicit EventQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room: a watch that outruns the core is slowed down, not buffered without limit.
  /// False when stopped first; the event is dropped then.
  bool Push(core::Event event, const std::stop_token& stop);

  /// Never waits. For the answers to calls, whose number the dispatcher bounds: if they waited too,
  /// a full queue could stop the thread that carries out the core's effects.
  void PushAnswer(core::Event event);

  /// Takes up to `count_max` events in order. Waits until there is one, `wait_max` is over or
  /// `stop` is requested; empty in the latter two cases.
  std::vector<core::Event> PopBatch(std::size_t count_max, std::chrono::nanoseconds wait_max,
                                    const std::stop_token& stop);

  EventQueueStatistics Statistics() const;

 private:
  void Append(core::Event event);  // requires mutex_ held

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable_any not_empty_;
  std::condition_variable_any not_full_;
  std::deque<core::Event> events_;   // guarded by mutex_
  EventQueueStatistics statistics_;  // guarded by mutex_
};

}  // namespace muster::kube
