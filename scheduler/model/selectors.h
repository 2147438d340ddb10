#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scheduler/api/constraints.h"
#include "scheduler/model/label_set.h"

/// Whether labels meet what a selector asks for.
/// Source: k8s.io/apimachinery pkg/labels/selector.go, Requirement.Matches.
namespace muster::model {

/// `label`: the value under the requirement's key, absent when there is none. An operator that
/// Kubernetes does not know is met by nothing.
/// Gt and Lt compare 64-bit integers; a value that is none meets nothing.
bool Meets(const api::SelectorRequirement& requirement, std::optional<std::string_view> label);
bool Meets(const api::SelectorRequirement& requirement, const api::StringMap& labels);

/// Why Kubernetes would not take the label selector; empty when it does. The API server keeps such
/// selectors out. Source: k8s.io/apimachinery meta/v1, LabelSelectorAsSelector.
std::string SelectorError(const api::LabelSelector& selector);

bool Matches(const api::LabelSelector& selector, const LabelSet& labels);
bool Matches(const api::LabelSelector& selector, const api::StringMap& labels);

/// A selector that is not there matches nothing.
template <typename Labels>
bool Matches(const std::optional<api::LabelSelector>& selector, const Labels& labels) {
  return selector && Matches(*selector, labels);
}

}  // namespace muster::model
