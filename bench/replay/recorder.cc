#include "bench/replay/recorder.h"

#include <algorithm>
#include <cmath>

namespace muster::bench::replay {
namespace {

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Recorder::Recorder(const Workload& workload, Time window_begin, Time window_end)
    : window_begin_(window_begin), window_end_(window_end) {
  for (const NodeSpec& node : workload.nodes) {
    cpu_ += static_cast<double>(node.allocatable.milli_cpu);
    memory_ += static_cast<double>(node.allocatable.memory_mebibytes);
    largest_node_cpu_ =
        std::max(largest_node_cpu_, static_cast<double>(node.allocatable.milli_cpu));
  }
  for (const GangSpec& gang : workload.gangs) {
    queues_.resize(std::max(queues_.size(), static_cast<std::size_t>(gang.queue) + 1));
  }
}

void Recorder::AddQueueShare(std::int32_t queue, std::int64_t milli_cpu, std::int64_t mebibytes) {
  queues_[static_cast<std::size_t>(queue)].milli_cpu += milli_cpu;
  queues_[static_cast<std::size_t>(queue)].mebibytes += mebibytes;
}

void Recorder::AddQueueDemand(std::int32_t queue, std::int64_t change) {
  queues_[static_cast<std::size_t>(queue)].demand += change;
}

void Recorder::AdvanceTo(Time now) {
  const double passed = Seconds(now - now_);
  if (passed <= 0) return;
  for (std::size_t i = 0; i < kLevels; ++i) {
    total_[i] += static_cast<double>(levels_[i]) * passed;
  }
  AddToTimeline(now_, now);
  const double inside = Seconds(std::min(now, window_end_) - std::max(now_, window_begin_));
  if (inside > 0) {
    window_seconds_ += inside;
    for (std::size_t i = 0; i < kLevels; ++i) {
      window_[i] += static_cast<double>(levels_[i]) * inside;
    }
    const auto bound = static_cast<double>(Now(Level::kBoundCpu));
    const double free = cpu_ - bound;
    if (free > 0) {
      fragmented_seconds_ += inside * (1 - static_cast<double>(Now(Level::kUsableFreeCpu)) / free);
    }
    least_node_seconds_ += inside * std::ceil(bound / largest_node_cpu_);
    for (Queue& queue : queues_) {
      if (queue.demand == 0) continue;
      queue.demand_seconds += inside;
      queue.share_seconds += inside * std::max(static_cast<double>(queue.milli_cpu) / cpu_,
                                               static_cast<double>(queue.mebibytes) / memory_);
    }
  }
  now_ = now;
}

void Recorder::AddToTimeline(Time from, Time to) {
  while (from < to) {
    const auto stretch = static_cast<std::size_t>((from - kTraceStart) / kStretch);
    const Time end = kTraceStart + kStretch * (stretch + 1);
    if (timeline_.size() <= stretch) timeline_.resize(stretch + 1);
    const double passed = Seconds(std::min(end, to) - from);
    for (std::size_t i = 0; i < kLevels; ++i) {
      timeline_[stretch][i] += static_cast<double>(levels_[i]) * passed;
    }
    from = end;
  }
}

double Recorder::Fragmentation() const {
  return window_seconds_ == 0 ? 0 : fragmented_seconds_ / window_seconds_;
}

double Recorder::LeastNodes() const {
  return window_seconds_ == 0 ? 0 : least_node_seconds_ / window_seconds_;
}

double Recorder::Fairness() const {
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (const Queue& queue : queues_) {
    if (queue.demand_seconds == 0) continue;
    const double share = queue.share_seconds / queue.demand_seconds;
    sum += share;
    squares += share * share;
    ++count;
  }
  return squares == 0 ? 1 : sum * sum / (count * squares);
}

std::vector<TimelinePoint> Recorder::Timeline() const {
  std::vector<TimelinePoint> points(timeline_.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t level = 0; level < kLevels; ++level) {
      points[i].mean[level] = timeline_[i][level] / Seconds(kStretch);
    }
  }
  return points;
}

}  // namespace muster::bench::replay
