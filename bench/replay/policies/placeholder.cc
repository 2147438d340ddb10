// YuniKorn 1.9: placeholder pods for driver and executors, one by one, in a FIFO queue whose later
// applications take what the earlier cannot use; real pods take their places. Style Soft: after the
// time-out the placeholders go and the application is scheduled like any other.

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "bench/replay/policies/policies.h"

namespace muster::bench::replay {
namespace {

constexpr Duration kTick = std::chrono::seconds(1);
constexpr Duration kPlaceholderTimeout = std::chrono::minutes(15);

class PlaceholderPolicy : public Policy {
 public:
  explicit PlaceholderPolicy(ClusterView& cluster) : cluster_(cluster) {}

  void OnPodCreated(PodRef pod) override {
    applications_[pod.gang].pending.push_back(pod.member);
    has_changed_ = true;
  }

  void OnGangEnded(GangIndex gang, const std::vector<NodeIndex>&) override {
    GiveUpPlaceholders(gang, applications_.at(gang));
    applications_.erase(gang);
    has_changed_ = true;
  }

  void Decide() override {
    if (cluster_.now() < NextTick()) return;
    next_tick_ = cluster_.now() - (cluster_.now() - kTraceStart) % kTick + kTick;
    has_changed_ = false;
    for (auto& [gang, application] : applications_) {
      if (application.first_placed_at &&
          cluster_.now() >= *application.first_placed_at + kPlaceholderTimeout) {
        GiveUpPlaceholders(gang, application);
        application.stage = Stage::kOrdinary;
        application.first_placed_at.reset();
      }
    }
    bool is_full[2] = {false, false};  // of drivers, of executors
    for (auto& [gang, application] : applications_) Serve(gang, application, is_full);
  }

  std::optional<Time> WakeAt() const override {
    std::optional<Time> at;
    if (has_changed_) at = NextTick();
    for (const auto& [gang, application] : applications_) {
      if (!application.first_placed_at) continue;
      const Time due = std::max(*application.first_placed_at + kPlaceholderTimeout, NextTick());
      if (!at || due < *at) at = due;
    }
    return at;
  }

 private:
  enum class Stage { kReserving, kSwapping, kOrdinary };
  struct Application {
    Stage stage = Stage::kReserving;
    std::vector<std::int32_t> pending;                    // real members without a node
    std::map<std::int32_t, NodeIndex> placeholders = {};  // by the member they stand for
    std::optional<Time> first_placed_at;                  // until the swaps begin
  };

  Time NextTick() const { return std::max(next_tick_, kTraceStart); }
  const PodShape& ShapeOf(std::int32_t member) const {
    const Workload& workload = cluster_.workload();
    return member == 0 ? workload.driver : workload.executor;
  }

  void Serve(GangIndex gang, Application& application, bool (&is_full)[2]) {
    const auto choose = [&](std::int32_t member) {
      bool& full = is_full[member == 0 ? 0 : 1];
      const NodeIndex node =
          full ? -1 : ChooseNode(cluster_.room(), ShapeOf(member), NodeScore::kLeastAllocated);
      full = node < 0;
      return node;
    };
    if (application.stage == Stage::kReserving) {
      const std::int32_t members =
          cluster_.workload().gangs[static_cast<std::size_t>(gang)].executors + 1;
      for (auto member = static_cast<std::int32_t>(application.placeholders.size());
           member < members; ++member) {
        const NodeIndex node = choose(member);
        if (node < 0) return;
        cluster_.PlacePlaceholder({gang, member}, node);
        application.placeholders.emplace(member, node);
        if (!application.first_placed_at) application.first_placed_at = cluster_.now();
      }
      application.stage = Stage::kSwapping;
      application.first_placed_at.reset();
      has_changed_ = true;  // the driver is asked for at the next tick
      return;
    }
    std::erase_if(application.pending, [&](std::int32_t member) {
      const auto placeholder = application.placeholders.find(member);
      if (placeholder == application.placeholders.end()) {
        const NodeIndex node = choose(member);
        if (node >= 0) cluster_.Bind({gang, member}, node);
        return node >= 0;
      }
      const NodeIndex node = placeholder->second;
      cluster_.RemovePlaceholder({gang, member}, node);
      application.placeholders.erase(placeholder);
      cluster_.Bind({gang, member}, node);
      return true;
    });
  }

  void GiveUpPlaceholders(GangIndex gang, Application& application) {
    for (const auto& [member, node] : application.placeholders) {
      cluster_.RemovePlaceholder({gang, member}, node);
    }
    application.placeholders.clear();
    has_changed_ = true;
  }

  ClusterView& cluster_;
  std::map<GangIndex, Application> applications_;  // by age
  Time next_tick_ = kTraceStart;
  bool has_changed_ = false;
};

}  // namespace

std::unique_ptr<Policy> MakePlaceholder(ClusterView& cluster) {
  return std::make_unique<PlaceholderPolicy>(cluster);
}

}  // namespace muster::bench::replay
