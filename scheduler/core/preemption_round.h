#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/time.h"
#include "scheduler/model/cluster_model.h"

namespace muster::core {

/// Room on a node that nobody may take; it is accounted there.
struct HeldRoom {
  model::NodeIndex node = model::kNoNode;
  model::PodInfoPtr room;
};

/// Victims on their way out, and the room that is held for the gang meanwhile. A gang has at most
/// one round at a time; it ends when the gang is placed or gone, when a victim cannot be evicted,
/// or after a time limit. Lives in memory only: after a restart the victims that are leaving count
/// as room to wait for, and a new round holds it.
struct PreemptionRound {
  enum class Step {
    kChosen,    // nothing sent, or what was sent is to be sent again
    kMarking,   // the condition DisruptionTarget is on its way
    kDeleting,  // the delete is on its way
    kLeaving,   // marked for deletion; gone when the watch says so
  };
  struct Victim {
    api::NamespacedName name;
    std::string node;
    Step step = Step::kChosen;
    bool gone = false;  // while the answer to its delete is on its way
  };
  /// Where members of the gang will go. By name: nodes come and go meanwhile.
  struct Share {
    std::string node;
    model::PodInfoPtr info;
    std::int64_t count = 0;
  };

  Time started{};
  std::map<std::string, Victim> victims;  // by UID, those that are still there
  std::vector<std::string> to_evict;      // UIDs in the order of eviction
  /// One victim has been deleted: the server lets us. Before that only one is tried, so that a
  /// missing permission does not cost every victim a condition.
  bool probed = false;
  std::vector<Share> plan;  // the anchor's place first
  std::vector<HeldRoom> held;
};

}  // namespace muster::core
