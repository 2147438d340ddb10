#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// A filter that says yes or no to a node, whatever runs on it: derive, and write Refuses().
class YesNoFilter : public framework::NodeFilter {
 public:
  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const final;
  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const final;

 protected:
  virtual bool Refuses(const model::NodeTable& nodes, model::NodeIndex node) const = 0;
  /// The words for a refusal; evicting pods never helps against these.
  virtual const char* Reason() const = 0;
};

}  // namespace muster::plugins
