#pragma once

#include <string>
#include <string_view>

namespace muster::kube {

/// Percent-encodes everything but unreserved characters, for a query value or a path segment.
std::string PercentEncode(std::string_view text);

/// True if the text can be one segment of an API path; names come from the server, but a name such
/// as ".." must not lead anywhere.
bool IsPathSegment(std::string_view text);

}  // namespace muster::kube
