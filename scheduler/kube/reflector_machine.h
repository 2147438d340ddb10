#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "scheduler/kube/api_status.h"
#include "scheduler/kube/backoff.h"

namespace muster::kube {

/// The next call of a reflector, after a wait.
struct ReflectorCall {
  enum class Kind {
    kWatchList,  // all objects, a bookmark, then changes, on one stream
    kListPage,   // one page of all objects
    kWatch,      // changes after resource_version
    kVersion,    // the most recent version of the whole resource, and no objects
  };
  Kind kind = Kind::kWatchList;
  std::chrono::milliseconds wait_before{0};
  std::string resource_version;
  std::string continue_token;  // of a page after the first
  int timeout_seconds = 0;     // of a stream
};

/// How a call ended that did not bring what was asked for; a finished page is reported apart.
struct ReflectorCallEnd {
  enum class Kind {
    kClosed,      // the server ended the stream
    kSilent,      // nothing came for too long
    kTransport,   // refused, reset, deadline, or bytes that are no event
    kHttpStatus,  // an answer other than 2xx
    kErrorEvent,  // an ERROR event in the stream
  };
  Kind kind = Kind::kClosed;
  ApiStatus status;  // of kHttpStatus and kErrorEvent
  std::optional<std::chrono::seconds> retry_after;
  std::uint64_t event_count = 0;
  std::chrono::milliseconds lasted{0};
  std::string description;  // for people, printable
};

/// What the end of a call asks of the reflector besides the next call.
struct ReflectorAdvice {
  bool refresh_token = false;
  std::string problem;  // what to tell people; empty: nothing is wrong
};

/// Decides what a reflector does next; no I/O and no clock of its own.
///
///   Start -> WatchList("") --end bookmark--> Watch(rv) <--+  end of stream: same rv
///     |422, 400, no end bookmark              |  |        |  429, refused: wait, same rv
///     v                                       |  +--------+
///   List pages ---last page---> Watch(rv)     |410
///                                             v
///                   full list at the last rv --410, too large--> full list at ""
///   RequireFresh: a full list at "" that begins after it is proof. Where that would be large, the
///   resource's most recent version is asked for, then short watches until what was seen is as new:
///   shortly before its end, a watch says how far it has come, also when nothing happens. If it
///   does not, everything is listed again. 401: token read again and tried once more at once, then
///   said loudly; 403 said loudly.
/// Threading: one thread.
class ReflectorMachine {
 public:
  using SteadyTime = Backoff::SteadyTime;

  explicit ReflectorMachine(std::uint64_t seed) : backoff_(seed) {}

  ReflectorCall Next();

  void OnListPage(const std::string& resource_version, const std::string& continue_token);
  void OnInitialEventsEnd(const std::string& resource_version);
  /// An event or bookmark after the initial list.
  void OnVersion(const std::string& resource_version);
  /// The answer to kVersion.
  void OnVersionRead(const std::string& resource_version);
  enum class Proof { kNewList, kVersion };
  /// From now on Fresh() is false until what was seen is at least as new as the moment of this
  /// call. kNewList is quicker for few objects. A full list that is begun anyway is proof as well.
  void RequireFresh(Proof proof) {
    freshness_ = Freshness::kAsk;
    proof_ = proof;
  }
  bool MustAskVersion() const { return freshness_ == Freshness::kAsk; }
  bool Fresh() const { return freshness_ == Freshness::kProven; }
  /// A call got through: an answer of 2xx.
  void OnContact() { refused_token_ = false; }
  ReflectorAdvice OnEnd(const ReflectorCallEnd& end, SteadyTime now);

  /// True while the next or running call brings a complete list.
  bool Listing() const { return listing_; }
  std::uint64_t full_lists() const { return full_lists_; }
  std::uint64_t lists_after_expiry() const { return lists_after_expiry_; }

 private:
  /// kProven also when nobody has asked.
  enum class Freshness { kProven, kAsk, kCatchUp };

  void AskByList();
  void StartFullList(std::string resource_version);
  void CheckFreshness();
  bool CatchingUp() const { return freshness_ == Freshness::kCatchUp; }
  void Wait(const ReflectorCallEnd& end, SteadyTime now);
  ReflectorAdvice OnHttpStatus(const ReflectorCallEnd& end, SteadyTime now);
  ReflectorAdvice OnUnauthorized(const ReflectorCallEnd& end, SteadyTime now);
  void OnExpired(const ReflectorCallEnd& end, SteadyTime now);

  Backoff backoff_;
  bool listing_ = true;
  bool use_watch_list_ = true;
  bool refused_token_ = false;  // the last call ended with 401
  Freshness freshness_ = Freshness::kProven;
  Proof proof_ = Proof::kVersion;
  std::string fresh_from_;  // the version that must be reached
  int short_watches_ = 0;   // since it was asked for
  int error_events_ = 0;    // in a row, without an event between
  std::string resource_version_;
  std::string list_version_;  // of a full list: "" is the most recent
  std::string continue_token_;
  std::chrono::milliseconds wait_{0};
  std::uint64_t full_lists_ = 0;
  std::uint64_t lists_after_expiry_ = 0;
};

}  // namespace muster::kube
