#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace muster::spark {

/// The JSON value of a plain (unquoted) YAML scalar: null, a boolean, a number, or the text itself.
/// Rules: YAML 1.1 as Kubernetes reads it: yes/no/on/off are booleans, 0x1f 0o17 017 0b11 and 1_000
/// are numbers, there is no base 60; what JSON cannot hold (.inf, .nan) stays text.
nlohmann::json ResolvePlainScalar(const std::string& text);

}  // namespace muster::spark
