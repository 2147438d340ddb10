#pragma once

#include <string>
#include <vector>

#include "scheduler/api/objects.h"

namespace muster::plugins {

/// True when one of the terms matches (terms are ORed, the requirements of a term ANDed; an empty
/// term matches nothing). Fields: only metadata.name. Source:
/// k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
bool MatchesAnyTerm(const std::vector<api::NodeSelectorTerm>& terms, const std::string& node_name,
                    const api::StringMap& labels);

/// True when the node meets the pod's nodeSelector and required node affinity.
bool MatchesRequiredNodeAffinity(const api::PodSpec& spec, const std::string& node_name,
                                 const api::StringMap& labels);

}  // namespace muster::plugins
