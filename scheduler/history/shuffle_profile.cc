#include "scheduler/history/shuffle_profile.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

namespace muster::history {
namespace {

using api::JsonView;

constexpr std::size_t kBytesMax = std::size_t{16} << 20;
constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kLightBytesPerSecond = std::int64_t{1} << 20;

struct Amount {
  const char* key;
  std::int64_t ShuffleHistory::* field;
};
constexpr std::array<Amount, 5> kAmounts{
    {{"runs", &ShuffleHistory::runs},
     {"tasks", &ShuffleHistory::tasks},
     {"inputBytes", &ShuffleHistory::input_bytes},
     {"shuffleBytes", &ShuffleHistory::shuffle_bytes},
     {"executorMilliseconds", &ShuffleHistory::executor_milliseconds}}};

std::int64_t Sum(std::int64_t a, std::int64_t b) {
  return a + std::min(b, std::numeric_limits<std::int64_t>::max() - a);
}

Status ReadMember(std::string_view key, JsonView value, ShuffleProfile::Key& name,
                  ShuffleHistory& history) {
  if (key == "namespace" || key == "name") {
    if (value.type() != JsonView::Type::kString) {
      return InvalidArgumentError(std::string(key) + ": a string is allowed here");
    }
    (key == "name" ? name.second : name.first) = value.String();
    return OkStatus();
  }
  const auto* amount = std::find_if(kAmounts.begin(), kAmounts.end(),
                                    [&](const Amount& known) { return known.key == key; });
  if (amount == kAmounts.end()) {
    return InvalidArgumentError("'" + std::string(key.substr(0, 64)) + "' is not known here");
  }
  const std::optional<std::int64_t> number =
      value.type() == JsonView::Type::kInteger ? value.Int64() : std::nullopt;
  if (!number || *number < 0) {
    return InvalidArgumentError(std::string(key) + ": a whole number from 0 is allowed here");
  }
  history.*amount->field = *number;
  return OkStatus();
}

}  // namespace

std::optional<double> ShuffleHistory::ShuffledPerInputByte() const {
  if (input_bytes == 0) return std::nullopt;
  return static_cast<double>(shuffle_bytes) / static_cast<double>(input_bytes);
}

std::optional<double> ShuffleHistory::ShuffledBytesPerExecutorSecond() const {
  if (executor_milliseconds == 0) return std::nullopt;
  return static_cast<double>(shuffle_bytes) * 1000.0 / static_cast<double>(executor_milliseconds);
}

bool ShuffleHistory::IsLight() const {
  return shuffle_bytes / kLightBytesPerSecond < executor_milliseconds / 1000 || shuffle_bytes == 0;
}

void ShuffleProfile::Add(const ApplicationRun& run) {
  ShuffleHistory& history = histories_[{run.namespace_name, run.name}];
  history.runs += 1;
  history.tasks = Sum(history.tasks, run.tasks);
  history.input_bytes = Sum(history.input_bytes, run.input_bytes);
  history.shuffle_bytes = Sum(history.shuffle_bytes, run.shuffle_bytes);
  history.executor_milliseconds = Sum(history.executor_milliseconds, run.executor_milliseconds);
}

const ShuffleHistory* ShuffleProfile::Find(const std::string& namespace_name,
                                           const std::string& name) const {
  const auto found = histories_.find({namespace_name, name});
  return found == histories_.end() ? nullptr : &found->second;
}

std::string ShuffleProfile::Encode() const {
  nlohmann::json applications = nlohmann::json::array();
  for (const auto& [key, history] : histories_) {
    nlohmann::json application = {{"namespace", key.first}, {"name", key.second}};
    for (const Amount& amount : kAmounts) application[amount.key] = history.*amount.field;
    applications.push_back(std::move(application));
  }
  const nlohmann::json document = {{"version", kVersion},
                                   {"applications", std::move(applications)}};
  return document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

StatusOr<ShuffleProfile> ShuffleProfile::Decode(std::string_view text) {
  api::JsonParser parser;
  MUSTER_ASSIGN_OR_RETURN(const JsonView document, parser.Parse(text, kBytesMax));
  const JsonView version = document.Find("version");
  if (!version || version.type() != JsonView::Type::kInteger || version.Int64() != kVersion) {
    return InvalidArgumentError("version: " + std::to_string(kVersion) + " is allowed here");
  }
  const JsonView applications = document.Find("applications");
  if (!applications || !applications.IsList()) {
    return InvalidArgumentError("applications: a list belongs here");
  }
  ShuffleProfile profile;
  MUSTER_RETURN_IF_ERROR(
      applications.ForEachElement([&](JsonView application, std::size_t index) -> Status {
        const std::string place = "applications[" + std::to_string(index) + "]";
        if (!application.IsObject())
          return InvalidArgumentError(place + ": an object belongs here");
        Key key;
        ShuffleHistory history;
        const Status read = application.ForEachMember([&](std::string_view member, JsonView value) {
          return ReadMember(member, value, key, history);
        });
        if (!read.ok()) return Annotate(read, place);
        if (!profile.histories_.emplace(std::move(key), history).second) {
          return InvalidArgumentError(place + ": this application is there already");
        }
        return OkStatus();
      }));
  return profile;
}

}  // namespace muster::history
