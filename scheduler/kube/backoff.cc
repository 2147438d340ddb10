#include "scheduler/kube/backoff.h"

#include <algorithm>

namespace muster::kube {
namespace {

constexpr std::chrono::milliseconds kFirst(800);
constexpr std::chrono::milliseconds kLongest(30'000);
constexpr std::chrono::minutes kResetAfter(2);

}  // namespace

std::chrono::milliseconds Backoff::Next(SteadyTime now) {
  const bool fresh = !last_ || now - *last_ > kResetAfter;
  base_ = fresh ? kFirst : std::min(base_ * 2, kLongest);
  const auto jitter = Uniform(0, static_cast<int>(base_.count()) - 1);
  const std::chrono::milliseconds delay = base_ + std::chrono::milliseconds(jitter);
  last_ = now + delay;  // the wait itself does not count as time without failure
  return delay;
}

int Backoff::Uniform(int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random_);
}

}  // namespace muster::kube
