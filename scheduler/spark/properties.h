#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"

namespace muster::spark {

/// The entries of a Java properties file, sorted by key.
using Properties = std::map<std::string, std::string, std::less<>>;

/// Reads a file as java.util.Properties.load does: comments (# !), continued lines, the separators
/// '=', ':' and white space, the escapes \t \n \r \f \uXXXX; of two equal keys the later one
/// counts. The text is UTF-8, as Spark reads it. At most 1 MiB, which is what a ConfigMap can hold.
/// Cost: linear. Errors: InvalidArgument names the line (or the size) and what is allowed.
StatusOr<Properties> ParseProperties(std::string_view text);

}  // namespace muster::spark
