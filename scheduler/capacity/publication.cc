#include "scheduler/capacity/publication.h"

#include <algorithm>
#include <set>
#include <utility>

#include "scheduler/capacity/stand_in.h"

namespace muster::capacity {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr Duration kRetryCall = 1s;
constexpr Duration kRetryRefused = 60s;
constexpr Duration kUnseenMax = 30s;  // from the answer to a create until the watch must show it
// Executors come seconds after the driver runs, unless something keeps it from making them.
constexpr Duration kShieldMax = 30s;
// From the last new node: the next one of the same call comes within this, or it will not come.
constexpr Duration kQuiet = 2min;
constexpr Duration kQuietMax = 4min;
// Cluster Autoscaler has looked by then: a scan interval, and some loops for several pools.
constexpr Duration kLooked = 15s;
constexpr Duration kBackOffFirst = 1min;
constexpr Duration kBackOffLast = 30min;
// A gang may use the nodes that come while it waits, but does not ask for ever.
constexpr int kTimeoutsMax = 3;

// From the creation of the pods to the second in which Cluster Autoscaler looks at them: creating,
// seeing and patching all of them takes two or three calls for each.
Duration VisibleAfter(std::int64_t pods) {
  return std::chrono::ceil<seconds>(5s + pods * Duration(20ms));
}

Duration Doubled(Duration first, int times, Duration last) {
  return std::min(first * (1 << std::clamp(times, 0, 10)), last);
}

std::string DelayFrom(Time created, Time visible) {
  const Duration delay = std::max<Duration>(visible - created, 0s);
  return std::to_string(std::chrono::ceil<seconds>(delay).count()) + "s";
}

bool IsUnschedulable(const api::Pod& pod) {
  return std::any_of(pod.status.conditions.begin(), pod.status.conditions.end(),
                     [](const api::PodCondition& condition) {
                       return condition.type == "PodScheduled" && condition.status == "False" &&
                              condition.reason == "Unschedulable";
                     });
}

}  // namespace

bool Publication::MayAsk(Time now) const {
  const bool waits = state_ == State::kExpired || state_ == State::kRefused;
  return state_ != State::kPublished && (!waits || now >= retry_at_);
}

void Publication::Ask(Time now, const Demand& demand) {
  if (!MayAsk(now)) return;
  changed_ = begun_ = true;
  // After a bind that failed, or a restart, everything may be there already.
  const bool goes_on = std::any_of(stand_ins_.begin(), stand_ins_.end(), [](const auto& entry) {
    return entry.second.step != Step::kLeaving;
  });
  if (!goes_on) ++generation_;
  state_ = State::kPublished;
  demand_ = demand;
  asked_ = false;
  creating_since_.reset();
  visible_at_.reset();
  last_node_.reset();
  quiet_since_.reset();
  shield_is_over_ = false;
  published_at_ = now;
  deadline_ = now + options_.provisioning_timeout;
}

void Publication::Hold() {
  // Expired and refused ones ask for nothing either, and do not forget until when.
  const bool silent =
      state_ == State::kHeld || state_ == State::kExpired || state_ == State::kRefused;
  if (begun_ && silent) return;
  changed_ = begun_ = true;
  state_ = State::kHeld;
}

void Publication::Arrive() {
  if (state_ == State::kCapacityArrived || state_ == State::kBound) return;
  changed_ = begun_ = true;
  state_ = State::kCapacityArrived;
  failures_ = 0;
}

void Publication::Shrink(Time now, std::map<std::int32_t, std::int64_t> open, bool driver_runs) {
  if (state_ == State::kBound && kept_ == open && driver_runs_ == driver_runs) return;
  changed_ = begun_ = true;
  state_ = State::kBound;
  kept_ = std::move(open);
  driver_runs_ = driver_runs;
  progress_at_ = now;
}

void Publication::NoteNode(Time now, Time created) {
  if (state_ != State::kPublished) return;
  changed_ = true;
  last_node_ = std::max(last_node_.value_or(created), created);
  const Time latest = published_at_ + kTimeoutsMax * options_.provisioning_timeout;
  deadline_ = std::max(deadline_, std::min(now + options_.provisioning_timeout, latest));
}

