#pragma once

#include <string>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/model/namespace_table.h"
#include "scheduler/model/pod_info.h"

/// Which pods a required term of pod (anti-)affinity means.
/// Source: k8s.io/kube-scheduler framework/types.go, AffinityTerm.
namespace muster::plugins {

/// A term of the pod that is to be placed. Borrows the term.
struct IncomingTerm {
  const api::PodAffinityTerm* term = nullptr;
  std::vector<std::string> namespaces;  // sorted; those that its selector chooses included
  /// The namespace selector is one that no labels at all satisfy. kube-scheduler 1.36 asks the
  /// selector about every pod beside the names that it chose, and with no labels
  /// (mergeAffinityTermNamespacesIfNotEmpty sets aside the selector of a copy).
  bool any_namespace = false;
};

std::vector<IncomingTerm> IncomingTerms(const std::vector<api::PodAffinityTerm>& terms,
                                        const std::string& namespace_name,
                                        const model::NamespaceTable& namespaces);
bool Matches(const IncomingTerm& term, const model::PodInfo& other);
/// False when there are no terms.
bool MatchesAll(const std::vector<IncomingTerm>& terms, const model::PodInfo& other);

/// Whether a term of a pod that is placed already means the incoming pod, whose namespace has these
/// labels.
bool MeansIncoming(const api::PodAffinityTerm& term, const model::PodInfo& owner,
                   const model::PodInfo& incoming, const api::StringMap& namespace_labels);

/// Why Kubernetes would not take the terms; empty when it does.
std::string TermsError(const std::vector<api::PodAffinityTerm>& terms);
std::string AffinityError(const api::PodSpec& spec);

}  // namespace muster::plugins
