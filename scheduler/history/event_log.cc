#include "scheduler/history/event_log.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace muster::history {
namespace {

using api::JsonView;

// The properties of an application are one line.
constexpr std::size_t kLineBytesMax = std::size_t{16} << 20;

/// Spark writes the name first: {"Event":"SparkListenerTaskEnd",...
std::string_view EventName(std::string_view line) {
  constexpr std::string_view kBegin = R"({"Event":")";
  if (!line.starts_with(kBegin)) return {};
  line.remove_prefix(kBegin.size());
  return line.substr(0, line.find('"'));
}

std::string TextAt(JsonView object, std::string_view key) {
  const JsonView value = object.Find(key);
  if (!value || value.type() != JsonView::Type::kString) return {};
  return std::string(value.String());
}

/// The amount at `key`; 0 when it is absent, as in logs of releases that did not write it.
StatusOr<std::int64_t> AmountAt(JsonView object, std::string_view key) {
  const JsonView value = object.Find(key);
  if (!value) return 0;
  const std::optional<std::int64_t> amount =
      value.type() == JsonView::Type::kInteger ? value.Int64() : std::nullopt;
  if (!amount || *amount < 0) {
    return InvalidArgumentError(std::string(key) + ": a whole number from 0 belongs here");
  }
  return *amount;
}

void AddTo(std::int64_t& sum, std::int64_t amount) {
  sum += std::min(amount, std::numeric_limits<std::int64_t>::max() - sum);
}

}  // namespace

Status EventLogReader::Add(std::string_view line) {
  const std::string_view name = EventName(line);
  const bool is_task = name == "SparkListenerTaskEnd";
  const bool is_start = name == "SparkListenerApplicationStart";
  const bool is_environment = name == "SparkListenerEnvironmentUpdate";
  if (!is_task && !is_start && !is_environment) return OkStatus();
  MUSTER_ASSIGN_OR_RETURN(const JsonView event, parser_.Parse(line, kLineBytesMax));
  if (is_task) return AddTask(event);
  if (is_start) {
    run_.application_id = TextAt(event, "App ID");
    run_.name = TextAt(event, "App Name");
  } else {
    run_.namespace_name = TextAt(event.Find("Spark Properties"), "spark.kubernetes.namespace");
  }
  return OkStatus();
}

Status EventLogReader::AddTask(JsonView event) {
  const JsonView metrics = event.Find("Task Metrics");
  MUSTER_ASSIGN_OR_RETURN(const std::int64_t milliseconds, AmountAt(metrics, "Executor Run Time"));
  MUSTER_ASSIGN_OR_RETURN(const std::int64_t read,
                          AmountAt(metrics.Find("Input Metrics"), "Bytes Read"));
  MUSTER_ASSIGN_OR_RETURN(const std::int64_t shuffled,
                          AmountAt(metrics.Find("Shuffle Write Metrics"), "Shuffle Bytes Written"));
  ++run_.tasks;
  AddTo(run_.executor_milliseconds, milliseconds);
  AddTo(run_.input_bytes, read);
  AddTo(run_.shuffle_bytes, shuffled);
  return OkStatus();
}

}  // namespace muster::history
