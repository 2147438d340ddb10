#include "scheduler/kube/watch_stream.h"

#include "scheduler/kube/api_status.h"

namespace muster::kube {
namespace {

bool IsJsonSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

StatusOr<WatchEventType> ParseType(const std::string& type) {
  if (type == "ADDED") return WatchEventType::kAdded;
  if (type == "MODIFIED") return WatchEventType::kModified;
  if (type == "DELETED") return WatchEventType::kDeleted;
  if (type == "BOOKMARK") return WatchEventType::kBookmark;
  if (type == "ERROR") return WatchEventType::kError;
  return InvalidArgumentError("watch event of unknown type '" + Printable(type, 32) + "'");
}

}  // namespace

bool JsonObjectSplitter::Advance(char character) {
  if (in_string_) {
    if (escaped_) {
      escaped_ = false;
    } else if (character == '\\') {
      escaped_ = true;
    } else if (character == '"') {
      in_string_ = false;
    }
    return false;
  }
  switch (character) {
    case '"':
      in_string_ = true;
      return false;
    case '{':
    case '[':
      ++depth_;
      return false;
    case '}':
    case ']':
      return --depth_ == 0;  // never below: Feed lets an object begin only with '{'
    default:
      return false;
  }
}

Status JsonObjectSplitter::Feed(std::string_view chunk, const OnObject& on_object) {
  std::size_t begin = 0;  // of the current object within this chunk
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    if (depth_ == 0) {
      if (IsJsonSpace(chunk[i])) continue;
      if (chunk[i] != '{') return InvalidArgumentError("watch: bytes that are no JSON object");
      begin = i;
    }
    if (!Advance(chunk[i])) continue;
    std::string_view object = chunk.substr(begin, i + 1 - begin);
    if (partial_.size() + object.size() > bytes_max_) {
      return OutOfRangeError("watch: an event is larger than " + std::to_string(bytes_max_) +
                             " bytes");
    }
    if (!partial_.empty()) {
      partial_.append(object);
      object = partial_;
    }
    const bool go_on = on_object(object);
    partial_.clear();
    begin = i + 1;
    if (!go_on) return OkStatus();
  }
  if (depth_ > 0) {
    partial_.append(chunk.substr(begin));
    if (partial_.size() > bytes_max_) {
      return OutOfRangeError("watch: an event is larger than " + std::to_string(bytes_max_) +
                             " bytes");
    }
  }
  return OkStatus();
}

StatusOr<WatchEvent> ReadWatchEvent(api::JsonView event) {
  WatchEvent read;
  MUSTER_ASSIGN_OR_RETURN(read.type, ParseType(TextAt(event, "type")));
  const api::JsonView object = event.Find("object");
  if (!object || !object.IsObject()) {
    return InvalidArgumentError("watch event without an object");
  }
  if (read.type == WatchEventType::kError) {
    const ApiStatus status = ReadApiStatus(object);
    read.error_code = status.code;
    read.error_reason = status.reason;
    read.error_message = status.message;
    return read;
  }
  const api::JsonView metadata = object.Find("metadata");
  if (!metadata || !metadata.IsObject()) {
    return InvalidArgumentError("watch event without metadata");
  }
  read.resource_version = TextAt(metadata, "resourceVersion");
  if (read.type == WatchEventType::kBookmark) {
    const api::JsonView annotations = metadata.Find("annotations");
    read.initial_events_end = TextAt(annotations, "k8s.io/initial-events-end") == "true";
  }
  return read;
}

}  // namespace muster::kube
