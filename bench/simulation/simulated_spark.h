#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/simulation/event_queue.h"
#include "bench/simulation/simulated_api.h"
#include "bench/simulation/spark_submission.h"
#include "scheduler/spark/shape.h"

namespace muster::bench {

/// One submitted application and what became of it.
struct ApplicationRecord {
  enum class State {
    kSubmitted,  // the driver waits
    kDriving,    // the driver runs, not yet all of its executors
    kRunning,    // all executors have run at the same time
    kSucceeded,
    kDead,  // the driver failed or was deleted
  };

  SparkApplication application;
  api::NamespacedName driver;
  std::string driver_uid;
  State state = State::kSubmitted;
  std::int64_t executors_wanted = 0;
  std::int64_t executor_ids_used = 0;
  /// Executors created and not yet known to be gone, oldest first.
  std::vector<api::NamespacedName> executors;
  Time submitted_at{};
  std::optional<Time> driver_bound_at;
  std::optional<Time> running_at;
  std::optional<Time> ended_at;
};

/// Hears how applications get on, for timelines.
class SparkObserver {
 public:
  virtual ~SparkObserver() = default;
  virtual void OnStateChanged(const ApplicationRecord& record) = 0;
};

/// Spark in cluster mode with the direct allocator, for every application of the simulated cluster:
/// spark-submit, the driver that creates its executors in batches once it runs and replaces lost
/// ones under new ids, the end. An application works only while all of its executors have come
/// together (spark.scheduler.minRegisteredResourcesRatio=1), as barrier stages need it. Executors
/// are those that scheduler/spark predicts, with what the Spark Operator's webhook adds, unless the
/// application says otherwise.
class SimulatedSpark : public ApiObserver {
 public:
  SimulatedSpark(EventQueue& queue, SimulatedApi& api) : queue_(queue), api_(api) {}

  void SetObserver(SparkObserver* observer) { observer_ = observer; }
  /// Submits now. The record stays valid and is kept up to date.
  const ApplicationRecord& Submit(const SparkApplication& application);
  /// One executor dies; Spark creates another with the next id.
  void FailExecutor(const api::NamespacedName& executor);
  const std::deque<ApplicationRecord>& records() const { return records_; }

  /// What this driver will create; nullopt while its properties are missing or make no sense.
  std::optional<spark::Shape> ShapeOf(const api::Pod& driver) const;

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod& pod) override;
  void OnNodeChanged(const api::Node&) override {}
  void OnNodeDeleted(const api::Node&) override {}

 private:
  ApplicationRecord* FindByDriver(const std::string& uid);
  void StartDriver(ApplicationRecord& record);
  /// The driver's clock: once a second it looks at its executors.
  void Tick(ApplicationRecord& record, const spark::Shape& shape);
  void CreateExecutor(ApplicationRecord& record, const spark::ExecutorSet& set);
  void Finish(ApplicationRecord& record);
  void End(ApplicationRecord& record, ApplicationRecord::State state);
  void SetState(ApplicationRecord& record, ApplicationRecord::State state);

  EventQueue& queue_;
  SimulatedApi& api_;
  SparkObserver* observer_ = nullptr;
  std::deque<ApplicationRecord> records_;  // addresses stay
};

}  // namespace muster::bench
