#pragma once

#include <string_view>

/// What Kubernetes takes as names of labels and resources. Scheduling asks because a selector with
/// a name that is none matches nothing, and a resource with one is not counted.
/// Source: apimachinery pkg/util/validation/validation.go; kubernetes pkg/scheduler/util/utils.go.
namespace muster::api {

/// "name" or "prefix/name": IsQualifiedName. The key of a label.
bool IsQualifiedName(std::string_view text);
/// IsValidLabelValue; empty is one.
bool IsLabelValue(std::string_view text);
/// IsScalarResourceName: resources besides cpu, memory, ephemeral-storage and pods that the
/// scheduler counts. Others ("storage", "bananas") are asked for without effect.
bool IsScalarResourceName(std::string_view name);

}  // namespace muster::api
