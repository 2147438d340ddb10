#include "scheduler/gang/plan.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t kSlotsMax = 1000;
  const auto plan = muster::gang::DecodePlan(muster::fuzz::TextOf(data, size), kSlotsMax);
  if (!plan.ok()) return 0;
  std::int64_t slots = 0;
  for (const auto& set : plan->pod_sets) {
    for (const auto& [node, count] : set.slots) slots += count;
  }
  MUSTER_CHECK(slots >= 0 && slots <= kSlotsMax, "a plan has no more slots than allowed");
  const std::string encoded = muster::gang::EncodePlan(*plan);
  const auto again = muster::gang::DecodePlan(encoded, kSlotsMax);
  MUSTER_CHECK(again.ok() && muster::gang::EncodePlan(*again) == encoded, "a plan round-trips");
  return 0;
}