void Publication::OnSeen(const api::Pod& pod) {
  changed_ = true;
  StandIn& stand_in = stand_ins_[pod.metadata.name];
  const bool leaving = stand_in.step == Step::kLeaving && stand_in.uid == pod.metadata.uid;
  stand_in.step =
      leaving || pod.metadata.deletion_timestamp.has_value() ? Step::kLeaving : Step::kThere;
  if (stand_in.uid.empty()) stand_in.not_before = {};
  stand_in.uid = pod.metadata.uid;
  stand_in.profile = ProfileOf(pod);
  stand_in.number = NumberOf(pod);
  stand_in.created = pod.metadata.creation_timestamp;
  const auto delay = pod.metadata.annotations.find(std::string(kScaleUpDelayAnnotation));
  // Only Muster writes it, so that what this process has written is newer than what it sees.
  if (stand_in.delay.empty() && delay != pod.metadata.annotations.end()) {
    stand_in.delay = delay->second;
  }
  if (IsUnschedulable(pod)) stand_in.stamped = true;
  generation_ = std::max(generation_, GenerationOf(pod));
}

void Publication::OnGone(const std::string& name, Time now) {
  const auto entry = stand_ins_.find(name);
  if (entry == stand_ins_.end()) return;
  changed_ = true;
  if (entry->second.step == Step::kThere) {
    // Somebody else deletes them; they are not made again as fast as they go.
    fill_not_before_ = now + Doubled(kRetryCall, ++vanished_, kRetryRefused);
  }
  stand_ins_.erase(entry);
}

void Publication::OnAnswer(const Action& action, Answer answer, const std::string& message,
                           Time now) {
  changed_ = true;
  const bool done = answer == Answer::kDone;
  const Time next_try = now + (answer == Answer::kRefused ? kRetryRefused : kRetryCall);
  if (action.kind == Action::Kind::kAnnotateDriver) {
    annotating_driver_ = false;
    driver_delay_ = done ? action.delay : "";
    driver_not_before_ = done ? Time() : next_try;
  } else if (const auto entry = stand_ins_.find(action.name); entry != stand_ins_.end()) {
    StandIn& stand_in = entry->second;
    stand_in.not_before = done ? Time() : next_try;
    if (action.kind == Action::Kind::kCreate && stand_in.step == Step::kCreating) {
      stand_in.step = done ? Step::kCreated : Step::kToCreate;
      if (done) stand_in.not_before = now + kUnseenMax;
    } else if (action.kind == Action::Kind::kAnnotate) {
      stand_in.annotating = false;
      if (!done) stand_in.delay.clear();
    } else if (action.kind == Action::Kind::kStamp && !done) {
      stand_in.stamped = false;
    } else if (action.kind == Action::Kind::kDelete && !done) {
      stand_in.step = Step::kThere;
    }
  }
  const bool asks = action.kind == Action::Kind::kCreate ||
                    action.kind == Action::Kind::kAnnotate ||
                    action.kind == Action::Kind::kAnnotateDriver;
  if (asks && answer == Answer::kRefused && state_ == State::kPublished) {
    problem_ = message;
    BackOff(State::kRefused, now);
  }
}

void Publication::BackOff(State state, Time now) {
  changed_ = true;
  state_ = state;
  retry_at_ = now + Doubled(kBackOffFirst, failures_++, kBackOffLast);
}

std::vector<Action> Publication::Reconcile(Time now) {
  CheckTime(now);
  if (!changed_ && (!wake_at_ || now < *wake_at_)) return {};
  changed_ = false;
  wake_at_.reset();
  std::vector<Action> actions;
  if (!begun_) return actions;
  if (state_ != State::kCapacityArrived) Trim(now, actions);
  if (state_ == State::kPublished) {
    WakeBy(deadline_);
    Fill(now, actions);
    Publish(now, actions);
  } else if (state_ == State::kExpired || state_ == State::kRefused) {
    WakeBy(retry_at_);
  } else if (state_ == State::kBound && driver_runs_ && !shield_is_over_) {
    WakeBy(progress_at_ + kShieldMax);
  }
  return actions;
}

void Publication::CheckTime(Time now) {
  if (state_ == State::kPublished && now >= deadline_) BackOff(State::kExpired, now);
  if (state_ == State::kBound && driver_runs_ && now - progress_at_ >= kShieldMax &&
      !shield_is_over_) {
    changed_ = shield_is_over_ = true;
  }
}

