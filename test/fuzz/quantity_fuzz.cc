#include "scheduler/base/quantity.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto quantity = muster::Quantity::Parse(muster::fuzz::TextOf(data, size));
  if (!quantity.ok()) return 0;
  quantity->Value();
  quantity->MilliValue();
  const std::string shown = quantity->ToString();
  const auto again = muster::Quantity::Parse(shown);
  MUSTER_CHECK(again.ok(), "what is printed can be read");
  MUSTER_CHECK(again->ToString() == shown, "the printed form is canonical");
  const muster::Quantity sum = *quantity + *quantity;
  MUSTER_CHECK(quantity->IsNegative() ? sum <= *quantity : sum >= *quantity, "a sum never wraps");
  return 0;
}
