#include "scheduler/kube/call_limit.h"

#include <algorithm>

namespace muster::kube {
namespace {

constexpr std::size_t kWindowMin = 16;  // answers: fewer have no median to speak of
constexpr std::chrono::minutes kPeriod(5);

}  // namespace

CallLimit::CallLimit(const CallLimitOptions& options)
    : options_(options),
      limit_(std::clamp(options.first, std::min(options.min, options.max), options.max)) {}

void CallLimit::OnAnswer(SteadyTime begin, SteadyTime now) {
  if (decreased_at_ && begin < *decreased_at_) return;
  window_.push_back(now - begin);
  if (window_.size() >= std::max(limit_, kWindowMin)) EndWindow(now);
}

void CallLimit::OnThrottled(SteadyTime begin, SteadyTime now) {
  if (decreased_at_ && begin < *decreased_at_) return;
  Decrease(limit_ / 2, now);
}

void CallLimit::EndWindow(SteadyTime now) {
  const auto middle = window_.begin() + static_cast<std::ptrdiff_t>(window_.size() / 2);
  std::nth_element(window_.begin(), middle, window_.end());
  const std::chrono::nanoseconds median = *middle;
  const bool was_full = was_full_;
  window_.clear();
  was_full_ = false;
  NoteBest(median, now);
  if (TooSlow(median)) {
    Decrease(limit_ - std::max<std::size_t>(limit_ / 4, 1), now);
  } else if (was_full) {
    limit_ = std::min(limit_ + 1, options_.max);
  }
}

void CallLimit::NoteBest(std::chrono::nanoseconds median, SteadyTime now) {
  if (!period_begin_) period_begin_ = now;
  if (now - *period_begin_ >= kPeriod) {
    best_before_ = best_now_;
    best_now_.reset();
    period_begin_ = now;
  }
  best_now_ = std::min(best_now_.value_or(median), median);
}

bool CallLimit::TooSlow(std::chrono::nanoseconds median) const {
  const std::chrono::nanoseconds best = std::min(*best_now_, best_before_.value_or(*best_now_));
  return median > options_.latency_fine && median > best * options_.latency_multiple;
}

void CallLimit::Decrease(std::size_t limit, SteadyTime now) {
  limit_ = std::max(limit, std::min(options_.min, options_.max));
  decreased_at_ = now;
  window_.clear();
  was_full_ = false;
}

}  // namespace muster::kube
