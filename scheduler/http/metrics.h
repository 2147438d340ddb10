#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace muster::http {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// A histogram of durations in seconds, from 100 us to 10 s and beyond.
/// Threading: safe; Observe takes no lock.
class DurationHistogram {
 public:
  static constexpr std::array<double, 16> kBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                     0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                     1.0,    2.5,     5.0,    10.0};

  void Observe(double seconds);

  struct Snapshot {
    std::array<std::uint64_t, kBounds.size() + 1> counts{};  // per bucket, the last is +Inf
    double seconds_total = 0;
  };
  Snapshot Read() const;

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> nanoseconds_total_{0};
};

/// The figures of one moment, gathered when somebody asks, written in Prometheus' text format.
/// Figures of one name must be added one after the other. Labels take their values from fixed sets
/// only: never a name that a user chose. Threading: one thread.
class MetricsPage {
 public:
  MetricsPage();
  ~MetricsPage();
  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  void Counter(const std::string& name, const std::string& help, const MetricLabels& labels,
               double value);
  void Gauge(const std::string& name, const std::string& help, const MetricLabels& labels,
             double value);
  void Histogram(const std::string& name, const std::string& help,
                 const DurationHistogram::Snapshot& snapshot);

  std::string Text() const;

 private:
  class Families;
  std::unique_ptr<Families> families_;
};

}  // namespace muster::http
