#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/quantity.h"

namespace muster::model {

/// A dense number for the name of an extended resource ("nvidia.com/gpu").
using ResourceId = std::uint16_t;

/// Names of extended resources, interned. Never forgets a name: the kinds of resources in a cluster
/// are few, and at most kNamesMax are taken; what comes later is counted as one last, shared name
/// that no node offers, so that a flood of names can grow nothing.
class ResourceNames {
 public:
  static constexpr std::size_t kNamesMax = 1024;

  ResourceId Intern(std::string_view name);
  const std::string& Name(ResourceId id) const { return names_[id]; }

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, ResourceId> ids_;  // lookup only
};

struct ExtendedAmount {
  ResourceId resource = 0;
  std::int64_t amount = 0;
  bool operator==(const ExtendedAmount&) const = default;
};

/// Amounts of the resources that pods ask for and nodes offer. Amounts of one pod or node are
/// capped at 2^50 (1 PiB, 10^12 cores), so that sums over a node cannot overflow; they may be
/// negative only as the free room of a node that is over its allocatable.
struct ResourceVector {
  MilliCpu cpu;
  Bytes memory;
  Bytes ephemeral_storage;
  std::int64_t pods = 0;
  absl::InlinedVector<ExtendedAmount, 1> extended;  // sorted by resource

  bool operator==(const ResourceVector&) const = default;
  std::int64_t Extended(ResourceId resource) const;
};

/// What a pod counts when nodes are scored by how full they are: never zero where it names no
/// request (api::NonZeroRequestsOfPlaced). Capped as above.
struct NonZeroRequests {
  MilliCpu cpu;
  Bytes memory;
  bool operator==(const NonZeroRequests&) const = default;
};
NonZeroRequests NonZeroAmounts(const api::ResourceList& non_zero_requests);

/// *this += count x other, for any sign of count.
void AddScaled(ResourceVector& total, const ResourceVector& other, std::int64_t count);
ResourceVector Difference(const ResourceVector& a, const ResourceVector& b);

/// What a pod with these effective requests takes from its node: the requests and one pod.
ResourceVector PodAmounts(const api::ResourceList& requests, ResourceNames& names);
/// What a node with this allocatable offers; "pods" is a resource of its own there.
ResourceVector NodeAmounts(const api::ResourceList& allocatable, ResourceNames& names);

/// How many pods that ask `request` fit into `free`; a request of zero is never checked
/// (kube-scheduler, noderesources/fit.go). At most `limit`, at least 0.
std::int64_t CountThatFit(const ResourceVector& free, const ResourceVector& request,
                          std::int64_t limit);

/// True when some amount that is asked for is missing, that is, free < 0 in it.
bool IsOverCommitted(const ResourceVector& free);

}  // namespace muster::model
