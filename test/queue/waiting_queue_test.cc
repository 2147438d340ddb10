#include "scheduler/queue/waiting_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

namespace muster::queue {
namespace {

using namespace std::chrono_literals;

Rank At(const std::string& name, int priority, Duration created) {
  return {priority, Time(created), {"default", name}, "uid-" + name};
}

/// "" when none is active.
std::string Pop(WaitingQueue& queue) {
  const Rank* rank = queue.PopActive();
  return rank == nullptr ? "" : rank->uid;
}

TEST(WaitingQueue, HigherPriorityComesFirstThenTheOlderThenTheName) {
  WaitingQueue queue;
  queue.Add(At("young", 0, 9s));
  queue.Add(At("b", 0, 5s));
  queue.Add(At("a", 0, 5s));
  queue.Add(At("important", 7, 9s));
  EXPECT_EQ(Pop(queue), "uid-important");
  EXPECT_EQ(Pop(queue), "uid-a");
  EXPECT_EQ(Pop(queue), "uid-b");
  EXPECT_EQ(Pop(queue), "uid-young");
  EXPECT_EQ(Pop(queue), "");
}

TEST(WaitingQueue, AParkedGangComesBackWithItsOldRankWhenTheClusterHasChanged) {
  WaitingQueue queue;
  queue.Add(At("old", 0, 1s));
  ASSERT_EQ(Pop(queue), "uid-old");
  queue.Park("uid-old");
  queue.Add(At("young", 0, 2s));
  EXPECT_TRUE(queue.HasActive());
  queue.ActivateParked();
  EXPECT_EQ(Pop(queue), "uid-old");
}

TEST(WaitingQueue, AGangThatBacksOffWaitsForItsMomentWhateverTheClusterDoes) {
  WaitingQueue queue;
  queue.Add(At("a", 0, 1s));
  queue.BackOff("uid-a", Time(10s));
  queue.ActivateParked();
  queue.ActivateDue(Time(9s));
  EXPECT_FALSE(queue.HasActive());
  EXPECT_EQ(queue.NextDue(), Time(10s));
  queue.ActivateDue(Time(10s));
  EXPECT_EQ(Pop(queue), "uid-a");
  EXPECT_EQ(queue.NextDue(), std::nullopt);
}

TEST(WaitingQueue, ARemovedGangIsInNoPlace) {
  WaitingQueue queue;
  queue.Add(At("a", 0, 1s));
  queue.Add(At("b", 0, 1s));
  queue.BackOff("uid-a", Time(10s));
  queue.Park("uid-b");
  queue.Remove("uid-a");
  queue.Remove("uid-b");
  queue.ActivateDue(Time(20s));
  queue.ActivateParked();
  EXPECT_FALSE(queue.HasActive());
  EXPECT_EQ(queue.Size(), 0U);
}

/// What the queue promises, without its economy.
class SimpleQueue {
 public:
  void Add(const Rank& rank) { places_[rank] = {'a', Time()}; }
  void Remove(const Rank& rank) { places_.erase(rank); }
  void Park(const Rank& rank) { places_[rank] = {'p', Time()}; }
  void BackOff(const Rank& rank, Time until) { places_[rank] = {'b', until}; }
  void ActivateParked() {
    for (auto& [rank, place] : places_) {
      if (place.first == 'p') place.first = 'a';
    }
  }
  void ActivateDue(Time now) {
    for (auto& [rank, place] : places_) {
      if (place.first == 'b' && place.second <= now) place.first = 'a';
    }
  }
  std::string Pop() {
    for (auto& [rank, place] : places_) {
      if (place.first != 'a') continue;
      place.first = '-';
      return rank.uid;
    }
    return "";
  }
  bool Has(const Rank& rank) const { return places_.contains(rank); }

 private:
  std::map<Rank, std::pair<char, Time>> places_;
};

TEST(WaitingQueue, DoesWhatASimpleOneDoesWhateverHappensInWhicheverOrder) {
  const std::uint64_t seed = 1;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  WaitingQueue queue;
  SimpleQueue simple;
  for (int step = 0; step < 20'000; ++step) {
    const auto number = static_cast<int>(random() % 12);
    const Rank rank = At(std::to_string(number), number % 3, std::chrono::seconds(number % 5));
    const auto action = random() % 8;
    const Time moment(std::chrono::seconds(random() % 100));
    if (action >= 5 && action <= 6 && !simple.Has(rank)) continue;
    switch (action) {
      case 0:
        queue.Add(rank), simple.Add(rank);
        break;
      case 1:
        queue.Remove(rank.uid), simple.Remove(rank);
        break;
      case 2:
        queue.ActivateParked(), simple.ActivateParked();
        break;
      case 3:
        queue.ActivateDue(moment), simple.ActivateDue(moment);
        break;
      case 5:
        queue.Park(rank.uid), simple.Park(rank);
        break;
      case 6:
        queue.BackOff(rank.uid, moment), simple.BackOff(rank, moment);
        break;
      default:
        ASSERT_EQ(Pop(queue), simple.Pop()) << "step " << step;
        break;
    }
  }
}

}  // namespace
}  // namespace muster::queue
