#include "scheduler/base/status.h"

#include <string>

namespace muster {
namespace {

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Status InvalidArgumentError(std::string_view message) {
  return absl::InvalidArgumentError(ToAbsl(message));
}
Status NotFoundError(std::string_view message) { return absl::NotFoundError(ToAbsl(message)); }
Status OutOfRangeError(std::string_view message) { return absl::OutOfRangeError(ToAbsl(message)); }
Status UnavailableError(std::string_view message) {
  return absl::UnavailableError(ToAbsl(message));
}
Status PermissionDeniedError(std::string_view message) {
  return absl::PermissionDeniedError(ToAbsl(message));
}

Status Annotate(const Status& status, std::string_view context) {
  if (status.ok()) return status;
  std::string message(context);
  message += ": ";
  message += MessageOf(status);
  return Status(status.code(), ToAbsl(message));
}

std::string_view MessageOf(const Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace muster
