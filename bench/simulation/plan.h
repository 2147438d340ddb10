#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"

namespace muster::bench {

/// The annotation on the anchor's Binding that holds the reservation of its gang.
inline constexpr char kPlanAnnotation[] = "muster.dev/plan";

/// The reservation as an outsider reads it: parsed here on its own, so that the audits do not share
/// a mistake with the core that wrote it.
struct ReadPlan {
  struct Set {
    std::int64_t profile = 0;
    std::int64_t count = 0;
    api::ResourceList requests;
    std::map<std::string, std::int64_t> slots;  // by node

    std::int64_t SlotCount() const;
  };
  std::vector<Set> sets;

  std::int64_t ExecutorCount() const;
  /// All sets together.
  std::int64_t SlotsOn(const std::string& node) const;
  std::set<std::string> Nodes() const;
  /// Whether it has slots for pods with these requests.
  bool Predicts(const api::ResourceList& requests) const;
};

/// Errors: InvalidArgument names what is missing or of the wrong type.
StatusOr<ReadPlan> ParsePlan(std::string_view annotation);

}  // namespace muster::bench
