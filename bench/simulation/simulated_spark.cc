#include "bench/simulation/simulated_spark.h"

#include <algorithm>
#include <utility>

#include "scheduler/spark/spark_application.h"

namespace muster::bench {
namespace {

constexpr Duration kAllocationDelay = std::chrono::seconds(1);

using State = ApplicationRecord::State;

bool IsOver(const ApplicationRecord& record) {
  return record.state == State::kSucceeded || record.state == State::kDead;
}

}  // namespace

const ApplicationRecord& SimulatedSpark::Submit(const SparkApplication& application) {
  ApplicationRecord& record = records_.emplace_back();
  record.application = application;
  record.submitted_at = queue_.now();
  Submission submission = bench::Submit(application, records_.size());
  if (!application.operator_spec.empty()) {
    api_.CreateCustomResource(spark::kSparkApplicationPlural,
                              {application.namespace_name, application.name},
                              R"({"apiVersion":"sparkoperator.k8s.io/v1beta2",)"
                              R"("kind":"SparkApplication","spec":)" +
                                  application.operator_spec + "}");
  }
  record.driver = api::NameOf(submission.driver.metadata);
  record.driver_uid = api_.CreatePod(std::move(submission.driver)).metadata.uid;
  if (application.config_map_delay) {
    queue_.After(*application.config_map_delay,
                 [this, config_maps = std::move(submission.config_maps)] {
                   for (const api::ConfigMap& config_map : config_maps) {
                     api_.CreateConfigMap(config_map);
                   }
                 });
  }
  return record;
}

void SimulatedSpark::FailExecutor(const api::NamespacedName& executor) {
  const api::Pod* pod = api_.FindPod(executor);
  if (pod != nullptr) api_.SetPhase(executor, std::string(pod->metadata.uid), "Failed");
}

std::optional<spark::Shape> SimulatedSpark::ShapeOf(const api::Pod& driver) const {
  std::map<std::string, api::ConfigMap> config_maps;
  for (const api::Volume& volume : driver.spec.volumes) {
    if (!volume.config_map_name) continue;
    const api::ConfigMap* config_map =
        api_.FindConfigMap({driver.metadata.namespace_name, *volume.config_map_name});
    if (config_map == nullptr) return std::nullopt;
    config_maps[*volume.config_map_name] = *config_map;
  }
  StatusOr<spark::Shape> shape = spark::ComputeShape(driver, config_maps);
  if (!shape.ok()) return std::nullopt;
  const auto name = spark::FindSparkApplication(driver);
  if (!name) return *std::move(shape);
  const std::string* object = api_.FindCustomResource(spark::kSparkApplicationPlural, *name);
  if (object == nullptr) return *std::move(shape);
  shape = spark::ApplySparkApplicationText(*std::move(shape), driver, *object);
  if (!shape.ok()) return std::nullopt;
  return *std::move(shape);
}

void SimulatedSpark::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  ApplicationRecord* record = FindByDriver(after.metadata.uid);
  if (record == nullptr || before == nullptr || IsOver(*record)) return;
  if (before->spec.node_name.empty() && !after.spec.node_name.empty()) {
    record->driver_bound_at = queue_.now();
  }
  if (before->status.phase == "Pending" && after.status.phase == "Running") {
    queue_.After(record->application.driver_startup, [this, record] { StartDriver(*record); });
  }
  if (after.status.phase == "Failed") {
    queue_.After({}, [this, record] { End(*record, State::kDead); });
  }
}

void SimulatedSpark::OnPodDeleted(const api::Pod& pod) {
  ApplicationRecord* record = FindByDriver(pod.metadata.uid);
  if (record == nullptr || IsOver(*record)) return;
  queue_.After({}, [this, record] { End(*record, State::kDead); });
}

ApplicationRecord* SimulatedSpark::FindByDriver(const std::string& uid) {
  const auto position = std::find_if(records_.begin(), records_.end(),
                                     [&](const auto& record) { return record.driver_uid == uid; });
  return position == records_.end() ? nullptr : &*position;
}

