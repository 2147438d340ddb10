// Shapes: from a driver pod and its ConfigMaps to the executors that it will create.

#include <algorithm>
#include <utility>

#include "scheduler/api/match_label_keys.h"
#include "scheduler/core/state.h"
#include "scheduler/spark/spark_application.h"

namespace muster::core {
namespace {

using namespace std::chrono_literals;
using gang::GangKind;
using gang::GangPhase;

// A driver is created moments before its ConfigMap, so the first looks are close together.
constexpr Duration kFirstRetry = 200ms;
constexpr Duration kLastRetry = 10s;

/// Admission turns the class's name into a number when the executor is created. The driver's number
/// stands even when its class has changed since. Executors of a class that is not there cannot be
/// created; nothing is assumed that would let the gang evict more than they could defend.
std::int32_t PredictedPriority(const api::PodSpec& driver, const api::PodSpec& executor,
                               const model::PriorityClassTable& classes) {
  if (executor.priority_class_name == driver.priority_class_name) return driver.priority;
  return classes.PriorityOf(executor.priority_class_name).value_or(std::min(driver.priority, 0));
}

}  // namespace

void SchedulerCore::State::StartGathering(Gang& gang) {
  gang.kind = GangKind::kApplication;
  gang.phase = GangPhase::kGathering;
  gang.gathering.since = now_;
  gang.gathering.retry_delay = kFirstRetry;
  ContinueGathering(gang);
}

void SchedulerCore::State::ContinueGathering(Gang& gang) {
  if (gang.gathering.shape) {
    AskForSparkApplication(gang);
    return;
  }
  const auto required = spark::RequiredConfigMaps(gang.anchor, gang.gathering.config_maps);
  if (!required.ok()) {
    if (absl::IsNotFound(required.status())) {
      ScheduleAlone(gang, std::string(MessageOf(required.status())));
    } else {
      Refuse(gang, std::string(MessageOf(required.status())));
    }
    return;
  }
  for (const std::string& name : *required) {
    if (gang.gathering.config_maps.contains(name)) continue;
    effects_.push_back(FetchConfigMap{NewCall(CallKind::kFetchConfigMap, gang.Uid()),
                                      {gang.anchor.metadata.namespace_name, name}});
    return;  // one at a time: what is in it may name the next
  }
  auto shape = spark::ComputeShape(gang.anchor, gang.gathering.config_maps);
  if (!shape.ok()) {
    Refuse(gang, std::string(MessageOf(shape.status())));
    return;
  }
  gang.gathering.config_maps.clear();
  const bool is_of_operator = spark::FindSparkApplication(gang.anchor).has_value();
  if (!is_of_operator || shape->executor_sets.empty() || !shape->unknown.empty()) {
    AdoptShape(gang, *std::move(shape));
    return;
  }
  gang.gathering.shape = *std::move(shape);
  gang.gathering.since = now_;
  gang.gathering.retry_delay = kFirstRetry;
  AskForSparkApplication(gang);
}

void SchedulerCore::State::OnConfigMap(Gang& gang, const ConfigMapFetched& event) {
  if (event.outcome.result == CallResult::kOk && event.config_map) {
    gang.gathering.config_maps[event.config_map->metadata.name] = *event.config_map;
    gang.gathering.retry_delay = kFirstRetry;
    ContinueGathering(gang);
  } else if (event.outcome.result == CallResult::kForbidden) {
    ScheduleAlone(gang, "its ConfigMap may not be read: " + event.outcome.message);
  } else {
    OnMissingConfigMap(gang, event.outcome);
  }
}

void SchedulerCore::State::OnMissingConfigMap(Gang& gang, const CallOutcome& outcome) {
  gang::Gathering& gathering = gang.gathering;
  if (now_ - gathering.since >= options_.shape_timeout && !gathering.late_reported) {
    gathering.late_reported = true;
    ReportUnschedulable(
        gang, "GangGathering",
        "waiting for the ConfigMap of driver " + gang.Name().ToString() + " for " +
            FormatDuration(now_ - gathering.since) +
            ", without which neither its executors are known nor can it start: " + outcome.message);
  }
  Time next = now_ + gathering.retry_delay;
  gathering.retry_delay = std::min(gathering.retry_delay * 2, kLastRetry);
  if (!gathering.late_reported) next = std::min(next, gathering.since + options_.shape_timeout);
  ArmTimer(std::max(next, now_ + kFirstRetry), TimerKind::kGather, gang.Uid());
}

void SchedulerCore::State::AdoptShape(Gang& gang, spark::Shape shape) {
  if (!shape.unknown.empty()) {
    ScheduleAlone(gang, shape.unknown.front());
    return;
  }
  std::int64_t members = 1;
  for (spark::ExecutorSet& set : shape.executor_sets) {
    // Admission made the driver ours, so executors are expected to be; a first one that is not
    // gives the places back.
    if (shape.names_no_scheduler) set.pod.spec.scheduler_name = options_.scheduler_name;
    if (set.count > options_.gang_members_max - members) {
      Refuse(gang,
             "spark.executor.instances, or the initial number of dynamic allocation, asks for " +
                 std::to_string(set.count) + " executors; a gang may have at most " +
                 std::to_string(options_.gang_members_max) + " members (gangMembersMax)");
      return;
    }
    members += set.count;
    if (set.count > 0 && set.pod.spec.scheduler_name != options_.scheduler_name) {
      ScheduleAlone(gang, "its executors will have schedulerName '" + set.pod.spec.scheduler_name +
                              "', not '" + options_.scheduler_name +
                              "': set it in the executor pod template or "
                              "spark.kubernetes.executor.scheduler.name too");
      return;
    }
  }
  const history::ShuffleHistory* past =
      options_.shuffle_profile.Find(gang.anchor.metadata.namespace_name, shape.application_name);
  const bool exchanges_little = shape.shuffles_remotely || (past != nullptr && past->IsLight());
  auto settings = gang::ReadSettings(gang.anchor.metadata.annotations,
                                     {members - 1, exchanges_little, options_.topology.levels});
  if (!settings.ok()) {
    Refuse(gang, std::string(MessageOf(settings.status())));
    return;
  }
  gang.settings = *std::move(settings);
  gang.driver_host = std::move(shape.driver_host);
  gang.executor_sets = std::move(shape.executor_sets);
  gang.executor_infos.clear();
  for (spark::ExecutorSet& set : gang.executor_sets) {
    // So that rules between pods see the executors as they will be stored.
    api::ApplyMatchLabelKeys(set.pod);
    set.pod.spec.priority = PredictedPriority(gang.anchor.spec, set.pod.spec, priority_classes_);
    gang.executor_infos.push_back(model::MakePodInfo(set.pod, model_.Names()));
  }
  Enqueue(gang);
}

/// A driver whose executors cannot be known is scheduled like any pod, and so will they be.
void SchedulerCore::State::ScheduleAlone(Gang& gang, const std::string& why) {
  Record(RecordEvent::Type::kWarning, gang, "GangUnknown", "Gathering",
         "scheduled without its executors: " + why);
  ++statistics_.predictions_unknown;
  gang.kind = GangKind::kSinglePod;
  gang.gathering.config_maps.clear();
  Enqueue(gang);
  DriverSettled(gang.Uid());
}

}  // namespace muster::core
