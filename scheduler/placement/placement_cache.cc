#include "scheduler/placement/placement_cache.h"

#include <algorithm>
#include <utility>

namespace muster::placement {

JudgedSet::JudgedSet(const framework::Profile& profile, const model::ClusterModel& model,
                     const api::Pod& one_pod, model::PodInfoPtr its_info,
                     std::vector<model::PodInfoPtr> beside)
    : pod(one_pod),
      info(std::move(its_info)),
      companions(std::move(beside)),
      view{pod, *info, companions},
      filters(profile, view, model) {}

std::shared_ptr<JudgedSet> PlacementCache::Judge(const framework::Profile& profile,
                                                 const model::ClusterModel& model,
                                                 const api::Pod& pod, const model::PodInfoPtr& info,
                                                 std::vector<model::PodInfoPtr> companions) {
  const auto key = profile.KeyOf({pod, *info, companions}, model);
  if (!key) {
    return std::make_shared<JudgedSet>(profile, model, pod, info, std::move(companions));
  }
  auto found = entries_.find(*key);
  if (found == entries_.end()) {
    if (entries_.size() >= kEntriesMax) {
      entries_.erase(std::min_element(
          entries_.begin(), entries_.end(),
          [](const auto& a, const auto& b) { return a.second.used_at < b.second.used_at; }));
    }
    Entry entry{std::make_shared<JudgedSet>(profile, model, pod, info, std::move(companions)), 0};
    found = entries_.emplace(*key, std::move(entry)).first;
  }
  found->second.used_at = ++uses_;
  return found->second.set;
}

}  // namespace muster::placement
