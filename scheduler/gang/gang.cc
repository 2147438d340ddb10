#include "scheduler/gang/gang.h"

#include <charconv>

namespace muster::gang {

std::optional<std::string> ControllingPod(const api::Pod& pod) {
  for (const api::OwnerReference& owner : pod.metadata.owner_references) {
    if (owner.controller && owner.kind == "Pod" && owner.api_version == "v1") return owner.uid;
  }
  return std::nullopt;
}

std::int32_t ResourceProfileOf(const api::Pod& executor) {
  const auto label = executor.metadata.labels.find("spark-exec-resourceprofile-id");
  std::int32_t profile = 0;
  if (label == executor.metadata.labels.end()) return profile;
  const std::string& text = label->second;
  std::from_chars(text.data(), text.data() + text.size(), profile);
  return profile;
}

}  // namespace muster::gang
