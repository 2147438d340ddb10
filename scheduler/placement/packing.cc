#include "scheduler/placement/packing.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

namespace muster::placement {
namespace {

/// What a node that is used up is worth for each member: V(room) / room.
std::int64_t WorthUsedUp(const Candidate& candidate, PackingWeights weights) {
  return weights.own * candidate.room - weights.future * candidate.size;
}

/// Of two candidates that take all that is left, the smaller sum is worth more; then the tighter.
bool ClosesBetter(const Candidate& a, const Candidate& b) {
  return std::make_tuple(a.room + a.size, a.room) < std::make_tuple(b.room + b.size, b.room);
}

bool UsesUpBetter(const Candidate& a, const Candidate& b, PackingWeights weights) {
  const std::int64_t worth_a = WorthUsedUp(a, weights);
  const std::int64_t worth_b = WorthUsedUp(b, weights);
  return worth_a != worth_b ? worth_a > worth_b : a.room > b.room;
}

/// The first candidate of each class that is not used yet.
class Heads {
 public:
  explicit Heads(RoomOrder& order) : order_(order), heads_(order.ClassCount()) {
    for (std::size_t i = 0; i < heads_.size(); ++i) heads_[i] = order.Next(i);
  }

  /// The best to take all of `count`; null when none can.
  const Candidate* Closing(std::int64_t count) const {
    const Candidate* best = nullptr;
    for (const auto& head : heads_) {
      if (!head || head->room < count) continue;
      if (best == nullptr || ClosesBetter(*head, *best)) best = &*head;
    }
    return best;
  }

  /// Takes the best to be used up by fewer than `count`.
  std::optional<Candidate> TakeUsedUp(std::int64_t count, PackingWeights weights) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      if (!heads_[i] || heads_[i]->room >= count) continue;
      if (!best || UsesUpBetter(*heads_[i], *heads_[*best], weights)) best = i;
    }
    if (!best) return std::nullopt;
    return std::exchange(heads_[*best], order_.Next(*best));
  }

 private:
  RoomOrder& order_;
  std::vector<std::optional<Candidate>> heads_;
};

/// Candidates sorted as RoomOrder wants them.
class SortedOrder : public RoomOrder {
 public:
  SortedOrder(std::vector<Candidate> candidates, const model::NodeTable& nodes)
      : candidates_(std::move(candidates)) {
    std::sort(candidates_.begin(), candidates_.end(), [&](const Candidate& a, const Candidate& b) {
      return std::make_tuple(a.room, a.size, std::cref(nodes.Name(a.node))) <
             std::make_tuple(b.room, b.size, std::cref(nodes.Name(b.node)));
    });
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      if (i == 0 || candidates_[i].room != candidates_[i - 1].room) classes_.push_back({i, i});
      ++classes_.back().end;
    }
  }

  std::size_t ClassCount() const override { return classes_.size(); }
  std::optional<Candidate> Next(std::size_t room_class) override {
    Range& range = classes_[room_class];
    if (range.next == range.end) return std::nullopt;
    return candidates_[range.next++];
  }

 private:
  struct Range {
    std::size_t next = 0;
    std::size_t end = 0;
  };
  std::vector<Candidate> candidates_;
  std::vector<Range> classes_;
};

}  // namespace

std::optional<Candidate> BestHolder(RoomOrder& order, std::int64_t count) {
  const Heads heads(order);
  const Candidate* best = heads.Closing(count);
  return best == nullptr ? std::nullopt : std::optional(*best);
}

PackingPlan PlanFill(RoomOrder& order, std::int64_t count, PackingWeights weights) {
  Heads heads(order);
  if (const Candidate* only = heads.Closing(count)) {
    return {{{only->node, count}}, ValueOf(*only, count, weights)};
  }
  std::vector<Filled> used_up;
  std::int64_t value = 0;
  std::int64_t missing = count;
  struct End {
    std::size_t used_up = 0;
    Filled last;
    std::int64_t value = 0;
  };
  std::optional<End> best;
  while (const auto next = heads.TakeUsedUp(missing, weights)) {
    used_up.push_back({next->node, next->room});
    value += ValueOf(*next, next->room, weights);
    missing -= next->room;
    const Candidate* closing = heads.Closing(missing);
    if (closing == nullptr) continue;
    const std::int64_t total = value + ValueOf(*closing, missing, weights);
    if (!best || total > best->value) best = {used_up.size(), {closing->node, missing}, total};
  }
  if (!best) return {std::move(used_up), value};
  used_up.resize(best->used_up);
  used_up.push_back(best->last);
  return {std::move(used_up), best->value};
}

PackingPlan PlanFill(std::vector<Candidate> candidates, const model::NodeTable& nodes,
                     std::int64_t count, PackingWeights weights) {
  SortedOrder order(std::move(candidates), nodes);
  return PlanFill(order, count, weights);
}

Filled FillOneNode(std::span<const Candidate> candidates, const model::NodeTable& nodes,
                   std::int64_t count, PackingWeights weights) {
  const Candidate* best = nullptr;
  const auto better = [&](const Candidate& a, const Candidate& b) {
    const bool holds = a.room >= count;
    if (holds != (b.room >= count)) return holds;
    if (holds ? ClosesBetter(a, b) : UsesUpBetter(a, b, weights)) return true;
    if (holds ? ClosesBetter(b, a) : UsesUpBetter(b, a, weights)) return false;
    return nodes.Name(a.node) < nodes.Name(b.node);
  };
  for (const Candidate& candidate : candidates) {
    if (best == nullptr || better(candidate, *best)) best = &candidate;
  }
  return best == nullptr ? Filled{} : Filled{best->node, std::min(count, best->room)};
}

}  // namespace muster::placement
