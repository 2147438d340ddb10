#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"

namespace muster::gang {

/// The annotation on the anchor pod that carries the plan.
inline constexpr std::string_view kPlanAnnotation = "muster.dev/plan";

/// The written form of a reservation. It rides on the binding of the anchor and is all that a
/// restart needs:
/// {"version":1,"podSets":[{"profile":0,"count":3,"requests":{"cpu":"1"},"slots":{"node-a":2}}]}
/// and "min" with dynamic allocation.
struct Plan {
  struct PodSet {
    std::int32_t profile = 0;
    std::int64_t count = 0;
    /// With dynamic allocation: slots kept when executors end. Absent: all.
    std::optional<std::int64_t> min;
    api::ResourceList requests;                 // of one executor
    std::map<std::string, std::int64_t> slots;  // by node name
  };
  std::vector<PodSet> pod_sets;
};

std::string EncodePlan(const Plan& plan);

/// Errors: InvalidArgument. A plan of another version, over 256 KiB, or with more than `slots_max`
/// slots in all is refused: an annotation can be written by others.
StatusOr<Plan> DecodePlan(std::string_view text, std::int64_t slots_max);

}  // namespace muster::gang
