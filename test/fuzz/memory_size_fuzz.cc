#include "scheduler/spark/memory_size.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using muster::spark::SizeUnit;
  for (const SizeUnit unit : {SizeUnit::kBytes, SizeUnit::kMebibytes}) {
    const auto mebibytes = muster::spark::ParseMebibytes(muster::fuzz::TextOf(data, size), unit);
    if (!mebibytes.ok()) continue;
    MUSTER_CHECK(*mebibytes >= 0 && *mebibytes <= (INT64_MAX >> 20), "bytes fit 63 bits");
  }
  return 0;
}
