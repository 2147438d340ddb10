#pragma once

#include <chrono>
#include <string>

#include "scheduler/base/time.h"

/// What autoscalers are told about gangs that wait for room, and when it is taken back. Pure: it
/// says what to do about the pods of the API server, and is told what became of it.
/// Why so, and what each autoscaler counts: scheduler/adr/0008-capacity-hints.md.
namespace muster::capacity {

/// Who adds nodes to the cluster.
enum class Autoscaler {
  kNone,  // nobody, or one that is not told more than the driver's own condition
  kClusterAutoscaler,
  kKarpenter,
};

struct CapacityOptions {
  Autoscaler autoscaler = Autoscaler::kNone;
  /// Of stand-ins. They are never bound, so no node pulls it.
  std::string stand_in_image = "registry.k8s.io/pause:3.10";
  /// A gang for which no node came for this long stops asking for a while.
  Duration provisioning_timeout = std::chrono::minutes(10);
};

}  // namespace muster::capacity
