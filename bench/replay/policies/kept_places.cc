#include "bench/replay/policies/kept_places.h"

#include <utility>

namespace muster::bench::replay {

void KeptPlaces::Admit(GangIndex gang, std::vector<NodeIndex> places) {
  Account(places, 1);
  cluster_.Bind({gang, 0}, places.front());
  cluster_.SetReserved(gang, static_cast<std::int64_t>(places.size()) - 1);
  places_.emplace(gang, std::move(places));
}

void KeptPlaces::BindExecutors() {
  for (const PodRef pod : std::exchange(executors_, {})) {
    cluster_.Bind(pod, places_.at(pod.gang)[static_cast<std::size_t>(pod.member)]);
  }
}

bool KeptPlaces::Release(GangIndex gang) {
  const auto places = places_.find(gang);
  if (places == places_.end()) return false;
  Account(places->second, -1);
  places_.erase(places);
  return true;
}

void KeptPlaces::Account(const std::vector<NodeIndex>& places, std::int64_t sign) {
  const Workload& workload = cluster_.workload();
  room_.Take(places.front(), workload.driver, sign);
  for (std::size_t i = 1; i < places.size(); ++i) room_.Take(places[i], workload.executor, sign);
}

}  // namespace muster::bench::replay