std::int64_t Publication::Wanted(std::int32_t profile) const {
  if (state_ == State::kBound && !shield_is_over_) {
    const auto kept = kept_.find(profile);
    return kept == kept_.end() ? 0 : kept->second;
  }
  if (state_ != State::kPublished) return 0;
  for (const StandInSet& set : demand_.sets) {
    if (set.profile == profile) return set.count;
  }
  return 0;
}

/// Those that are not on their way out, by number.
std::vector<std::string> Publication::Existing(std::int32_t profile) const {
  std::vector<std::pair<std::int64_t, std::string>> found;
  for (const auto& [name, stand_in] : stand_ins_) {
    if (stand_in.profile == profile && stand_in.step != Step::kLeaving) {
      found.emplace_back(stand_in.number, name);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [number, name] : found) names.push_back(std::move(name));
  return names;
}

/// Deletes what is too many, the last numbers first. What has not been seen yet has no UID to be
/// deleted by, and is dealt with when it is.
void Publication::Trim(Time now, std::vector<Action>& actions) {
  if (state_ != State::kPublished) {
    std::erase_if(stand_ins_,
                  [](const auto& entry) { return entry.second.step == Step::kToCreate; });
  }
  std::set<std::int32_t> profiles;
  for (const auto& [name, stand_in] : stand_ins_) profiles.insert(stand_in.profile);
  for (const std::int32_t profile : profiles) {
    std::vector<std::string> existing = Existing(profile);
    const auto wanted = static_cast<std::size_t>(Wanted(profile));
    for (; existing.size() > wanted; existing.pop_back()) {
      const auto entry = stand_ins_.find(existing.back());
      StandIn& stand_in = entry->second;
      const bool is_due = now >= stand_in.not_before;
      if (stand_in.step == Step::kToCreate || (stand_in.step == Step::kCreated && is_due)) {
        stand_ins_.erase(entry);
      } else if (stand_in.step == Step::kThere && is_due) {
        stand_in.step = Step::kLeaving;
        actions.push_back({Action::Kind::kDelete, entry->first, stand_in.uid});
      } else if (stand_in.step != Step::kCreating) {
        WakeBy(stand_in.not_before);
      }
    }
  }
}

/// Creates what is missing, under the lowest numbers that are free.
void Publication::Fill(Time now, std::vector<Action>& actions) {
  if (now < fill_not_before_) {
    WakeBy(fill_not_before_);
    return;
  }
  std::int64_t number = 0;
  for (const StandInSet& set : demand_.sets) {
    auto missing = set.count - static_cast<std::int64_t>(Existing(set.profile).size());
    while (missing > 0) {
      const std::string name = StandInName(demand_.driver, generation_, ++number);
      if (stand_ins_.contains(name)) continue;
      StandIn stand_in;
      stand_in.profile = set.profile;
      stand_in.number = number;
      stand_ins_.emplace(name, std::move(stand_in));
      --missing;
    }
  }
  CreateDue(now, actions);
}

void Publication::CreateDue(Time now, std::vector<Action>& actions) {
  const Duration delay = VisibleAfter(demand_.Count() + 1);
  for (auto& [name, stand_in] : stand_ins_) {
    if (stand_in.step == Step::kCreated && now >= stand_in.not_before) {
      stand_in.step = Step::kToCreate;  // gone before it was seen, or never made
    }
    if (stand_in.step != Step::kToCreate) {
      if (stand_in.step == Step::kCreated) WakeBy(stand_in.not_before);
      continue;
    }
    if (now < stand_in.not_before) {
      WakeBy(stand_in.not_before);
      continue;
    }
    const auto set = std::find_if(
        demand_.sets.begin(), demand_.sets.end(),
        [&](const StandInSet& candidate) { return candidate.profile == stand_in.profile; });
    api::Pod pod = set->pod;
    pod.metadata.name = name;
    pod.metadata.labels[std::string(kGenerationLabel)] = std::to_string(generation_);
    if (options_.autoscaler == Autoscaler::kClusterAutoscaler) {
      stand_in.delay = DelayFrom(Time(), Time() + delay);
      pod.metadata.annotations[std::string(kScaleUpDelayAnnotation)] = stand_in.delay;
    }
    stand_in.step = Step::kCreating;
    if (!creating_since_) creating_since_ = now;
    actions.push_back({Action::Kind::kCreate, name, "", "", std::move(pod)});
  }
}

/// Once all are there and no autoscaler can see a part of them, all become Unschedulable at once.
void Publication::Publish(Time now, std::vector<Action>& actions) {
  std::int64_t there = 0;
  bool all_stamped = true;
  for (const auto& [name, stand_in] : stand_ins_) {
    if (stand_in.step == Step::kLeaving) continue;
    if (stand_in.step != Step::kThere) return;
    ++there;
    all_stamped = all_stamped && stand_in.stamped;
  }
  if (there != demand_.Count()) return;
  if (options_.autoscaler == Autoscaler::kClusterAutoscaler) {
    if (!asked_ && !all_stamped && !Align(now, actions)) return;
    if (asked_) KeepQuiet(now, actions);
  }
  for (auto& [name, stand_in] : stand_ins_) {
    if (stand_in.step != Step::kThere || stand_in.stamped) continue;
    if (now < stand_in.not_before) {
      WakeBy(stand_in.not_before);
      continue;
    }
    stand_in.stamped = true;
    actions.push_back({Action::Kind::kStamp, name, stand_in.uid});
  }
  creating_since_.reset();
  if (!std::exchange(asked_, true)) ++asked_count_;
}

/// While nodes come, Cluster Autoscaler packs the pods anew in every loop, in an order of its own:
/// a driver that takes the place of an executor on the first node makes it ask for one node more.
/// It goes on counting the pods, so that it keeps the nodes, but adds none until no more have come
/// for a while.
void Publication::KeepQuiet(Time now, std::vector<Action>& actions) {
  if (!last_node_) return;
  if (!quiet_since_) {
    // Nodes come for others all the time, also before this gang has been looked at.
    if (visible_at_ && *last_node_ < *visible_at_ + kLooked) return;
    quiet_since_ = last_node_;
  }
  const Time until = std::min(*last_node_ + kQuiet, *quiet_since_ + kQuietMax);
  if (!visible_at_ || *visible_at_ + kQuiet / 2 < until) visible_at_ = until;
  AlignDelays(now, actions);
}

/// Cluster Autoscaler counts the delay from each pod's own creation, which the server keeps in
/// whole seconds. Pods of different seconds get different delays, so that it looks at all in the
/// same one.
bool Publication::Align(Time now, std::vector<Action>& actions) {
  if (!visible_at_) {
    Time last{};
    for (const auto& [name, stand_in] : stand_ins_) {
      if (stand_in.step == Step::kThere) last = std::max(last, stand_in.created);
    }
    // Of those that an earlier process created, only the clocks tell how long it has been.
    const Duration passed = creating_since_ ? now - *creating_since_ : now - last;
    const Duration sane = std::clamp<Duration>(passed, 0s, options_.provisioning_timeout);
    visible_at_ = last + VisibleAfter(demand_.Count() + 1) + std::chrono::floor<seconds>(sane);
  }
  return AlignDelays(now, actions);
}

bool Publication::AlignDelays(Time now, std::vector<Action>& actions) {
  bool ready = true;
  for (auto& [name, stand_in] : stand_ins_) {
    if (stand_in.step != Step::kThere) continue;
    const std::string delay = DelayFrom(stand_in.created, *visible_at_);
    if (stand_in.delay == delay && !stand_in.annotating) continue;
    ready = false;
    if (stand_in.annotating) continue;
    if (now < stand_in.not_before) {
      WakeBy(stand_in.not_before);
      continue;
    }
    stand_in.annotating = true;
    stand_in.delay = delay;
    actions.push_back({Action::Kind::kAnnotate, name, stand_in.uid, delay});
  }
  return AlignDriver(now, actions) && ready;
}

bool Publication::AlignDriver(Time now, std::vector<Action>& actions) {
  if (annotating_driver_) return false;
  const std::string delay = DelayFrom(demand_.driver.creation_timestamp, *visible_at_);
  if (driver_delay_ == delay) return true;
  if (now < driver_not_before_) {
    WakeBy(driver_not_before_);
    return false;
  }
  annotating_driver_ = true;
  actions.push_back({Action::Kind::kAnnotateDriver, "", demand_.driver.uid, delay});
  return false;
}

void Publication::WakeBy(Time time) {
  if (!wake_at_ || time < *wake_at_) wake_at_ = time;
}

}  // namespace muster::capacity
