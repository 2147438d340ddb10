#include "bench/simulation/pod_by_pod_scheduler.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "scheduler/api/pod_requests.h"

namespace muster::bench {
namespace {

constexpr Duration kBackoffMax = std::chrono::seconds(10);

Duration BackoffAfter(std::int64_t attempts) {
  Duration backoff = std::chrono::seconds(1);
  for (std::int64_t i = 1; i < attempts && backoff < kBackoffMax; ++i) backoff *= 2;
  return std::min(backoff, kBackoffMax);
}

Quantity AmountOf(const api::ResourceList& list, const std::string& resource) {
  const auto position = list.find(resource);
  return position == list.end() ? Quantity() : position->second;
}

}  // namespace

core::StepResult PodByPodScheduler::Step(Time now, std::span<const core::Event> events) {
  for (const core::Event& event : events) Apply(event);
  core::StepResult result;
  if (synced_.size() < core::kResourceKinds) return result;

  std::vector<Entry*> waiting;
  for (auto& [uid, entry] : pods_) {
    const bool is_ours = entry.pod.spec.scheduler_name == scheduler_name_;
    if (is_ours && entry.node.empty() && !entry.is_parked) waiting.push_back(&entry);
  }
  std::sort(waiting.begin(), waiting.end(),
            [](const Entry* a, const Entry* b) { return a->arrival < b->arrival; });
  for (Entry* entry : waiting) {
    if (entry->next_try <= now) {
      Try(*entry, now, result);
    } else {
      result.wake_at = std::min(result.wake_at.value_or(entry->next_try), entry->next_try);
    }
  }
  return result;
}

void PodByPodScheduler::Apply(const core::Event& event) {
  if (const auto* pod = std::get_if<core::PodObserved>(&event)) {
    Observe(pod->pod);
  } else if (const auto* node = std::get_if<core::NodeObserved>(&event)) {
    nodes_[node->node.metadata.name] = node->node;
    Wake();
  } else if (const auto* gone = std::get_if<core::PodGone>(&event)) {
    pods_.erase(gone->uid);
    Wake();
  } else if (const auto* node_gone = std::get_if<core::NodeGone>(&event)) {
    nodes_.erase(node_gone->name);
  } else if (const auto* synced = std::get_if<core::ResourceSynced>(&event)) {
    synced_.insert(synced->kind);
  } else if (const auto* completed = std::get_if<core::CallCompleted>(&event)) {
    EndBind(*completed);
  }
}

void PodByPodScheduler::Observe(const api::Pod& pod) {
  Entry& entry = pods_[pod.metadata.uid];
  if (entry.arrival == 0) entry.arrival = ++arrivals_;
  entry.pod = pod;
  entry.requests = api::EffectiveRequests(pod.spec);
  if (!pod.spec.node_name.empty()) entry.node = pod.spec.node_name;
}

void PodByPodScheduler::EndBind(const core::CallCompleted& completed) {
  const auto bind = binds_.extract(completed.call);
  if (bind.empty() || completed.outcome.result == core::CallResult::kOk) return;
  const auto entry = pods_.find(bind.mapped());
  // As kube-scheduler: any error forgets the assumption.
  if (entry != pods_.end()) entry->second.node = entry->second.pod.spec.node_name;
}

void PodByPodScheduler::Wake() {
  for (auto& [uid, entry] : pods_) entry.is_parked = false;
}

void PodByPodScheduler::Try(Entry& entry, Time now, core::StepResult& result) {
  const api::NamespacedName name = api::NameOf(entry.pod.metadata);
  const std::string& uid = entry.pod.metadata.uid;
  entry.node = BestNode(entry);
  if (!entry.node.empty()) {
    binds_[++calls_] = uid;
    result.effects.push_back(core::BindPod{
        .call = calls_, .pod = name, .uid = uid, .node = entry.node, .annotations = {}});
    return;
  }
  entry.is_parked = true;
  entry.next_try = now + BackoffAfter(++entry.attempts);
  result.effects.push_back(core::RecordEvent{
      .type = core::RecordEvent::Type::kWarning,
      .pod = name,
      .pod_uid = uid,
      .reason = "FailedScheduling",
      .action = "Scheduling",
      .note =
          "0/" + std::to_string(nodes_.size()) + " nodes are available: insufficient resources.",
      .time = now});
}

std::string PodByPodScheduler::BestNode(const Entry& entry) const {
  std::string best;
  std::int64_t best_score = -1;
  for (const auto& [name, node] : nodes_) {
    const std::optional<std::int64_t> score = ScoreOf(node, entry);
    if (score && *score > best_score) {
      best = name;
      best_score = *score;
    }
  }
  return best;
}

std::optional<std::int64_t> PodByPodScheduler::ScoreOf(const api::Node& node,
                                                       const Entry& entry) const {
  if (node.unschedulable) return std::nullopt;
  api::ResourceList used = entry.requests;
  std::int64_t pod_count = 1;
  for (const auto& [uid, other] : pods_) {
    if (other.node != node.metadata.name) continue;
    ++pod_count;
    for (const auto& [resource, quantity] : other.requests) {
      used[resource] = used[resource] + quantity;
    }
  }
  used["pods"] = Quantity::FromUnits(pod_count);
  for (const auto& [resource, quantity] : used) {
    if (quantity > AmountOf(node.allocatable, resource)) return std::nullopt;
  }
  std::int64_t score = 0;
  for (const char* resource : {"cpu", "memory"}) {
    const double total = static_cast<double>(AmountOf(node.allocatable, resource).Value());
    if (total <= 0) continue;
    // Whole bytes and thousandths of a CPU; a double holds both exactly at these sizes.
    const double taken = static_cast<double>(AmountOf(used, resource).MilliValue()) / 1000.0;
    score += static_cast<std::int64_t>((total - taken) * 1'000'000.0 / total);
  }
  return score;
}

}  // namespace muster::bench
