#include "test/sim/disturbances.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::bench {
namespace {

using std::chrono::milliseconds;

constexpr char kTaintKey[] = "example.com/closed";

struct Named {
  Disturbance disturbance;
  std::string_view name;
};
constexpr std::array<Named, kDisturbanceKinds> kNames = {{
    {Disturbance::kSubmission, "application submitted"},
    {Disturbance::kSchedulerKilled, "scheduler killed"},
    {Disturbance::kExecutorFailed, "executor failed"},
    {Disturbance::kExecutorDeleted, "executor deleted"},
    {Disturbance::kDriverDeleted, "driver deleted"},
    {Disturbance::kStrangerBound, "room taken by another scheduler"},
    {Disturbance::kStrangerDeleted, "room given back by another scheduler"},
    {Disturbance::kNodeDeleted, "node deleted"},
    {Disturbance::kNodeCordoned, "node cordoned"},
    {Disturbance::kNodeTainted, "node tainted"},
    {Disturbance::kNodeShrunk, "node shrunk"},
    {Disturbance::kApiOutage, "API server out"},
    {Disturbance::kRelist, "watch expired"},
}};

void AddCpu(api::Node& node, std::int64_t cpus) {
  Quantity& cpu = node.allocatable.at("cpu");
  cpu = Quantity::FromUnits(cpu.Value() + cpus);
}

}  // namespace

std::string_view NameOf(Disturbance disturbance) {
  const auto* const found = std::find_if(kNames.begin(), kNames.end(), [&](const Named& named) {
    return named.disturbance == disturbance;
  });
  MUSTER_CHECK(found != kNames.end(), "a disturbance without a name");
  return found->name;
}

Disturber::Disturber(SimulatedWorld& world, Options options)
    : world_(world), random_(world.random()), options_(options) {
  const std::int64_t nodes = random_.Between(1, 6);
  for (; nodes_ < nodes; ++nodes_) {
    const std::string name = "node-" + std::to_string(nodes_);
    world_.AddNode(name, random_.Between(4, 16), 64);
    whole_nodes_[name] = *world_.api().FindNode(name);
  }
  world_.SetFaultHook([this](const core::Effect&) { return FaultOfCall(); });
}

