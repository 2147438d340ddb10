#pragma once

#include <string>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// For a pod set that no node can take, whatever they are. Evicting pods never helps.
class RefuseAll final : public framework::NodeFilter {
 public:
  explicit RefuseAll(std::string reason) : reason_(std::move(reason)) {}

  std::optional<framework::Refusal> RefusesEverywhere() const override;
  void LimitCapacity(const model::ClusterModel& model, model::NodeIndex first,
                     std::span<std::int64_t> capacity) const override;
  void Explain(const model::ClusterModel& model, model::NodeIndex node,
               std::vector<framework::Refusal>& refusals) const override;

 private:
  std::string reason_;
};

}  // namespace muster::plugins
