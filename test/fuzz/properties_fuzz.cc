#include "scheduler/spark/properties.h"
#include "scheduler/spark/utf8.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto properties = muster::spark::ParseProperties(muster::fuzz::TextOf(data, size));
  if (!properties.ok()) return 0;
  for (const auto& [key, value] : properties->Sorted()) {
    MUSTER_CHECK(!muster::spark::FindInvalidUtf8(key), "a key is UTF-8");
    MUSTER_CHECK(!muster::spark::FindInvalidUtf8(value), "a value is UTF-8");
    MUSTER_CHECK(properties->Find(key) == value, "what is there is found");
  }
  return 0;
}
