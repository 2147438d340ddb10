// Muster itself: scheduler/core with the default plugins, told by events what the world does. Every
// driver comes with the pod and the ConfigMap that spark-submit makes, and its shape is read from
// them; executors are pods as Spark makes them.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/replay/policies/policies.h"
#include "bench/simulation/spark_submission.h"
#include "plugins/builtin_plugins.h"
#include "scheduler/base/check.h"
#include "scheduler/core/scheduler_core.h"
#include "scheduler/spark/shape.h"

namespace muster::bench::replay {
namespace {

api::ResourceList ResourcesOf(const PodShape& shape) {
  return {{"cpu", Quantity::FromMilli(shape.milli_cpu)},
          {"memory", Quantity::FromUnits(shape.memory_mebibytes << 20, Quantity::Form::kBinary)}};
}

/// "gang/member/incarnation", and back.
std::string UidOf(PodRef pod, std::uint32_t incarnation) {
  return std::to_string(pod.gang) + "/" + std::to_string(pod.member) + "/" +
         std::to_string(incarnation);
}

PodRef PodOf(const std::string& uid) {
  const std::size_t slash = uid.find('/');
  return {static_cast<GangIndex>(std::stol(uid)),
          static_cast<std::int32_t>(std::stol(uid.substr(slash + 1)))};
}

class MusterPolicy : public Policy {
 public:
  MusterPolicy(ClusterView& cluster, const core::CoreOptions& options)
      : cluster_(cluster), core_(options, plugins::DefaultProfile()) {
    const Workload& workload = cluster.workload();
    for (std::size_t i = 0; i < workload.nodes.size(); ++i) ObserveNode(workload.nodes[i]);
    for (const core::ResourceKind kind : core::AllResourceKinds()) {
      events_.emplace_back(core::ResourceSynced{kind});
    }
  }

  void OnPodCreated(PodRef pod) override {
    if (pod.IsDriver()) {
      Submit(pod.gang);
    } else {
      events_.emplace_back(core::PodObserved{ExecutorPod(pod)});
    }
  }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>& nodes) override {
    const Application application = std::move(applications_.at(gang));
    applications_.erase(gang);
    for (const auto& [name, config_map] : application.config_maps) config_map_owners_.erase(name);
    for (std::size_t member = 0; member < nodes.size(); ++member) {
      const PodRef pod{gang, static_cast<std::int32_t>(member)};
      if (member > application.created) continue;
      events_.emplace_back(
          core::PodGone{NameOf(pod, application), UidOf(pod, application.incarnation)});
    }
  }

  void Decide() override {
    const bool is_due = wake_at_ && *wake_at_ <= cluster_.now();
    if (events_.empty() && !is_due) return;
    // What the core asks is answered in the same instant.
    do {
      const std::vector<core::Event> events = std::exchange(events_, {});
      core::StepResult result = core_.Step(cluster_.now(), events);
      wake_at_ = result.wake_at;
      for (core::Effect& effect : result.effects) {
        std::visit([this](auto& kind) { CarryOut(kind); }, effect);
      }
    } while (!events_.empty());
  }

  std::optional<Time> WakeAt() const override { return wake_at_; }

 private:
  struct Application {
    std::uint32_t incarnation = 0;
    std::size_t created = 0;  // executors
    api::Pod driver = {};
    api::Pod executor = {};  // what every executor is, but for its name
    std::map<std::string, api::ConfigMap> config_maps = {};
  };

  void ObserveNode(const NodeSpec& spec) {
    api::Node node;
    node.metadata.name = spec.name;
    node.metadata.labels = {{"kubernetes.io/hostname", spec.name},
                            {"topology.kubernetes.io/zone", "zone-" + std::to_string(spec.zone)},
                            {"rack", std::to_string(spec.rack)}};
    node.allocatable = ResourcesOf(spec.allocatable);
    node.allocatable["pods"] = Quantity::FromUnits(1000);  // the world has no such limit
    node_indexes_[spec.name] = static_cast<NodeIndex>(node_indexes_.size());
    events_.emplace_back(core::NodeObserved{std::move(node)});
  }

