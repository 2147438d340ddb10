#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "bench/simulation/event_queue.h"
#include "bench/simulation/random.h"
#include "bench/simulation/simulated_api.h"
#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"

namespace muster::bench {

/// What goes wrong with one call. The default: nothing.
struct CallFault {
  enum class Kind {
    kNone,
    kRefused,      // definite: nothing is done, `refusal` is the answer
    kRequestLost,  // unknown: not done, the client gives up after its time-out
    kAnswerLost,   // unknown: done, the client gives up after its time-out
    kCommitsLate,  // unknown: the client gives up first, then it is done
  };
  Kind kind = Kind::kNone;
  core::CallOutcome refusal;
  /// Added to the way there and to the way back.
  Duration request_delay{};
  Duration answer_delay{};
};

/// Chooses the fault of a call when it is sent.
using FaultHook = std::function<CallFault(const core::Effect&)>;

struct ClientOptions {
  /// One way; a call takes two.
  DelayRange latency{std::chrono::milliseconds(1), std::chrono::milliseconds(5)};
  /// When the daemon gives up on a call.
  Duration call_timeout = std::chrono::seconds(5);
};

/// Carries out the effects of a scheduler on the simulated API, as the daemon's dispatcher does on
/// the real one: in order and one in flight for each object, with latency, time-outs and faults.
/// Ownership: borrows everything; must outlive its calls, also after Stop.
class SimulatedClient {
 public:
  using Answer = std::function<void(core::Event)>;

  SimulatedClient(EventQueue& queue, SimulatedApi& api, Random& random, ClientOptions options);

  void SetFaultHook(FaultHook hook) { fault_hook_ = std::move(hook); }
  /// Requires: not stopped.
  void Execute(const core::Effect& effect, const Answer& answer);
  /// As the end of the process: what was sent arrives, what waited is lost, nothing is answered.
  void Stop();
  std::size_t calls_in_flight() const { return lanes_.size(); }

 private:
  struct Call {
    core::Effect effect;
    Answer answer;
  };

  void Send(const std::string& object);
  core::Event Perform(const core::Effect& effect);
  void Finish(const std::string& object, const core::Event& outcome);

  EventQueue& queue_;
  SimulatedApi& api_;
  Random& random_;
  ClientOptions options_;
  FaultHook fault_hook_;
  bool stopped_ = false;
  /// The first call of each lane is in flight.
  std::map<std::string, std::deque<Call>> lanes_;
};

}  // namespace muster::bench
