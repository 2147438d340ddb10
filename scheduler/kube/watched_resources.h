#pragma once

#include <string>
#include <vector>

#include "scheduler/core/events.h"

namespace muster::kube {

/// What a reflector watches.
struct WatchedResource {
  core::ResourceKind kind = core::ResourceKind::kPod;
  std::string name;            // "pods": in logs, metrics and readiness
  std::string path;            // "/api/v1/pods"
  std::string field_selector;  // not yet encoded
  /// Where it may not be read (403), the core goes on without it until it may.
  bool can_be_missed = false;
  bool has_wire_schema = false;  // WatchFrameToJson knows it
};

/// All pods that hold or want resources, of every scheduler; a pod that ends leaves the selector
/// and arrives as deleted.
WatchedResource WatchedPods();
/// Everything that the core waits for, in an order in which little refers to what comes later. A
/// kind that may not be read (403) keeps the daemon from being ready and is said in /readyz and in
/// the log: without the claims, classes or budgets that exist, decisions would be wrong. Services
/// and the controllers of pods can be missed: only scores read them.
std::vector<WatchedResource> AllWatchedResources();

}  // namespace muster::kube
