#include "scheduler/http/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace muster::http {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class MetricsPage::Families {
 public:
  ClientMetric& Add(const std::string& name, const std::string& help, MetricType type,
                    const MetricLabels& labels) {
    if (families_.empty() || families_.back().name != name) {
      families_.push_back({name, help, type, {}});
    }
    ClientMetric& metric = families_.back().metric.emplace_back();
    for (const auto& [key, value] : labels) metric.label.push_back({key, value});
    return metric;
  }

  std::string Text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

void DurationHistogram::Observe(double seconds) {
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  const auto bucket = static_cast<std::size_t>(bound - kBounds.begin());
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  const auto nanoseconds = static_cast<std::uint64_t>(std::max(seconds, 0.0) * 1e9);
  nanoseconds_total_.fetch_add(nanoseconds, std::memory_order_relaxed);
}

DurationHistogram::Snapshot DurationHistogram::Read() const {
  Snapshot snapshot;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    snapshot.counts[i] = counts_[i].load(std::memory_order_relaxed);
  }
  snapshot.seconds_total =
      static_cast<double>(nanoseconds_total_.load(std::memory_order_relaxed)) / 1e9;
  return snapshot;
}

MetricsPage::MetricsPage() : families_(std::make_unique<Families>()) {}
MetricsPage::~MetricsPage() = default;

void MetricsPage::Counter(const std::string& name, const std::string& help,
                          const MetricLabels& labels, double value) {
  families_->Add(name, help, MetricType::Counter, labels).counter.value = value;
}

void MetricsPage::Gauge(const std::string& name, const std::string& help,
                        const MetricLabels& labels, double value) {
  families_->Add(name, help, MetricType::Gauge, labels).gauge.value = value;
}

void MetricsPage::Histogram(const std::string& name, const std::string& help,
                            const DurationHistogram::Snapshot& snapshot) {
  ClientMetric::Histogram& histogram =
      families_->Add(name, help, MetricType::Histogram, {}).histogram;
  for (std::size_t i = 0; i < snapshot.counts.size(); ++i) {
    histogram.sample_count += snapshot.counts[i];
    const bool last = i == DurationHistogram::kBounds.size();
    const double bound =
        last ? std::numeric_limits<double>::infinity() : DurationHistogram::kBounds[i];
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = snapshot.seconds_total;
}

std::string MetricsPage::Text() const { return families_->Text(); }

}  // namespace muster::http
