#include "plugins/taint_toleration/tolerates.h"

#include <algorithm>

namespace muster::plugins {
namespace {

bool Matches(const api::Toleration& toleration, const api::Taint& taint) {
  if (!toleration.effect.empty() && toleration.effect != taint.effect) return false;
  if (!toleration.key.empty() && toleration.key != taint.key) return false;
  if (toleration.operator_name == "Exists") return true;
  if (toleration.operator_name.empty() || toleration.operator_name == "Equal") {
    return toleration.value == taint.value;
  }
  return false;
}

}  // namespace

bool Tolerates(const std::vector<api::Toleration>& tolerations, const api::Taint& taint) {
  return std::any_of(tolerations.begin(), tolerations.end(),
                     [&](const api::Toleration& toleration) { return Matches(toleration, taint); });
}

void AddTolerations(const std::vector<api::Toleration>& tolerations, framework::PodSetKey& key) {
  key.Add(static_cast<std::int64_t>(tolerations.size()));
  for (const api::Toleration& toleration : tolerations) {
    key.Add(toleration.key);
    key.Add(toleration.operator_name);
    key.Add(toleration.value);
    key.Add(toleration.effect);
  }
}

bool ToleratesAllThatForbid(const std::vector<api::Toleration>& tolerations,
                            const std::vector<api::Taint>& taints) {
  return std::all_of(taints.begin(), taints.end(), [&](const api::Taint& taint) {
    return (taint.effect != "NoSchedule" && taint.effect != "NoExecute") ||
           Tolerates(tolerations, taint);
  });
}

}  // namespace muster::plugins
