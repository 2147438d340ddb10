#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scheduler/base/time.h"
#include "scheduler/model/cluster_model.h"

namespace muster::placement {

/// What goes away together when it is evicted: a pod, or a driver with all of its application.
struct EvictionUnit {
  /// In the order of cost, cheapest first, between units of the same priority.
  enum class Kind {
    kLeaving,         // it is being deleted already: waiting for it costs nothing
    kPod,             // any pod; also an executor that its application can spare
    kNeededExecutor,  // without it the application has fewer executors than its minimum
    kDriver,          // takes its executors and its reserved places with it
  };
  struct HeldPlaces {
    model::NodeIndex node = model::kNoNode;
    model::PodInfoPtr info;
    std::int64_t count = 0;
  };

  Kind kind = Kind::kPod;
  std::int32_t priority = 0;         // the highest of its pods
  Time created{};                    // of its first pod
  std::string name;                  // of its first pod: where all else is equal
  std::vector<std::string> pods;     // UIDs, on nodes that are present
  std::vector<HeldPlaces> places{};  // given back with it
};

}  // namespace muster::placement
