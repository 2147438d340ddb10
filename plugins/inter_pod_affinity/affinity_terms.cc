#include "plugins/inter_pod_affinity/affinity_terms.h"

#include <algorithm>

#include "scheduler/model/selectors.h"

namespace muster::plugins {
namespace {

std::string TermError(const api::PodAffinityTerm& term) {
  if (term.label_selector) {
    std::string error = model::SelectorError(*term.label_selector);
    if (!error.empty()) return error;
  }
  return term.namespace_selector ? model::SelectorError(*term.namespace_selector) : "";
}

/// A term that says nothing about namespaces means its pod's own.
bool MeansOwnNamespace(const api::PodAffinityTerm& term) {
  return term.namespaces.empty() && !term.namespace_selector;
}

}  // namespace

std::vector<IncomingTerm> IncomingTerms(const std::vector<api::PodAffinityTerm>& terms,
                                        const std::string& namespace_name,
                                        const model::NamespaceTable& namespaces) {
  std::vector<IncomingTerm> incoming;
  incoming.reserve(terms.size());
  for (const api::PodAffinityTerm& term : terms) {
    IncomingTerm prepared{&term, term.namespaces,
                          model::Matches(term.namespace_selector, api::StringMap{})};
    if (MeansOwnNamespace(term)) prepared.namespaces.push_back(namespace_name);
    if (term.namespace_selector && !prepared.any_namespace) {
      for (const auto& [name, labels] : namespaces.All()) {
        if (model::Matches(*term.namespace_selector, labels)) prepared.namespaces.push_back(name);
      }
    }
    std::sort(prepared.namespaces.begin(), prepared.namespaces.end());
    incoming.push_back(std::move(prepared));
  }
  return incoming;
}

bool Matches(const IncomingTerm& term, const model::PodInfo& other) {
  const bool means_namespace =
      term.any_namespace ||
      std::binary_search(term.namespaces.begin(), term.namespaces.end(), other.namespace_name);
  return means_namespace && model::Matches(term.term->label_selector, other.labels);
}

bool MatchesAll(const std::vector<IncomingTerm>& terms, const model::PodInfo& other) {
  return !terms.empty() && std::all_of(terms.begin(), terms.end(), [&](const IncomingTerm& term) {
    return Matches(term, other);
  });
}

bool MeansIncoming(const api::PodAffinityTerm& term, const model::PodInfo& owner,
                   const model::PodInfo& incoming, const api::StringMap& namespace_labels) {
  const auto names = [&](const std::string& name) { return name == incoming.namespace_name; };
  const bool means_namespace =
      MeansOwnNamespace(term)
          ? names(owner.namespace_name)
          : std::any_of(term.namespaces.begin(), term.namespaces.end(), names) ||
                model::Matches(term.namespace_selector, namespace_labels);
  return means_namespace && model::Matches(term.label_selector, incoming.labels);
}

std::string TermsError(const std::vector<api::PodAffinityTerm>& terms) {
  for (const api::PodAffinityTerm& term : terms) {
    std::string error = TermError(term);
    if (!error.empty()) return error;
  }
  return "";
}

std::string AffinityError(const api::PodSpec& spec) {
  std::vector<std::string> errors;
  const auto check_required = [&errors](const char* name,
                                        const std::vector<api::PodAffinityTerm>& terms) {
    const std::string error = TermsError(terms);
    if (!error.empty()) errors.push_back(name + (": " + error));
  };
  const auto check_preferred = [&errors](const char* name,
                                         const std::vector<api::WeightedPodAffinityTerm>& terms) {
    for (const api::WeightedPodAffinityTerm& weighted : terms) {
      const std::string error = TermError(weighted.term);
      if (error.empty()) continue;
      errors.push_back(name + (": " + error));
      return;
    }
  };
  check_required("requiredAffinityTerms", spec.pod_affinity.required);
  check_required("requiredAntiAffinityTerms", spec.pod_anti_affinity.required);
  check_preferred("preferredAffinityTerms", spec.pod_affinity.preferred);
  check_preferred("preferredAntiAffinityTerms", spec.pod_anti_affinity.preferred);
  if (errors.size() < 2) return errors.empty() ? "" : errors.front();
  std::string text;
  for (const std::string& error : errors) text += (text.empty() ? "[" : ", ") + error;
  return text + "]";
}

}  // namespace muster::plugins
