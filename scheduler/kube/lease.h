#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"
#include "scheduler/kube/http_transport.h"

/// The Lease (coordination.k8s.io/v1) that says which replica leads: its calls, and the reading of
/// their answers. Pure functions.
namespace muster::kube {

/// Who leads, as the Lease says it. The times are other machines' and so are texts: they are
/// compared with each other, to see that something has changed, and never with a clock.
struct LeaseRecord {
  std::string holder;  // "" is nobody
  std::int32_t duration_seconds = 0;
  std::string acquire_time;  // MicroTime
  std::string renew_time;
  std::int32_t transitions = 0;  // how often the holder has changed

  bool operator==(const LeaseRecord&) const = default;
};

struct Lease {
  LeaseRecord record;
  /// JSON as the server gave it: an update sends it back, and its resourceVersion makes the server
  /// refuse the update if anybody else was faster.
  std::string metadata;
};

struct LeaseAnswer {
  enum class Result {
    kOk,
    kNotFound,
    kConflict,  // somebody else wrote or created it first
    kFailed,    // everything else, also when nobody knows what became of a write
  };
  Result result = Result::kFailed;
  std::optional<Lease> lease;  // of kOk
  std::string problem;         // of all others: the server's or the transport's words
};

/// Errors: InvalidArgument on a name that is no path segment.
StatusOr<HttpRequest> LeaseReadRequest(const api::NamespacedName& name);
StatusOr<HttpRequest> LeaseCreateRequest(const api::NamespacedName& name,
                                         const LeaseRecord& record);
/// PUT with the metadata of the lease that is replaced.
StatusOr<HttpRequest> LeaseUpdateRequest(const api::NamespacedName& name, const Lease& lease);

/// Reads the answer to any of them; all three bring the Lease as it is now.
LeaseAnswer ReadLeaseAnswer(const HttpResult& result);

}  // namespace muster::kube