void SimulatedSpark::StartDriver(ApplicationRecord& record) {
  const api::Pod* driver = api_.FindPod(record.driver);
  if (driver == nullptr || IsOver(record)) return;
  const std::optional<spark::Shape> shape = ShapeOf(*driver);
  if (!shape) {  // Spark fails on properties that it cannot read
    api_.SetPhase(record.driver, record.driver_uid, "Failed");
    return;
  }
  for (const spark::ExecutorSet& set : shape->executor_sets) record.executors_wanted += set.count;
  SetState(record, State::kDriving);
  Tick(record, *shape);
}

void SimulatedSpark::Tick(ApplicationRecord& record, const spark::Shape& shape) {
  if (IsOver(record)) return;
  std::erase_if(record.executors, [&](const api::NamespacedName& name) {
    const api::Pod* pod = api_.FindPod(name);
    return pod == nullptr || api::IsTerminal(*pod) || pod->metadata.deletion_timestamp;
  });
  const auto known = static_cast<std::int64_t>(record.executors.size());
  const std::int64_t missing = record.executors_wanted - known;
  for (std::int64_t i = 0; i < std::min(missing, record.application.batch_size); ++i) {
    CreateExecutor(record, shape.executor_sets.front());
  }
  const bool all_run =
      missing == 0 &&
      std::all_of(record.executors.begin(), record.executors.end(),
                  [&](const auto& name) { return api_.FindPod(name)->status.phase == "Running"; });
  if (all_run && record.state == State::kDriving) {
    record.running_at = queue_.now();
    SetState(record, State::kRunning);
    queue_.After(record.application.run_time, [this, &record] { Finish(record); });
  }
  queue_.After(kAllocationDelay, [this, &record, shape] { Tick(record, shape); });
}

void SimulatedSpark::CreateExecutor(ApplicationRecord& record, const spark::ExecutorSet& set) {
  const std::string id = std::to_string(++record.executor_ids_used);
  const api::Pod* driver = api_.FindPod(record.driver);
  if (driver == nullptr) return;

  api::Pod pod = set.pod;
  pod.metadata.name = record.application.name + "-" + record.driver_uid.substr(24) + "-exec-" + id;
  pod.metadata.namespace_name = record.driver.namespace_name;
  pod.spec.priority = record.application.priority;
  pod.metadata.labels["spark-app-name"] = record.application.name;
  pod.metadata.labels["spark-app-selector"] = driver->metadata.labels.at("spark-app-selector");
  pod.metadata.labels["spark-role"] = "executor";
  pod.metadata.labels["spark-exec-id"] = id;
  pod.metadata.labels["spark-exec-resourceprofile-id"] = std::to_string(set.profile);
  pod.metadata.owner_references = {
      {"v1", "Pod", record.driver.name, record.driver_uid, /*controller=*/true}};
  if (!record.application.names_scheduler) {
    pod.spec.scheduler_name = record.application.admitted_executor_scheduler;
  }
  if (record.application.executor_cpu_override && !pod.spec.containers.empty()) {
    pod.spec.containers.front().resources.requests["cpu"] =
        *record.application.executor_cpu_override;
  }
  record.executors.push_back(api::NameOf(pod.metadata));
  api_.CreatePod(std::move(pod));
}

void SimulatedSpark::Finish(ApplicationRecord& record) {
  if (IsOver(record)) return;
  api_.SetPhase(record.driver, record.driver_uid, "Succeeded");
  End(record, State::kSucceeded);
}

void SimulatedSpark::End(ApplicationRecord& record, State state) {
  if (IsOver(record)) return;
  record.ended_at = queue_.now();
  SetState(record, state);
  // A driver deletes its executors; of a dead one the garbage collector does.
  for (const api::NamespacedName& executor : record.executors) api_.DeletePod(executor);
}

void SimulatedSpark::SetState(ApplicationRecord& record, State state) {
  record.state = state;
  if (observer_ != nullptr) observer_->OnStateChanged(record);
}

}  // namespace muster::bench
