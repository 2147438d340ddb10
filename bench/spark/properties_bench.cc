// How long the largest spark.properties that a ConfigMap can hold takes to read, and to compute the
// shape from. Prints the median; 1 MiB should take less than 10 ms in a release build.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scheduler/spark/properties.h"
#include "scheduler/spark/shape.h"

namespace {

constexpr std::size_t kBytes = 1 << 20;
constexpr int kRepetitions = 101;

/// Entries as Spark writes them, escapes among them, up to exactly kBytes.
std::string MakeProperties() {
  std::string text = "#Java properties built from Kubernetes config map\n";
  for (int i = 0;; ++i) {
    const std::string entry = "spark.hadoop.fs.s3a.bucket.team-" + std::to_string(i) +
                              ".endpoint=https\\://storage.example.com\\:9000/bucket\n";
    if (text.size() + entry.size() > kBytes) break;
    text += entry;
  }
  text.resize(kBytes, '\n');
  return text;
}

/// Lines of a single byte: as many entries as fit.
std::string MakeShortLines() {
  std::string text;
  for (int i = 0; text.size() + 16 < kBytes; ++i) text += std::to_string(i) + "=\n";
  text.resize(kBytes, '\n');
  return text;
}

/// A driver pod that has its properties in the ConfigMap "conf".
muster::api::Pod MakeDriver() {
  muster::api::Pod pod;
  pod.metadata.labels = {{"spark-role", "driver"}, {"spark-app-selector", "spark-1"}};
  muster::api::Container& container = pod.spec.containers.emplace_back();
  container.args = {"driver", "--properties-file", "/opt/spark/conf/spark.properties"};
  container.volume_mounts.push_back({"conf", "/opt/spark/conf", ""});
  muster::api::Volume& volume = pod.spec.volumes.emplace_back();
  volume.name = "conf";
  volume.config_map_name = "conf";
  return pod;
}

void Measure(const char* name, const std::function<bool()>& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> milliseconds;
  bool is_ok = true;
  for (int i = 0; i < kRepetitions; ++i) {
    const auto begin = Clock::now();
    is_ok = work() && is_ok;
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("%-44s median %6.2f ms  p95 %6.2f ms  %s\n", name,
              milliseconds[milliseconds.size() / 2], milliseconds[milliseconds.size() * 95 / 100],
              is_ok ? "" : "FAILED");
}

}  // namespace

int main() {
  namespace spark = muster::spark;
  const std::string usual = MakeProperties();
  const std::string short_lines = MakeShortLines();
  Measure("read 1 MiB of usual entries", [&usual] { return spark::ParseProperties(usual).ok(); });
  Measure("read 1 MiB of the shortest entries",
          [&short_lines] { return spark::ParseProperties(short_lines).ok(); });
  const muster::api::Pod driver = MakeDriver();
  std::map<std::string, muster::api::ConfigMap> config_maps;
  config_maps["conf"].data["spark.properties"] = usual;
  Measure("shape of a driver with 1 MiB of properties",
          [&] { return spark::ComputeShape(driver, config_maps).ok(); });
  return 0;
}
