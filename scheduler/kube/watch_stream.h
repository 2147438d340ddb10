#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "scheduler/api/json_view.h"
#include "scheduler/base/status.h"

namespace muster::kube {

/// Cuts a stream of concatenated JSON objects into its objects, however the bytes are split over
/// chunks. Only the nesting of brackets and strings is read; the objects are parsed later.
/// Cost: one pass; an object that arrives in one chunk is not copied. Threading: one thread.
class JsonObjectSplitter {
 public:
  /// Takes one whole object, valid during the call only. False ends Feed.
  using OnObject = std::function<bool(std::string_view)>;

  explicit JsonObjectSplitter(std::size_t object_bytes_max) : bytes_max_(object_bytes_max) {}

  /// Errors: OutOfRange (an object is too large), InvalidArgument (something between the objects
  /// that is not white space). The splitter is useless after an error.
  Status Feed(std::string_view chunk, const OnObject& on_object);

  /// True between two objects: an end of the stream here loses nothing.
  bool AtBoundary() const { return depth_ == 0; }

 private:
  /// Advances over one character; true when it ends an object.
  bool Advance(char character);

  const std::size_t bytes_max_;
  std::string partial_;  // the begun object, from earlier chunks
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

enum class WatchEventType { kAdded, kModified, kDeleted, kBookmark, kError };

/// One event of a watch, opened but its object not yet decoded.
struct WatchEvent {
  WatchEventType type = WatchEventType::kError;
  std::string resource_version;     // of the object
  bool initial_events_end = false;  // the bookmark that ends the initial list of a watch-list
  int error_code = 0;               // of an ERROR event's Status
  std::string error_reason;
  std::string error_message;
};

/// Reads the envelope of a parsed event. Errors: InvalidArgument (no such type, no object).
StatusOr<WatchEvent> ReadWatchEvent(api::JsonView event);

}  // namespace muster::kube
