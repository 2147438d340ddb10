#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scheduler/api/constraints.h"

namespace muster::model {

/// The labels of a pod in one string: a cluster has a hundred thousand pods, and a map of eight
/// labels takes four times the room. Immutable. Cost: Find walks the labels.
class LabelSet {
 public:
  LabelSet() = default;
  explicit LabelSet(const api::StringMap& labels);

  std::optional<std::string_view> Find(std::string_view key) const;
  bool operator==(const LabelSet&) const = default;

 private:
  std::string packed_;  // (length, key, length, value)*, in the order of the keys
};

}  // namespace muster::model
