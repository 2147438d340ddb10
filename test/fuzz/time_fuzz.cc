#include <string>

#include "scheduler/base/time.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muster::fuzz::TextOf(data, size);
  if (const auto duration = muster::ParseDuration(text); duration.ok()) {
    MUSTER_CHECK(duration->count() >= 0, "a duration is not negative");
    const auto again = muster::ParseDuration(muster::FormatDuration(*duration));
    MUSTER_CHECK(again.ok() && *again == *duration, "a duration round-trips");
  }
  if (const auto time = muster::ParseRfc3339(text); time.ok()) {
    MUSTER_CHECK(muster::ParseRfc3339(muster::FormatRfc3339(*time)).ok(), "a time round-trips");
    muster::FormatRfc3339Micro(*time);
  }
  return 0;
}
