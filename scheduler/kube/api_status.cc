#include "scheduler/kube/api_status.h"

#include <optional>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::kube {
namespace {

using core::CallResult;

constexpr std::size_t kMessageBytesMax = 1024;
constexpr std::size_t kStatusBytesMax = 256 * 1024;

CallResult ResultOfStatusCode(const HttpResult& result, CallKind kind) {
  const int code = result.status;
  if (code >= 200 && code < 300) return CallResult::kOk;
  if (code >= 500) {
    if (kind == CallKind::kRead) return CallResult::kUnavailable;
    const bool turned_away = code == 503 && result.retry_after.has_value();
    return turned_away ? CallResult::kUnavailable : CallResult::kUnknown;
  }
  switch (code) {
    case 401:  // stays refused after the token was read again; a new token may come
    case 429:
      return CallResult::kUnavailable;
    case 403:
      return CallResult::kForbidden;
    case 404:
      return CallResult::kNotFound;
    case 409:
      return CallResult::kConflict;
    default:
      return CallResult::kInvalid;
  }
}

}  // namespace

std::string Printable(std::string_view text, std::size_t bytes_max) {
  const bool cut = text.size() > bytes_max;
  if (cut) {
    text = text.substr(0, bytes_max);
    // Not in the middle of a UTF-8 sequence.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) {
      text.remove_suffix(1);
    }
  }
  std::string printable(text);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  while (printable.ends_with(' ')) printable.pop_back();
  return printable;
}

std::string TextAt(api::JsonView object, const char* key) {
  const api::JsonView member = object.Find(key);
  if (!member || member.type() != api::JsonView::Type::kString) return {};
  return std::string(member.String());
}

ApiStatus ReadApiStatus(api::JsonView object) {
  ApiStatus status;
  const api::JsonView code = object.Find("code");
  if (code && code.type() == api::JsonView::Type::kInteger) {
    const std::optional<std::int64_t> number = code.Int64();
    if (number && std::in_range<int>(*number)) status.code = static_cast<int>(*number);
  }
  status.reason = Printable(TextAt(object, "reason"), 128);
  status.message = Printable(TextAt(object, "message"), kMessageBytesMax);
  const api::JsonView causes = object.Find("details").Find("causes");
  if (causes && causes.IsList()) {
    const Status read = causes.ForEachElement([&](api::JsonView cause, std::size_t /*index*/) {
      status.resource_version_too_large |= TextAt(cause, "reason") == "ResourceVersionTooLarge";
      return OkStatus();
    });
    MUSTER_CHECK(read.ok(), "nothing above fails");
  }
  return status;
}

ApiStatus ReadApiStatus(const HttpResult& result) {
  ApiStatus status;
  api::JsonParser parser;
  const StatusOr<api::JsonView> body = parser.Parse(result.body, kStatusBytesMax);
  if (body.ok() && body->IsObject()) {
    status = ReadApiStatus(*body);
  } else {
    status.message = Printable(result.body, kMessageBytesMax);
  }
  status.code = result.status;
  return status;
}

std::string DescribeFailure(const HttpResult& result) {
  if (result.delivery != Delivery::kAnswered) {
    const char* stage = result.delivery == Delivery::kNotSent ? "not sent: " : "no answer: ";
    return Printable(stage + result.error, kMessageBytesMax);
  }
  const ApiStatus status = ReadApiStatus(result);
  std::string text = std::to_string(status.code);
  if (!status.reason.empty()) text += " " + status.reason;
  if (!status.message.empty()) text += ": " + status.message;
  return Printable(text, kMessageBytesMax);
}

core::CallOutcome OutcomeOf(const HttpResult& result, CallKind kind) {
  switch (result.delivery) {
    case Delivery::kNotSent:
      return {CallResult::kUnavailable, DescribeFailure(result)};
    case Delivery::kNoAnswer:
      return {kind == CallKind::kWrite ? CallResult::kUnknown : CallResult::kUnavailable,
              DescribeFailure(result)};
    case Delivery::kAnswered:
      break;
  }
  const CallResult outcome = ResultOfStatusCode(result, kind);
  if (outcome != CallResult::kOk) return {outcome, DescribeFailure(result)};
  if (kind == CallKind::kRead && result.body_too_large) {
    return {CallResult::kInvalid, "the answer is larger than allowed"};
  }
  if (kind == CallKind::kRead && !result.body_complete) {
    return {CallResult::kUnavailable, Printable("cut off: " + result.error, kMessageBytesMax)};
  }
  return {CallResult::kOk, {}};  // of a write the status line is enough
}

}  // namespace muster::kube
