#include "bench/timeline.h"

#include <algorithm>
#include <cstdio>
#include <ostream>

#include "bench/simulation/plan.h"
#include "scheduler/spark/shape.h"

namespace muster::bench {
namespace {

using Colour = ReportStream::Colour;

constexpr Duration kTogether = std::chrono::milliseconds(300);
constexpr std::size_t kNameWidth = 12;

const char* EscapeOf(Colour colour) {
  switch (colour) {
    case Colour::kPlain:
      return "";
    case Colour::kGood:
      return "\x1b[32m";
    case Colour::kWaiting:
      return "\x1b[33m";
    case Colour::kBad:
      return "\x1b[31m";
    case Colour::kDim:
      return "\x1b[2m";
    case Colour::kHeading:
      return "\x1b[1m";
  }
  return "";
}

/// The message of PodScheduled=False, or "".
/// In one line.
std::string RefusalOf(const api::Pod& pod) {
  for (const api::PodCondition& condition : pod.status.conditions) {
    if (condition.type != "PodScheduled" || condition.status != "False") continue;
    std::string message = condition.message;
    std::replace(message.begin(), message.end(), '\n', ' ');
    return message;
  }
  return "";
}

std::string ApplicationOf(const api::Pod& pod) {
  const auto label = pod.metadata.labels.find("spark-app-name");
  return label == pod.metadata.labels.end() ? pod.metadata.name : label->second;
}

/// "1 to 5", "6", "3, 7": sorted ids.
std::string FormatIds(const std::vector<std::int64_t>& ids) {
  const bool is_range =
      ids.size() > 2 && ids.back() - ids.front() + 1 == static_cast<std::int64_t>(ids.size());
  if (is_range) return std::to_string(ids.front()) + " to " + std::to_string(ids.back());
  std::string text;
  for (const std::int64_t id : ids) text += (text.empty() ? "" : ", ") + std::to_string(id);
  return text;
}

}  // namespace

void ReportStream::Line(const std::string& text) { out_ << text << "\n"; }

std::string ReportStream::Paint(Colour colour, const std::string& text) const {
  if (!has_colours_ || colour == Colour::kPlain) return text;
  return EscapeOf(colour) + text + "\x1b[0m";
}

Timeline::Timeline(SimulatedWorld& world, ReportStream& report) : world_(world), report_(report) {
  world_.api().Attach(*this);
  world_.spark().SetObserver(this);
}

void Timeline::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  if (spark::IsDriver(after)) TellDriver(before, after);
  if (!spark::IsExecutor(after) || after.spec.node_name.empty()) return;
  if (before != nullptr && !before->spec.node_name.empty()) return;
  const std::string application = ApplicationOf(after);
  BoundExecutors& bound = bound_[application];
  if (bound.ids.empty()) {
    world_.queue().After(kTogether, [this, application] { TellExecutors(application); });
  }
  bound.ids.push_back(std::stoll(after.metadata.labels.at("spark-exec-id")));
  ++bound.by_node[after.spec.node_name];
}

void Timeline::TellDriver(const api::Pod* before, const api::Pod& after) {
  const std::string application = ApplicationOf(after);
  if (before == nullptr) {
    Tell(application, "submitted", "the driver pod is there, no executor yet");
    return;
  }
  if (before->spec.node_name.empty() && !after.spec.node_name.empty()) {
    const auto annotation = after.metadata.annotations.find(kPlanAnnotation);
    const StatusOr<ReadPlan> plan = annotation == after.metadata.annotations.end()
                                        ? StatusOr<ReadPlan>(NotFoundError("no plan"))
                                        : ParsePlan(annotation->second);
    if (!plan.ok()) {
      Tell(application, "bound", "driver on " + after.spec.node_name + ", nothing reserved");
      return;
    }
    std::map<std::string, std::int64_t> slots;
    for (const ReadPlan::Set& set : plan->sets) {
      for (const auto& [node, count] : set.slots) slots[node] += count;
    }
    Tell(application, report_.Paint(Colour::kGood, Pad("ADMITTED", 10)),
         "driver on " + after.spec.node_name + ", " + std::to_string(plan->ExecutorCount()) +
             " slots reserved: " + FormatCounts(slots));
    return;
  }
  const std::string refusal = RefusalOf(after);
  if (refusal.empty() || refusal == last_wait_[application]) return;
  last_wait_[application] = refusal;
  Tell(application, report_.Paint(Colour::kWaiting, Pad("waits", 10)), refusal);
}

void Timeline::TellExecutors(const std::string& application) {
  auto bound = bound_.extract(application);
  BoundExecutors& executors = bound.mapped();
  std::sort(executors.ids.begin(), executors.ids.end());
  Tell(application, "executors",
       FormatIds(executors.ids) + " bound: " + FormatCounts(executors.by_node));
}

void Timeline::OnStateChanged(const ApplicationRecord& record) {
  const std::string count = std::to_string(record.executors.size());
  const std::string wanted = std::to_string(record.executors_wanted);
  switch (record.state) {
    case ApplicationRecord::State::kSubmitted:
      return;
    case ApplicationRecord::State::kDriving:
      Tell(record.application.name, "driver up", "asks for its " + wanted + " executors");
      return;
    case ApplicationRecord::State::kRunning:
      Tell(record.application.name, report_.Paint(Colour::kGood, Pad("RUNS", 10)),
           "with " + count + " of " + wanted + " executors");
      return;
    case ApplicationRecord::State::kSucceeded:
      Tell(record.application.name, report_.Paint(Colour::kGood, Pad("DONE", 10)),
           "its room is free again");
      return;
    case ApplicationRecord::State::kDead:
      Tell(record.application.name, report_.Paint(Colour::kBad, Pad("DEAD", 10)),
           "the driver is gone");
      return;
  }
}

void Timeline::Tell(const std::string& application, const std::string& painted_word,
                    const std::string& text) {
  report_.Line(report_.Paint(Colour::kDim, FormatSeconds(world_.elapsed())) + "  " +
               Pad(application, kNameWidth) + Pad(painted_word, 10) + " " + text);
}

std::string FormatSeconds(Duration duration) {
  char text[32];
  const double seconds = std::chrono::duration<double>(duration).count();
  std::snprintf(text, sizeof(text), "%6.1f s", seconds);
  return text;
}

std::string Pad(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : text + std::string(width - text.size(), ' ');
}

std::string FormatCounts(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ", ";
    text += name + " x" + std::to_string(count);
  }
  return text;
}

}  // namespace muster::bench
