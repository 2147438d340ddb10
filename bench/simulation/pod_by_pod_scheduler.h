#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "bench/simulation/scheduler.h"

namespace muster::bench {

/// The policy that Muster is compared with: kube-scheduler's rules for resources, in short. Pods
/// one by one in the order of arrival, each on the node that is least allocated after it
/// (NodeResourcesFit, LeastAllocated, CPU and memory alike); a pod that fits nowhere is tried again
/// when room appears, after a back-off of 1 s doubling to 10 s. Left out: every other plugin; ties
/// end in the node's name instead of at random.
class PodByPodScheduler : public Scheduler {
 public:
  explicit PodByPodScheduler(std::string scheduler_name)
      : scheduler_name_(std::move(scheduler_name)) {}

  core::StepResult Step(Time now, std::span<const core::Event> events) override;

 private:
  struct Entry {
    api::Pod pod;
    api::ResourceList requests;
    std::string node;  // bound or assumed
    std::int64_t arrival = 0;
    std::int64_t attempts = 0;
    Time next_try{};
    bool is_parked = false;  // waits for room
  };

  void Apply(const core::Event& event);
  void Observe(const api::Pod& pod);
  void EndBind(const core::CallCompleted& completed);
  /// Pods that wait for room may be tried again.
  void Wake();
  void Try(Entry& entry, Time now, core::StepResult& result);
  std::string BestNode(const Entry& entry) const;
  /// What is left on the node after the pod, as a sum of shares in millionths; nullopt: does not
  /// fit.
  std::optional<std::int64_t> ScoreOf(const api::Node& node, const Entry& entry) const;

  std::string scheduler_name_;
  std::set<core::ResourceKind> synced_;
  std::map<std::string, api::Node> nodes_;
  std::map<std::string, Entry> pods_;          // by UID
  std::map<core::CallId, std::string> binds_;  // call -> UID
  std::int64_t arrivals_ = 0;
  core::CallId calls_ = 0;
};

}  // namespace muster::bench
