#include "scheduler/gang/annotations.h"

#include <charconv>
#include <string>
#include <string_view>

namespace muster::gang {
namespace {

constexpr std::string_view kMinExecutors = "muster.dev/min-executors";
constexpr std::string_view kGangTimeout = "muster.dev/gang-timeout";

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

}  // namespace

StatusOr<Settings> ReadSettings(const api::StringMap& annotations, std::int64_t executors_initial) {
  Settings settings;
  if (const std::string* value = Find(annotations, kMinExecutors)) {
    MUSTER_ASSIGN_OR_RETURN(settings.executors_min, ReadMinExecutors(*value, executors_initial));
  }
  if (const std::string* value = Find(annotations, kGangTimeout)) {
    const auto timeout = ParseDuration(*value);
    if (!timeout.ok() || *timeout <= Duration::zero()) {
      return Refused(kGangTimeout, *value,
                     "a duration such as 90s, 5m or 1h30m, at most 10 years,");
    }
    settings.gang_timeout = *timeout;
  }
  return settings;
}

}  // namespace muster::gang
