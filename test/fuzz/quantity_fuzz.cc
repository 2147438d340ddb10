#include "scheduler/base/quantity.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto quantity = muster::Quantity::Parse(muster::fuzz::TextOf(data, size));
  if (!quantity.ok()) return 0;
  quantity->Value();
  quantity->MilliValue();
  const auto again = muster::Quantity::Parse(quantity->ToString());
  MUSTER_CHECK(again.ok(), "what is printed can be read");
  MUSTER_CHECK(*again <= *quantity && *again >= *quantity, "it is as much as was printed");
  // A binary amount that no binary suffix fits ("62.5Ki") is printed without one ("64000") and read
  // as a decimal one ("64k"), as Kubernetes does.
  const auto third = muster::Quantity::Parse(again->ToString());
  MUSTER_CHECK(third.ok() && third->ToString() == again->ToString(), "that form is canonical");
  const muster::Quantity sum = *quantity + *quantity;
  MUSTER_CHECK(quantity->IsNegative() ? sum <= *quantity : sum >= *quantity, "a sum never wraps");
  return 0;
}