  void Submit(GangIndex gang) {
    const Workload& workload = cluster_.workload();
    const GangSpec& spec = workload.gangs[static_cast<std::size_t>(gang)];
    const std::uint32_t incarnation = ++incarnations_[gang];
    std::string number = std::to_string(gang);
    number.insert(0, 8 - std::min<std::size_t>(8, number.size()), '0');
    SparkApplication request =
        StaticApplication("job-" + number, spec.executors,
                          std::max<std::int64_t>(1, workload.executor.milli_cpu / 1000), "");
    // Memory and overhead as two settings, so that their sum is the shape to the byte.
    const std::int64_t overhead = workload.executor.memory_mebibytes / 8;
    request.properties["spark.executor.memory"] =
        std::to_string(workload.executor.memory_mebibytes - overhead) + "m";
    request.properties["spark.executor.memoryOverhead"] = std::to_string(overhead) + "m";
    request.properties["spark.kubernetes.executor.request.cores"] =
        std::to_string(workload.executor.milli_cpu) + "m";
    request.driver_requests = ResourcesOf(workload.driver);

    Application application{.incarnation = incarnation};
    const auto identity = (static_cast<std::uint64_t>(gang) << 20) + incarnation;
    Submission submission = bench::Submit(request, identity);
    application.driver = std::move(submission.driver);
    application.driver.metadata.uid = UidOf({gang, 0}, incarnation);
    application.driver.metadata.creation_timestamp = spec.submit;
    application.driver.status.phase = "Pending";
    for (api::ConfigMap& config_map : submission.config_maps) {
      const std::string name = config_map.metadata.name;
      application.config_maps.emplace(name, std::move(config_map));
      config_map_owners_.emplace(name, gang);
    }
    const auto shape = spark::ComputeShape(application.driver, application.config_maps);
    MUSTER_CHECK(shape.ok() && shape->executor_sets.size() == 1, "the submission has a shape");
    application.executor = shape->executor_sets.front().pod;
    events_.emplace_back(core::PodObserved{application.driver});
    applications_.insert_or_assign(gang, std::move(application));
  }

  static api::NamespacedName NameOf(PodRef pod, const Application& application) {
    const api::ObjectMeta& driver = application.driver.metadata;
    if (pod.IsDriver()) return {driver.namespace_name, driver.name};
    return {driver.namespace_name, driver.name + "-exec-" + std::to_string(pod.member)};
  }

  api::Pod ExecutorPod(PodRef ref) {
    Application& application = applications_.at(ref.gang);
    application.created = std::max(application.created, static_cast<std::size_t>(ref.member));
    const api::ObjectMeta& driver = application.driver.metadata;
    api::Pod pod = application.executor;
    pod.metadata.name = NameOf(ref, application).name;
    pod.metadata.namespace_name = driver.namespace_name;
    pod.metadata.uid = UidOf(ref, application.incarnation);
    pod.metadata.creation_timestamp = cluster_.now();
    pod.metadata.labels["spark-app-selector"] = driver.labels.at("spark-app-selector");
    pod.metadata.labels["spark-role"] = "executor";
    pod.metadata.labels["spark-exec-id"] = std::to_string(ref.member);
    pod.metadata.labels["spark-exec-resourceprofile-id"] = "0";
    pod.metadata.owner_references = {{"v1", "Pod", driver.name, driver.uid, /*controller=*/true}};
    pod.status.phase = "Pending";
    return pod;
  }

  void CarryOut(core::BindPod& bind) {
    const PodRef ref = PodOf(bind.uid);
    cluster_.Bind(ref, node_indexes_.at(bind.node));
    Application& application = applications_.at(ref.gang);
    api::Pod pod = ref.IsDriver() ? application.driver : ExecutorPod(ref);
    if (ref.IsDriver()) {
      cluster_.SetReserved(ref.gang,
                           cluster_.workload().gangs[static_cast<std::size_t>(ref.gang)].executors);
    }
    // The server's answer, and what the watch then shows.
    pod.spec.node_name = bind.node;
    pod.metadata.annotations.merge(bind.annotations);
    events_.emplace_back(core::CallCompleted{bind.call, {}});
    events_.emplace_back(core::PodObserved{std::move(pod)});
  }
  void CarryOut(core::FetchConfigMap& fetch) {
    const Application& application = applications_.at(config_map_owners_.at(fetch.config_map.name));
    events_.emplace_back(
        core::ConfigMapFetched{fetch.call, {}, application.config_maps.at(fetch.config_map.name)});
  }
  void CarryOut(core::PatchPodCondition& patch) {
    events_.emplace_back(core::CallCompleted{patch.call, {}});
  }
  void CarryOut(core::RecordEvent&) {}
  /// Nothing in this world leads to any other effect: no preemption, no volumes, no operator.
  template <class Effect>
  void CarryOut(Effect&) {
    MUSTER_CHECK(false, "the core wants what the replay's world does not have");
  }

  ClusterView& cluster_;
  core::SchedulerCore core_;
  std::vector<core::Event> events_;
  std::optional<Time> wake_at_;
  std::map<std::string, NodeIndex> node_indexes_;
  std::map<std::string, GangIndex> config_map_owners_;
  std::map<GangIndex, Application> applications_;  // submitted and not ended
  std::map<GangIndex, std::uint32_t> incarnations_;
};

}  // namespace

std::unique_ptr<Policy> MakeMuster(ClusterView& cluster, const core::CoreOptions& options) {
  return std::make_unique<MusterPolicy>(cluster, options);
}

}  // namespace muster::bench::replay
