#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/core/effects.h"
#include "scheduler/kube/api_client.h"
#include "scheduler/kube/credentials.h"
#include "scheduler/kube/event_queue.h"
#include "scheduler/kube/event_recorder.h"

namespace muster::kube {

struct DispatcherOptions {
  std::size_t calls_in_flight_max = 32;  // fewer where the server cannot take so many (CallLimit)
  std::size_t calls_waiting_max = 200'000;
  std::size_t event_calls_in_flight_max = 4;  // beside the others; while these wait, 4 a second
  EventReporter reporter;
  /// Asked before each call, and again when its body is about to leave: WriteFence::IsOpen. While
  /// it says no, calls wait. Not set: always.
  std::function<bool()> may_write;
};

struct DispatcherStatistics {
  static constexpr std::size_t kVerbs = 11;   // as in core::Effect
  static constexpr std::size_t kResults = 7;  // as in core::CallResult
  std::array<std::array<std::uint64_t, kResults>, kVerbs> finished{};
  std::array<double, kVerbs> seconds_total{};  // of the finished calls
  std::size_t calls_waiting = 0;
  std::size_t calls_in_flight = 0;        // events too
  std::size_t calls_in_flight_limit = 0;  // without events; as learnt
  std::size_t events_waiting = 0;
  std::uint64_t calls_refused = 0;     // the queue was full
  std::uint64_t tokens_refreshed = 0;  // after a 401
  std::uint64_t throttled = 0;         // 429 or Retry-After
  EventRecorderStatistics events;
  std::string problem;  // why the last call did not reach the server or was not let in; else empty
};

/// Carries out effects: in order per object, many objects at a time, each with a deadline, and
/// pushes every outcome into the queue. Never repeats a write, except after a 401, which says that
/// nothing was done and is followed by one more try with the token read again. While the server
/// asks for patience (Retry-After) no new call is sent. One thread of its own. Threading: Submit
/// and Statistics from any thread.
class Dispatcher {
 public:
  /// Borrows `access`, `tokens` and `outcomes`; they must outlive the dispatcher.
  Dispatcher(const ClusterAccess& access, TokenSource& tokens, EventQueue& outcomes,
             DispatcherOptions options);
  /// Stops first.
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Never waits.
  void Submit(std::vector<core::Effect> effects);
  /// Takes no more effects, drops those not yet sent and waits up to 5 s for those in flight. True
  /// if nothing that was sent can take effect any more: every write has had an answer that says
  /// what became of it, or is so old that the server has dropped it.
  bool Stop();
  DispatcherStatistics Statistics() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace muster::kube
