#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/capacity/demand.h"
#include "scheduler/capacity/options.h"

namespace muster::capacity {

/// Something to be done about the pods of one gang. Every action but kDelete of one name waits for
/// the answer to the one before; all are safe to repeat.
struct Action {
  enum class Kind {
    kCreate,          // `pod`, whole but for its status
    kAnnotate,        // a stand-in: the scale-up delay is `delay`
    kAnnotateDriver,  // the same for the driver
    kStamp,           // a stand-in: PodScheduled=False, Unschedulable, now
    kDelete,
  };
  Kind kind = Kind::kCreate;
  std::string name;  // of the stand-in; "" for the driver
  std::string uid;   // of the stand-in, once it exists
  std::string delay = {};
  std::optional<api::Pod> pod = std::nullopt;
};

/// How an action ended.
enum class Answer {
  kDone,
  kRetry,    // not done, or nobody knows; worth another try
  kRefused,  // by rights, quota or admission: the same again would end the same
};

/// What an autoscaler has been told of one gang, and what is to be told next. Level-triggered: it
/// compares the stand-ins that are wanted with those that the watch shows, whoever made them, so
/// that a restart at any point goes on from there.
///
///   Held --Ask--> Published --fits--> CapacityArrived --bound--> Bound --executors come-->
///   (nothing)
///     ^             |  |  ^                  |
///     +----Hold-----+  |  +----not bound-----+
///                      +--no node came--> Expired --later--> Published
///                      +--not allowed---> Refused --later--> Published
///
/// Publishing goes in three parts, each after the one before has been answered and seen: all
/// stand-ins are created; for Cluster Autoscaler all pods get the delay after which it looks at
/// them in the same second; all of them become Unschedulable at once (IsAsked). Only then may the
/// driver say so too. Threading: one thread. Cost: O(stand-ins) for a Reconcile after something has
/// changed.
class Publication {
 public:
  enum class State { kHeld, kPublished, kCapacityArrived, kBound, kExpired, kRefused };

  Publication(std::string namespace_name, CapacityOptions options)
      : namespace_name_(std::move(namespace_name)), options_(std::move(options)) {}

  // What the gang is up to; saying the same again changes nothing. Until something is said, what is
  // there stays.

  /// It waits for room, and nothing else would help. `demand` is used when it begins.
  void Ask(Time now, const Demand& demand);
  /// It waits for its turn or for victims, it has ended, or there is nothing to ask for.
  void Hold();
  /// It has its places, and the bind of its driver is on its way.
  void Arrive();
  /// It is bound, and so many executors of each profile have not come yet. No stand-in is added.
  /// Those that stay keep the new nodes for their executors, but not for long once the driver runs:
  /// they count against the quota of the namespace, and executors may be waiting for that.
  void Shrink(Time now, std::map<std::int32_t, std::int64_t> open, bool driver_runs);
  /// A node has come, created at that time by the server's clock, so others may.
  void NoteNode(Time now, Time created);

  // What the watch shows, and what became of the actions.

  void OnSeen(const api::Pod& stand_in);
  void OnGone(const std::string& name, Time now);
  void OnAnswer(const Action& action, Answer answer, const std::string& message, Time now);

  /// What is to be done now. Bring the answers back.
  std::vector<Action> Reconcile(Time now);
  /// Reconcile wants to be called at this time even if nothing happens.
  std::optional<Time> WakeAt() const { return wake_at_; }

  const std::string& namespace_name() const { return namespace_name_; }
  State state() const { return state_; }
  /// The driver may be Unschedulable: all of its stand-ins are, or there will be none.
  bool IsAsked() const { return state_ != State::kPublished || asked_; }
  /// Ask would publish it (anew).
  bool MayAsk(Time now) const;
  /// How often all of its pods have become Unschedulable together.
  std::int64_t asked_count() const { return asked_count_; }
  /// Of kRefused: the server's words.
  const std::string& problem() const { return problem_; }
  /// Of kExpired and kRefused: when it is tried again.
  Time retry_at() const { return retry_at_; }
  std::size_t CountStandIns() const { return stand_ins_.size(); }

 private:
  enum class Step {
    kToCreate,
    kCreating,
    kCreated,  // and not seen yet
    kThere,
    kLeaving,  // deleted, and still seen
  };
  struct StandIn {
    Step step = Step::kToCreate;
    std::int32_t profile = 0;
    std::int64_t number = 0;
    std::string uid = {};
    Time created{};          // as the server has it
    std::string delay = {};  // as seen, or written last
    bool annotating = false;
    bool stamped = false;
    Time not_before{};  // of the next try
  };

  void BackOff(State state, Time now);
  void CheckTime(Time now);
  void Trim(Time now, std::vector<Action>& actions);
  void Fill(Time now, std::vector<Action>& actions);
  void Publish(Time now, std::vector<Action>& actions);
  void KeepQuiet(Time now, std::vector<Action>& actions);
  // False while an annotation is missing.
  bool Align(Time now, std::vector<Action>& actions);
  bool AlignDelays(Time now, std::vector<Action>& actions);
  bool AlignDriver(Time now, std::vector<Action>& actions);
  void CreateDue(Time now, std::vector<Action>& actions);
  std::int64_t Wanted(std::int32_t profile) const;
  std::vector<std::string> Existing(std::int32_t profile) const;
  void WakeBy(Time time);

  std::string namespace_name_;
  CapacityOptions options_;
  bool begun_ = false;
  State state_ = State::kHeld;
  Demand demand_;                              // of kPublished
  std::map<std::int32_t, std::int64_t> kept_;  // of kBound, by profile
  bool driver_runs_ = false;
  bool shield_is_over_ = false;
  Time progress_at_{};  // of kBound: the driver has started, or an executor has come
  std::map<std::string, StandIn> stand_ins_;  // by name
  std::int64_t generation_ = 0;

  bool asked_ = false;
  std::int64_t asked_count_ = 0;
  std::optional<Time> creating_since_;
  std::optional<Time> visible_at_;  // when Cluster Autoscaler looks, by the server's clock
  std::optional<Time> last_node_;   // that came since it was published, by the server's clock
  std::optional<Time> quiet_since_;
  std::string driver_delay_;
  bool annotating_driver_ = false;
  Time driver_not_before_{};

  Time published_at_{};
  Time deadline_{};
  Time retry_at_{};
  Time fill_not_before_{};
  int failures_ = 0;  // publications in a row that came to nothing
  int vanished_ = 0;  // stand-ins that somebody else has deleted
  std::string problem_;
  bool changed_ = false;
  std::optional<Time> wake_at_;
};

}  // namespace muster::capacity
