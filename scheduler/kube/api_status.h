#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "scheduler/api/json_view.h"
#include "scheduler/core/events.h"
#include "scheduler/kube/http_transport.h"

/// What an answer of the API server means. Pure functions.
namespace muster::kube {

/// metav1.Status, the parts that decide what to do.
struct ApiStatus {
  int code = 0;
  std::string reason;   // "Expired", "AlreadyExists", ...
  std::string message;  // at most 1 kB, printable
  bool resource_version_too_large = false;
};

/// The text in front of a person: control characters replaced, cut to `bytes_max`.
std::string Printable(std::string_view text, std::size_t bytes_max);

/// A string member of an object; "" if there is none, or no object.
std::string TextAt(api::JsonView object, const char* key);

ApiStatus ReadApiStatus(api::JsonView object);

/// The Status of a failed call; a body that is not one (API Priority and Fairness, a proxy) becomes
/// the message.
ApiStatus ReadApiStatus(const HttpResult& result);

/// "404 NotFound: pods "x" not found", or the transport's words.
std::string DescribeFailure(const HttpResult& result);

enum class CallKind { kRead, kWrite };

/// How far the caller may trust that a call had an effect. A write that was sent and not answered,
/// or answered by a 5xx, is unknown; 429, and 503 with Retry-After, come before the work begins.
core::CallOutcome OutcomeOf(const HttpResult& result, CallKind kind);

}  // namespace muster::kube
