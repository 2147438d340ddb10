#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "bench/replay/policy.h"

namespace muster::bench::replay {

/// The scheduling queue of kube-scheduler (1.36, backend/queue): pods to try now by the time at
/// which they came in, pods that failed, and of these the ones that room has come free for and that
/// wait out their back-off, 1 s doubling to 10 s. A pod that failed comes in anew.
class KubeQueue {
 public:
  explicit KubeQueue(std::size_t gangs) : epochs_(gangs, 0) {}

  void Add(PodRef pod, Time now);
  /// Pods of the gang are dropped, wherever they are.
  void DropGang(GangIndex gang) { ++epochs_[static_cast<std::size_t>(gang)]; }
  /// Pods that failed are worth another try, at the end of their back-off.
  void RoomGrew(Time now);
  /// The next pod to try; it is out of the queue until Fail.
  std::optional<PodRef> Pop(Time now);
  /// The pod that was popped last did not fit.
  void Fail(Time now);
  std::optional<Time> NextDue() const;

 private:
  struct Entry {
    Time since{};
    std::uint64_t serial = 0;
    PodRef pod;
    std::uint32_t epoch = 0;
    std::uint32_t failures = 0;
    Time due{};
  };
  struct Younger {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.since != b.since ? a.since > b.since : a.serial > b.serial;
    }
  };
  struct DueLater {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.due != b.due ? a.due > b.due : a.serial > b.serial;
    }
  };
  bool IsStale(const Entry& entry) const {
    return entry.epoch != epochs_[static_cast<std::size_t>(entry.pod.gang)];
  }

  std::priority_queue<Entry, std::vector<Entry>, Younger> active_;
  std::priority_queue<Entry, std::vector<Entry>, DueLater> backing_off_;
  std::vector<Entry> failed_;
  std::vector<std::uint32_t> epochs_;  // by gang; entries of an older one are stale
  Entry popped_;
  std::uint64_t last_serial_ = 0;
};

}  // namespace muster::bench::replay
