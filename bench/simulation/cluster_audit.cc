#include "bench/simulation/cluster_audit.h"

#include <algorithm>
#include <utility>

#include "bench/simulation/decision_audit.h"
#include "bench/simulation/plan.h"
#include "scheduler/gang/annotations.h"
#include "scheduler/spark/shape.h"

namespace muster::bench {

ClusterAudit::ClusterAudit(const EventQueue& queue, const SimulatedApi& api,
                           ExecutorCount executor_count, std::vector<std::string>& violations)
    : queue_(queue),
      api_(api),
      executor_count_(std::move(executor_count)),
      violations_(violations) {}

void ClusterAudit::OnPodChanged(const api::Pod* before, const api::Pod& after) {
  const std::string old_node = before == nullptr ? "" : before->spec.node_name;
  if (after.spec.node_name == old_node) return;
  if (!old_node.empty()) {
    violations_.push_back(
        Stamp("pod " + api::NameOf(after.metadata).ToString() + " was bound twice"));
  }
  CheckBind(after);
}

void ClusterAudit::CheckBind(const api::Pod& pod) {
  const std::string resource = OverAllocatedResource(api_, pod.spec.node_name);
  if (!resource.empty()) {
    overcommits_.push_back(Stamp("pod " + api::NameOf(pod.metadata).ToString() + " made " +
                                 pod.spec.node_name + " exceed its " + resource));
  }
  if (spark::IsDriver(pod)) CheckDriver(pod);
  if (spark::IsExecutor(pod)) CheckExecutor(pod);
}

void ClusterAudit::CheckDriver(const api::Pod& driver) {
  const std::string name = api::NameOf(driver.metadata).ToString();
  const auto annotation = driver.metadata.annotations.find(kPlanAnnotation);
  if (annotation == driver.metadata.annotations.end()) {
    violations_.push_back(Stamp("driver " + name + " is bound without a plan"));
    return;
  }
  const StatusOr<ReadPlan> plan = ParsePlan(annotation->second);
  if (!plan.ok()) {
    violations_.push_back(Stamp("driver " + name + ": " + std::string(MessageOf(plan.status()))));
    return;
  }
  const std::optional<std::int64_t> expected = executor_count_(driver);
  if (!expected) return;
  const std::vector<std::string> levels = topology::DefaultTopologySettings().levels;
  const auto settings = gang::ReadSettings(driver.metadata.annotations,
                                           {*expected, /*shuffles_remotely=*/false, levels});
  const std::int64_t enough =
      settings.ok() ? settings->executors_min.value_or(*expected) : *expected;
  if (plan->ExecutorCount() < enough || plan->ExecutorCount() > *expected) {
    violations_.push_back(Stamp("driver " + name + " will create " + std::to_string(*expected) +
                                " executors, its plan covers " +
                                std::to_string(plan->ExecutorCount())));
  }
}

void ClusterAudit::CheckExecutor(const api::Pod& executor) {
  const std::string driver_uid = ControllerUid(executor);
  // A bind that was under way may land after its driver was deleted; the pod then goes too.
  const auto is_waiting_driver = [&](const auto& entry) {
    return entry.second.metadata.uid == driver_uid && entry.second.spec.node_name.empty();
  };
  if (std::any_of(api_.pods().begin(), api_.pods().end(), is_waiting_driver)) {
    violations_.push_back(Stamp("executor " + api::NameOf(executor.metadata).ToString() +
                                " is bound, its driver is not"));
  }
}

std::string ClusterAudit::Stamp(const std::string& text) const {
  return FormatRfc3339Micro(queue_.now()) + " " + text;
}

}  // namespace muster::bench
