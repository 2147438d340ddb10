#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "scheduler/base/status.h"

namespace muster::cli {

/// Reads a JSON file of at most `bytes_max` bytes.
/// Errors: NotFound when it cannot be opened, InvalidArgument when it is too large or not JSON;
/// both name the file.
StatusOr<nlohmann::json> ReadJsonFile(const std::string& path, std::size_t bytes_max);

}  // namespace muster::cli
