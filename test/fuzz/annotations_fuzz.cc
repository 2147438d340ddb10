#include <algorithm>
#include <string>

#include "scheduler/gang/annotations.h"
#include "test/fuzz/fuzz_input.h"

// The first line is muster.dev/min-executors, the rest muster.dev/gang-timeout; an empty one is not
// there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muster::fuzz::TextOf(data, size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  muster::api::StringMap annotations;
  if (end > 0) annotations["muster.dev/min-executors"] = text.substr(0, end);
  if (end + 1 < text.size()) annotations["muster.dev/gang-timeout"] = text.substr(end + 1);
  for (const std::int64_t initial : {0, 1, 3, 10'000}) {
    const auto settings = muster::gang::ReadSettings(annotations, initial);
    if (!settings.ok()) continue;
    const std::int64_t least = settings->executors_min.value_or(0);
    MUSTER_CHECK(least >= 0 && least <= initial, "no minimum beyond the gang");
    MUSTER_CHECK(settings->executors_min.has_value() == (end > 0), "nothing is ignored");
    MUSTER_CHECK(settings->gang_timeout.value_or(muster::Duration(1)) >= muster::Duration(0),
                 "no timeout before now");
  }
  return 0;
}
