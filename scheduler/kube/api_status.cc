#include "scheduler/kube/api_status.h"

#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"

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

std::string TextAt(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return {};
  auto member = object.find(key);
  if (member == object.end() || !member->is_string()) return {};
  return member->get<std::string>();
}

ApiStatus ReadApiStatus(const nlohmann::json& object) {
  ApiStatus status;
  if (!object.is_object()) return status;
  if (auto code = object.find("code"); code != object.end() && code->is_number_integer()) {
    status.code = code->get<int>();
  }
  status.reason = Printable(TextAt(object, "reason"), 128);
  status.message = Printable(TextAt(object, "message"), kMessageBytesMax);
  auto details = object.find("details");
  if (details != object.end() && details->is_object()) {
    auto causes = details->find("causes");
    if (causes != details->end() && causes->is_array()) {
      for (const nlohmann::json& cause : *causes) {
        status.resource_version_too_large |= TextAt(cause, "reason") == "ResourceVersionTooLarge";
      }
    }
  }
  return status;
}

ApiStatus ReadApiStatus(const HttpResult& result) {
  ApiStatus status;
  StatusOr<nlohmann::json> body = api::ParseJson(result.body, kStatusBytesMax);
  if (body.ok() && body->is_object()) {
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
