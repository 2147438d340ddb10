#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "scheduler/core/effects.h"

namespace muster::kube {

/// The effects that wait to be carried out, in order per object with one in flight, and first come
/// first served between objects. Holds everything but events. Cost: O(1) per operation.
/// Threading: one thread at a time.
class CallQueue {
 public:
  struct Call {
    std::string object;  // pass to Done
    core::Effect effect;
  };

  /// False when `calls_max` are waiting: the effect was not taken.
  bool Add(std::string object, core::Effect effect);
  /// The next call whose object has none in flight; the object is busy until Done.
  std::optional<Call> Take();
  void Done(const std::string& object);

  std::size_t waiting() const { return waiting_; }

  explicit CallQueue(std::size_t calls_max) : calls_max_(calls_max) {}

 private:
  struct Object {
    std::deque<core::Effect> effects;
    bool in_flight = false;
  };

  const std::size_t calls_max_;
  std::size_t waiting_ = 0;
  absl::flat_hash_map<std::string, Object> objects_;  // for lookup only
  std::deque<std::string> ready_;                     // objects with work and none in flight
};

}  // namespace muster::kube
