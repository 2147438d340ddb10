#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/core/events.h"
#include "scheduler/kube/credentials.h"
#include "scheduler/kube/event_queue.h"
#include "scheduler/kube/watched_resources.h"

namespace muster::kube {

/// Counters since the start, and the state in words.
struct ReflectorStatistics {
  bool synced = false;      // the first complete list went into the queue
  bool confirmed = false;   // Confirm was called, and what it asks for was shown
  bool in_contact = false;  // the last call got an answer that is fine
  bool missed = false;      // may not be read, and the core goes on without it
  std::string problem;      // why not; empty while starting or fine
  std::uint64_t events = 0;
  std::uint64_t bookmarks = 0;
  std::uint64_t full_lists = 0;
  std::uint64_t lists_after_expiry = 0;  // forced by 410
  std::uint64_t failed_calls = 0;
  std::uint64_t decode_errors = 0;  // objects skipped
  std::uint64_t bytes = 0;
  std::size_t objects = 0;
  std::chrono::steady_clock::time_point last_contact{};
};

struct ReflectorOptions {
  std::uint64_t seed = 0;  // of back-off jitter and stream lengths
  std::size_t event_bytes_max = 8 * 1024 * 1024;
  std::size_t page_bytes_max = 64 * 1024 * 1024;
  int page_objects = 500;
  std::chrono::seconds silence_max{150};  // bookmarks come every minute
  /// The core is told that the resource is synced only after Confirm: a standby knows all, and
  /// decides nothing.
  bool synced_after_confirm = false;
  /// Confirm lists so many objects again; of more, only what has changed is waited for.
  std::size_t relist_objects_max = 1000;
};

/// Keeps the core informed of one resource: lists, watches, lists again when it must, and pushes
/// the changes into the queue, which slows it down when full. One thread of its own, started by the
/// constructor and ended by the destructor. Never gives up; what is wrong is in Statistics().
/// Source: client-go tools/cache reflector.go; rules in the comment of ReflectorMachine.
/// Threading: Statistics from any thread.
class Reflector {
 public:
  /// Borrows all three; they must outlive the reflector.
  Reflector(WatchedResource resource, const ClusterAccess& access, TokenSource& tokens,
            EventQueue& queue, ReflectorOptions options);
  ~Reflector();
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  ReflectorStatistics Statistics() const;
  const WatchedResource& resource() const { return resource_; }
  /// Makes sure that the core has been shown everything up to this moment, and only then tells it
  /// that the resource is synced: by a new list, or the server is asked for the resource's most
  /// recent version, and what was seen must be as new. Does not wait. Threading: any thread.
  void Confirm();
  /// Asks the thread to end without waiting for it.
  void RequestStop() { thread_.request_stop(); }

 private:
  class Loop;

  const WatchedResource resource_;
  std::unique_ptr<Loop> loop_;
  std::jthread thread_;  // last: ended before the rest is destroyed
};

}  // namespace muster::kube
