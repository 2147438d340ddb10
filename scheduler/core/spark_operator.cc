// What the webhook of the Spark Operator adds to executors: read from the SparkApplication behind a
// driver, or assumed.

#include <algorithm>
#include <utility>

#include "scheduler/core/state.h"
#include "scheduler/spark/spark_application.h"

namespace muster::core {
namespace {

constexpr Duration kRetryDelayMax = std::chrono::seconds(10);

}  // namespace

void SchedulerCore::State::AskForSparkApplication(Gang& gang) {
  const auto name = spark::FindSparkApplication(gang.anchor);
  if (!name) {  // the label has gone meanwhile
    AdoptShape(gang, *std::exchange(gang.gathering.shape, std::nullopt));
    return;
  }
  effects_.push_back(FetchCustomResource{NewCall(CallKind::kFetchCustomResource, gang.Uid()),
                                         spark::kSparkOperatorGroup, spark::kSparkOperatorVersion,
                                         spark::kSparkApplicationPlural, *name});
}

/// The webhook is the operator's, so nothing of this may keep a driver from being scheduled: what
/// cannot be read is assumed, at the latest after shapeTimeout.
void SchedulerCore::State::OnSparkApplication(Gang& gang, const CustomResourceFetched& event) {
  gang::Gathering& gathering = gang.gathering;
  if (!gathering.shape) return;
  switch (event.outcome.result) {
    case CallResult::kOk:
      break;
    case CallResult::kForbidden:
    case CallResult::kNotFound:
      AssumeFromDriver(gang, RecordEvent::Type::kNormal, event.outcome.message);
      return;
    case CallResult::kConflict:
    case CallResult::kInvalid:
      AssumeFromDriver(gang, RecordEvent::Type::kWarning, event.outcome.message);
      return;
    case CallResult::kUnavailable:
    case CallResult::kUnknown:
      if (now_ - gathering.since >= options_.shape_timeout) {
        AssumeFromDriver(gang, RecordEvent::Type::kWarning, event.outcome.message);
        return;
      }
      ArmTimer(now_ + gathering.retry_delay, TimerKind::kGather, gang.Uid());
      gathering.retry_delay = std::min(gathering.retry_delay * 2, kRetryDelayMax);
      return;
  }
  auto shape = spark::ApplySparkApplicationText(*gathering.shape, gang.anchor, event.json);
  if (!shape.ok()) {
    AssumeFromDriver(gang, RecordEvent::Type::kWarning, std::string(MessageOf(shape.status())));
    return;
  }
  gathering.shape.reset();
  AdoptShape(gang, *std::move(shape));
}

void SchedulerCore::State::AssumeFromDriver(Gang& gang, RecordEvent::Type type,
                                            const std::string& why) {
  spark::Shape shape = *std::exchange(gang.gathering.shape, std::nullopt);
  spark::AssumeFromDriver(gang.anchor, shape);
  Record(type, gang, "GangAssumed", "Gathering",
         "what the Spark Operator adds to executors is not known, so they are assumed to have the "
         "driver's scheduler and tolerations and nothing else of it; the first executor corrects "
         "this: " +
             why);
  AdoptShape(gang, std::move(shape));
}

}  // namespace muster::core
