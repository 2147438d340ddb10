#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string_view>

namespace muster {

/// The result of an operation that can fail on bad input or a bad world. Debian's absl has a
/// string_view of its own, so the constructors are wrapped here once.
using Status = absl::Status;
template <class T>
using StatusOr = absl::StatusOr<T>;

inline Status OkStatus() { return absl::OkStatus(); }
Status InvalidArgumentError(std::string_view message);
Status NotFoundError(std::string_view message);
Status OutOfRangeError(std::string_view message);
Status UnavailableError(std::string_view message);
Status PermissionDeniedError(std::string_view message);

/// The same error with "<context>: " in front of its message; OK stays OK.
Status Annotate(const Status& status, std::string_view context);

/// The message as a standard string view.
std::string_view MessageOf(const Status& status);

}  // namespace muster

/// Returns from the enclosing function when `expression` is not OK.
#define MUSTER_RETURN_IF_ERROR(expression)                                    \
  do {                                                                        \
    if (::muster::Status muster_status = (expression); !muster_status.ok()) { \
      return muster_status;                                                   \
    }                                                                         \
  } while (false)

#define MUSTER_CONCAT_INNER(a, b) a##b
#define MUSTER_CONCAT(a, b) MUSTER_CONCAT_INNER(a, b)

/// `MUSTER_ASSIGN_OR_RETURN(auto x, F())`: the value of a StatusOr, or return its error.
#define MUSTER_ASSIGN_OR_RETURN(declaration, expression)       \
  auto MUSTER_CONCAT(muster_result_, __LINE__) = (expression); \
  if (!MUSTER_CONCAT(muster_result_, __LINE__).ok()) {         \
    return MUSTER_CONCAT(muster_result_, __LINE__).status();   \
  }                                                            \
  declaration = *std::move(MUSTER_CONCAT(muster_result_, __LINE__))
