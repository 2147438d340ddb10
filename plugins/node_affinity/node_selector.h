#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scheduler/api/objects.h"

namespace muster::plugins {

/// The terms of a node selector that can match a node at all, found out once: a term that is empty
/// or that validation would have refused (an unknown operator, a value that is none) matches
/// nothing, and the others still count.
/// Source: component-helpers scheduling/corev1/nodeaffinity, LazyErrorNodeSelector.
/// Ownership: borrows the terms.
class NodeSelector {
 public:
  explicit NodeSelector(std::span<const api::NodeSelectorTerm> terms);

  /// True when one of the terms matches.
  bool Matches(const std::string& node_name, const api::StringMap& labels) const;

 private:
  std::vector<const api::NodeSelectorTerm*> terms_;
};

/// True when one of the terms matches, for a selector that is asked once.
bool MatchesAnyTerm(const std::vector<api::NodeSelectorTerm>& terms, const std::string& node_name,
                    const api::StringMap& labels);

/// What a pod asks of its node: nodeSelector and required node affinity.
/// Ownership: borrows the spec.
class RequiredNodeAffinity {
 public:
  explicit RequiredNodeAffinity(const api::PodSpec& spec);

  bool Matches(const std::string& node_name, const api::StringMap& labels) const;

 private:
  const api::StringMap& labels_;
  std::optional<NodeSelector> selector_;
};

/// The same for a pod that is asked about once.
bool MatchesRequiredNodeAffinity(const api::PodSpec& spec, const std::string& node_name,
                                 const api::StringMap& labels);

/// The nodes that the terms name, sorted; absent when some term does not name its nodes. Empty:
/// each term contradicts itself.
std::optional<std::vector<std::string>> NamedNodes(const std::vector<api::NodeSelectorTerm>& terms);

}  // namespace muster::plugins
