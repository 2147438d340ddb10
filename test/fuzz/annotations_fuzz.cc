#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "scheduler/gang/annotations.h"
#include "test/fuzz/fuzz_input.h"

// Each line is an annotation of Muster's, in the order of kKeys, the last one the rest; an empty
// one is not there.
constexpr const char* kKeys[] = {"muster.dev/min-executors", "muster.dev/placement",
                                 "muster.dev/topology",      "muster.dev/max-executors-per-node",
                                 "muster.dev/shuffle",       "muster.dev/gang-timeout"};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muster::fuzz::TextOf(data, size);
  std::string_view rest = text;
  muster::api::StringMap annotations;
  for (const char* key : kKeys) {
    const bool is_last = key == *std::rbegin(kKeys);
    const std::size_t end = is_last ? rest.size() : std::min(rest.find('\n'), rest.size());
    if (end > 0) annotations[key] = rest.substr(0, end);
    rest = rest.substr(std::min(end + 1, rest.size()));
  }
  const bool has_minimum = annotations.contains("muster.dev/min-executors");
  const std::vector<std::string> levels{"topology.kubernetes.io/zone"};
  for (const std::int64_t initial : {0, 1, 3, 10'000}) {
    const auto settings = muster::gang::ReadSettings(annotations, {initial, false, levels});
    if (!settings.ok()) continue;
    const std::int64_t least = settings->executors_min.value_or(0);
    MUSTER_CHECK(least >= 0 && least <= initial, "no minimum beyond the gang");
    MUSTER_CHECK(settings->executors_min.has_value() == has_minimum, "nothing is ignored");
    MUSTER_CHECK(settings->gang_timeout.value_or(muster::Duration(1)) >= muster::Duration(0),
                 "no timeout before now");
    MUSTER_CHECK(settings->packing.executors_per_node_max.value_or(1) >= 1, "no cap that forbids");
    MUSTER_CHECK(!settings->packing.topology || settings->packing.topology->label == levels[0],
                 "only levels that are known");
  }
  return 0;
}