/// A driver may cost every node one CPU.
void Disturber::Submit() {
  const std::int64_t cores = random_.Between(1, 3);
  std::int64_t places = 0;
  for (const auto& [name, node] : world_.api().nodes()) {
    places += std::max<std::int64_t>(node.allocatable.at("cpu").Value() - 1, 0) / cores;
  }
  const std::int64_t executors = random_.Between(1, std::clamp<std::int64_t>(places, 1, 12));
  SparkApplication application =
      StaticApplication("app" + std::to_string(applications_++), executors, cores, "1g");
  application.run_time = milliseconds(random_.Between(0, 60'000));
  application.batch_size = random_.OneIn(2) ? 5 : 10;
  if (options_.has_priorities) {
    application.priority = static_cast<std::int32_t>(10 * random_.Between(0, 3));
  }
  application.config_map_delay = milliseconds(random_.Between(0, 3000));
  if (cores > 1 && random_.OneIn(4)) {  // one of the CPUs is a sidecar of the Spark Operator
    application.properties["spark.executor.cores"] = std::to_string(cores - 1);
    application.operator_spec = R"({"executor":{"sidecars":[{"name":"log","image":"log:1",)"
                                R"("resources":{"requests":{"cpu":"1"}}}]}})";
  }
  world_.spark().Submit(application);
}

Disturbance Disturber::DisturbOnce() {
  const auto kind = static_cast<Disturbance>(random_.Between(0, kDisturbanceKinds - 1));
  world_.Note(std::string(NameOf(kind)));
  switch (kind) {
    case Disturbance::kSubmission:
      Submit();
      break;
    case Disturbance::kSchedulerKilled:
      KillScheduler();
      break;
    case Disturbance::kExecutorFailed:
      HitExecutor([](SimulatedWorld& world, const api::NamespacedName& executor) {
        world.spark().FailExecutor(executor);
      });
      break;
    case Disturbance::kExecutorDeleted:
      HitExecutor([](SimulatedWorld& world, const api::NamespacedName& executor) {
        world.api().DeletePod(executor);
      });
      break;
    case Disturbance::kDriverDeleted:
      DeleteDriver();
      break;
    case Disturbance::kStrangerBound:
      BindStranger();
      break;
    case Disturbance::kStrangerDeleted:
      world_.api().DeletePod({"strangers", "s" + std::to_string(random_.Between(0, strangers_))});
      break;
    case Disturbance::kNodeDeleted:
      DeleteNode();
      break;
    case Disturbance::kNodeCordoned:
      ChangeNodeForAWhile([](api::Node& node, std::int64_t) { node.unschedulable = true; },
                          [](api::Node& node, std::int64_t) { node.unschedulable = false; });
      break;
    case Disturbance::kNodeTainted:
      ChangeNodeForAWhile(
          [](api::Node& node, std::int64_t) {
            node.taints.push_back({kTaintKey, "", "NoSchedule"});
          },
          [](api::Node& node, std::int64_t) {
            const auto ours =
                std::find_if(node.taints.begin(), node.taints.end(),
                             [](const auto& taint) { return taint.key == kTaintKey; });
            if (ours != node.taints.end()) node.taints.erase(ours);
          });
      break;
    case Disturbance::kNodeShrunk:
      ChangeNodeForAWhile([](api::Node& node, std::int64_t cpus) { AddCpu(node, -cpus); },
                          [](api::Node& node, std::int64_t cpus) { AddCpu(node, cpus); });
      break;
    case Disturbance::kApiOutage:
      StopApi();
      break;
    case Disturbance::kRelist:
      world_.Relist();
      break;
  }
  return kind;
}

void Disturber::KillScheduler() {
  world_.KillScheduler();
  world_.RunFor(milliseconds(random_.Between(0, 5000)));
  world_.StartScheduler();
}

void Disturber::HitExecutor(void (*hit)(SimulatedWorld& world,
                                        const api::NamespacedName& executor)) {
  for (const ApplicationRecord& record : world_.spark().records()) {
    if (record.ended_at || record.executors.empty()) continue;
    const auto last = static_cast<std::int64_t>(record.executors.size()) - 1;
    const api::NamespacedName executor =
        record.executors[static_cast<std::size_t>(random_.Between(0, last))];
    world_.Note("the executor is " + executor.ToString());
    hit(world_, executor);
    return;
  }
}

void Disturber::DeleteDriver() {
  const auto last = static_cast<std::int64_t>(world_.spark().records().size()) - 1;
  const ApplicationRecord& record =
      world_.spark().records()[static_cast<std::size_t>(random_.Between(0, last))];
  if (!record.ended_at) world_.api().DeletePod(record.driver);
}

void Disturber::BindStranger() {
  const Quantity cpu = Quantity::FromMilli(random_.Between(100, 4000));
  const auto priority =
      static_cast<std::int32_t>(options_.has_priorities ? 10 * random_.Between(-1, 3) : 0);
  world_.BindStranger("s" + std::to_string(strangers_++), SomeNode(), cpu, priority);
}

/// Another of the same size comes, so that everything can still run to its end.
void Disturber::DeleteNode() {
  const std::string name = SomeNode();
  if (world_.api().nodes().size() == 1) return;
  world_.Note("the node is " + name);
  world_.api().DeleteNode(name);
  api::Node next = whole_nodes_.at(name);
  next.metadata.name = "node-" + std::to_string(nodes_++);
  next.metadata.labels["kubernetes.io/hostname"] = next.metadata.name;
  world_.queue().After(milliseconds(random_.Between(0, 30'000)), [this, next] { AddNode(next); });
}

void Disturber::AddNode(api::Node node) {
  whole_nodes_[node.metadata.name] = node;
  world_.api().ApplyNode(std::move(node));
}

void Disturber::ChangeNodeForAWhile(NodeChange change, NodeChange undo) {
  const std::string name = SomeNode();
  const std::int64_t amount = random_.Between(1, 3);
  world_.Note("the node is " + name);
  const auto apply = [this, name, amount](NodeChange what) {
    const api::Node* node = world_.api().FindNode(name);
    if (node == nullptr) return;
    api::Node changed = *node;
    what(changed, amount);
    world_.api().ApplyNode(std::move(changed));
  };
  apply(change);
  world_.queue().After(milliseconds(random_.Between(0, 60'000)), [apply, undo] { apply(undo); });
}

void Disturber::StopApi() {
  api_is_back_ = world_.queue().now() + milliseconds(random_.Between(1000, 60'000));
  api_refuses_ = random_.OneIn(2);
}

std::string Disturber::SomeNode() {
  const auto last = static_cast<std::int64_t>(world_.api().nodes().size()) - 1;
  return std::next(world_.api().nodes().begin(), random_.Between(0, last))->first;
}

CallFault Disturber::FaultOfCall() {
  CallFault fault;
  fault.refusal = {core::CallResult::kUnavailable, "made to fail"};
  if (world_.queue().now() < api_is_back_) {
    fault.kind = api_refuses_ ? CallFault::Kind::kRefused : CallFault::Kind::kRequestLost;
    return fault;
  }
  if (!options_.has_call_faults || !random_.OneIn(10)) return fault;
  fault.kind = static_cast<CallFault::Kind>(random_.Between(0, 4));
  if (fault.kind == CallFault::Kind::kNone) {
    fault.request_delay = milliseconds(random_.Between(0, 2000));
    fault.answer_delay = milliseconds(random_.Between(0, 2000));
  }
  return fault;
}

void Disturber::ComeToAnEnd() {
  for (int i = 0; i < strangers_; ++i) {
    world_.api().DeletePod({"strangers", "s" + std::to_string(i)});
  }
}

const ApplicationRecord& Disturber::SubmitOneThatNeedsAll() {
  std::int64_t cpus = 0;
  for (const auto& [name, node] : world_.api().nodes()) cpus += node.allocatable.at("cpu").Value();
  SparkApplication all = StaticApplication("all", cpus - 1, 1, "1g");
  all.run_time = {};
  all.batch_size = cpus;
  return world_.spark().Submit(all);
}

}  // namespace muster::bench
