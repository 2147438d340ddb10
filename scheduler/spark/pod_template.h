#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"

namespace muster::spark {

/// Reads one YAML document (or JSON, which is YAML) as a JSON value. Plain scalars become null,
/// booleans and numbers by the rules of Kubernetes' YAML reader (YAML 1.1 without base 60), quoted
/// ones stay strings; anchors, aliases and merge keys (<<) are expanded. Of two equal keys of a
/// mapping the later one counts.
/// Bounded: 256 KiB of text (real templates have a few), nesting of 100, and what anchors and
/// aliases copy to 100,000 values and 1 MiB. Cost: linear; the worst 256 KiB take about 0.1 s.
/// Errors: InvalidArgument names line and column, and what is allowed.
StatusOr<nlohmann::json> ParseYaml(std::string_view text);

/// Reads an executor pod template. Errors: as above, and those of api::DecodePodTemplate.
StatusOr<api::Pod> ParsePodTemplate(std::string_view yaml);

}  // namespace muster::spark
