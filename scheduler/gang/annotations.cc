#include "scheduler/gang/annotations.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace muster::gang {
namespace {

constexpr std::string_view kMinExecutors = "muster.dev/min-executors";
constexpr std::string_view kGangTimeout = "muster.dev/gang-timeout";
constexpr std::string_view kPlacement = "muster.dev/placement";
constexpr std::string_view kTopology = "muster.dev/topology";
constexpr std::string_view kExecutorsPerNode = "muster.dev/max-executors-per-node";
constexpr std::string_view kShuffle = "muster.dev/shuffle";
/// As many pods as any node will run.
constexpr std::int64_t kExecutorsPerNodeMax = 1'000'000;

Status Refused(std::string_view key, std::string_view value, std::string_view allowed) {
  return InvalidArgumentError("annotation " + std::string(key) + "=" +
                              std::string(value.substr(0, 64)) + ": " + std::string(allowed) +
                              " is allowed");
}

std::optional<std::int64_t> WholeNumber(std::string_view text, std::int64_t largest) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (number < 0 || number > largest) return std::nullopt;
  return number;
}

StatusOr<std::int64_t> ReadMinExecutors(std::string_view value, std::int64_t initial) {
  const auto refused = [&] {
    return Refused(kMinExecutors, value,
                   "a whole number from 0 to " + std::to_string(initial) +
                       ", the executors at the start, or a percentage from 0% to 100%");
  };
  if (value.ends_with('%')) {
    const auto percent = WholeNumber(value.substr(0, value.size() - 1), 100);
    if (!percent) return refused();
    return (initial * *percent + 99) / 100;
  }
  const auto number = WholeNumber(value, initial);
  if (!number) return refused();
  return *number;
}

const std::string* Find(const api::StringMap& annotations, std::string_view key) {
  const auto found = annotations.find(std::string(key));
  return found == annotations.end() ? nullptr : &found->second;
}

StatusOr<topology::PlacementMode> ReadPlacement(std::string_view value) {
  using topology::PlacementMode;
  if (value == "pack") return PlacementMode::kPack;
  if (value == "spread") return PlacementMode::kSpread;
  if (value == "none") return PlacementMode::kNone;
  return Refused(kPlacement, value, "pack, spread or none");
}

StatusOr<topology::TopologyRule> ReadTopology(std::string_view value,
                                              std::span<const std::string> levels) {
  constexpr std::string_view kRequired = "required:";
  constexpr std::string_view kPreferred = "preferred:";
  const bool is_required = value.starts_with(kRequired);
  std::string label;
  if (is_required || value.starts_with(kPreferred)) {
    label = value.substr(is_required ? kRequired.size() : kPreferred.size());
  }
  if (std::find(levels.begin(), levels.end(), label) != levels.end()) {
    return topology::TopologyRule{std::move(label), is_required};
  }
  std::string allowed;
  for (const std::string& level : levels) allowed += (allowed.empty() ? "" : ", ") + level;
  return Refused(
      kTopology, value,
      "required:LABEL or preferred:LABEL with a label of topologyLevels (" + allowed + ")");
}

StatusOr<topology::Shuffle> ReadShuffle(std::string_view value, bool exchanges_little) {
  using topology::Shuffle;
  if (value == "heavy") return Shuffle::kHeavy;
  if (value == "light") return Shuffle::kLight;
  if (value == "auto") return exchanges_little ? Shuffle::kLight : Shuffle::kHeavy;
  return Refused(kShuffle, value, "heavy, light or auto");
}

StatusOr<topology::PackingPolicy> ReadPacking(const api::StringMap& annotations,
                                              const SettingsContext& context) {
  topology::PackingPolicy packing;
  if (const std::string* value = Find(annotations, kPlacement)) {
    MUSTER_ASSIGN_OR_RETURN(packing.mode, ReadPlacement(*value));
  }
  if (const std::string* value = Find(annotations, kTopology)) {
    MUSTER_ASSIGN_OR_RETURN(packing.topology, ReadTopology(*value, context.topology_levels));
  }
  if (const std::string* value = Find(annotations, kExecutorsPerNode)) {
    packing.executors_per_node_max = WholeNumber(*value, kExecutorsPerNodeMax);
    if (packing.executors_per_node_max.value_or(0) < 1) {
      return Refused(kExecutorsPerNode, *value,
                     "a whole number from 1 to " + std::to_string(kExecutorsPerNodeMax));
    }
  }
  const std::string* shuffle = Find(annotations, kShuffle);
  MUSTER_ASSIGN_OR_RETURN(packing.shuffle, ReadShuffle(shuffle == nullptr ? "auto" : *shuffle,
                                                       context.exchanges_little));
  return packing;
}

}  // namespace

StatusOr<Settings> ReadSettings(const api::StringMap& annotations, const SettingsContext& context) {
  Settings settings;
  if (const std::string* value = Find(annotations, kMinExecutors)) {
    MUSTER_ASSIGN_OR_RETURN(settings.executors_min,
                            ReadMinExecutors(*value, context.executors_initial));
  }
  if (const std::string* value = Find(annotations, kGangTimeout)) {
    const auto timeout = ParseDuration(*value);
    if (!timeout.ok() || *timeout <= Duration::zero()) {
      return Refused(kGangTimeout, *value,
                     "a duration such as 90s, 5m or 1h30m, at most 10 years,");
    }
    settings.gang_timeout = *timeout;
  }
  MUSTER_ASSIGN_OR_RETURN(settings.packing, ReadPacking(annotations, context));
  return settings;
}

}  // namespace muster::gang
