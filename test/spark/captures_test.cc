#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/pod_requests.h"
#include "scheduler/spark/shape.h"

// Predicts the executors of applications that real Spark ran, from the driver pod and the
// ConfigMaps alone, and compares with the executor pod that the API server showed.
namespace muster::spark {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

json ReadJson(const fs::path& path) {
  auto parsed = api::ParseJson(ReadFile(path), 8 << 20);
  EXPECT_TRUE(parsed.ok()) << path << ": " << parsed.status();
  return parsed.ok() ? *std::move(parsed) : json::object();
}

api::Pod ReadPod(const fs::path& path) {
  const StatusOr<api::Pod> pod = api::DecodePod(ReadJson(path));
  EXPECT_TRUE(pod.ok()) << path << ": " << pod.status();
  return pod.value_or(api::Pod());
}

std::map<std::string, api::ConfigMap> ReadConfigMaps(const fs::path& path) {
  std::map<std::string, api::ConfigMap> config_maps;
  const json list = ReadJson(path);
  for (const json& item : list.at("items")) {
    const StatusOr<api::ConfigMap> config_map = api::DecodeConfigMap(item);
    EXPECT_TRUE(config_map.ok()) << path << ": " << config_map.status();
    if (config_map.ok()) config_maps[config_map->metadata.name] = *config_map;
  }
  return config_maps;
}

/// The number of executors that the application asked for, and not those that were still to come.
std::int64_t ReadCount(const fs::path& path) {
  constexpr std::string_view kLine = "expected total instances: ";
  const std::string text = ReadFile(path);
  const std::size_t at = text.find(kLine);
  EXPECT_NE(at, text.npos) << path;
  return at == text.npos ? -1 : std::stoll(text.substr(at + kLine.size()));
}

/// Admission adds these to every pod of the cluster.
bool IsFromAdmission(const api::Toleration& toleration) {
  return toleration.key == "node.kubernetes.io/not-ready" ||
         toleration.key == "node.kubernetes.io/unreachable";
}

json Containers(const json& spec, const char* key) {
  json shown = json::array();
  for (const json& container : spec.value(key, json::array())) {
    shown.push_back({{"name", container.at("name")},
                     {"resources", container.value("resources", json::object())},
                     {"ports", container.value("ports", json())},
                     {"restartPolicy", container.value("restartPolicy", "")}});
  }
  return shown;
}

/// What a scheduler looks at.
json Essence(api::Pod pod, bool is_client_mode) {
  std::erase_if(pod.spec.tolerations, IsFromAdmission);
  // The number of the executor is the only label that is not the same for all of them.
  pod.metadata.labels.erase("spark-exec-id");
  if (is_client_mode) {
    // The driver makes up its id when it starts, and its own pod does not name Spark's version.
    pod.metadata.labels.erase("spark-app-selector");
    pod.metadata.labels.erase("spark-version");
  }
  const json encoded = api::EncodePod(pod);
  const json& spec = encoded.at("spec");
  json essence = {{"requests", api::EncodeResourceList(api::EffectiveRequests(pod.spec))},
                  {"containers", Containers(spec, "containers")},
                  {"initContainers", Containers(spec, "initContainers")},
                  {"labels", pod.metadata.labels},
                  {"annotations", pod.metadata.annotations},
                  {"namespace", pod.metadata.namespace_name}};
  std::erase_if(pod.spec.volumes, [](const api::Volume& volume) {
    // Scheduling does not look at these, and Spark and the API server add some of their own.
    return volume.type == api::VolumeType::kOther || volume.type == api::VolumeType::kConfigMap;
  });
  essence["volumes"] = api::EncodePod(pod).at("spec").value("volumes", json());
  for (const char* key :
       {"nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName",
        "preemptionPolicy", "schedulerName", "runtimeClassName", "schedulingGates",
        "resourceClaims", "hostNetwork", "overhead", "resources", "nodeName"}) {
    essence[key] = spec.value(key, json());
  }
  return essence;
}

std::vector<fs::path> FindCaptures() {
  std::vector<fs::path> captures;
  const fs::path root = MUSTER_SPARK_CAPTURES;
  if (!fs::is_directory(root)) return captures;
  for (const auto& release : fs::directory_iterator(root)) {
    if (!release.is_directory()) continue;
    for (const auto& capture : fs::directory_iterator(release)) captures.push_back(capture);
  }
  std::sort(captures.begin(), captures.end());
  return captures;
}

/// Compares one capture and returns its line of the table.
std::string Compare(const fs::path& capture) {
  const api::Pod driver = ReadPod(capture / "driver-pod.json");
  const auto config_maps = ReadConfigMaps(capture / "configmaps.json");

  const auto needed = RequiredConfigMaps(driver, config_maps);
  EXPECT_TRUE(needed.ok()) << needed.status();
  if (!needed.ok()) return "no ConfigMaps";
  std::map<std::string, api::ConfigMap> only_needed;
  for (const std::string& name : *needed) only_needed[name] = config_maps.at(name);

  const StatusOr<Shape> shape = ComputeShape(driver, only_needed);
  EXPECT_TRUE(shape.ok()) << shape.status();
  if (!shape.ok()) return "no shape";
  EXPECT_TRUE(shape->unknown.empty());
  EXPECT_EQ(shape->executor_sets.size(), 1u);
  const ExecutorSet& predicted = shape->executor_sets.at(0);
  const std::int64_t count = ReadCount(capture / "executors.txt");
  EXPECT_EQ(predicted.count, count);

  const bool is_client_mode = KindOfDriver(driver) == DriverKind::kClientMode;
  const api::Pod executor = ReadPod(capture / "executor-pod.json");
  const json expected = Essence(executor, is_client_mode);
  const json actual = Essence(predicted.pod, is_client_mode);
  for (const auto& [key, value] : expected.items()) EXPECT_EQ(actual.at(key), value) << key;

  const bool matches = actual == expected && predicted.count == count;
  std::string line = matches ? "match     " : "DIFFERENT ";
  line += is_client_mode ? "client mode  " : "cluster mode ";
  line += std::to_string(predicted.count) + " executors of " + actual.at("requests").dump();
  return line;
}

TEST(SparkCaptures, EveryExecutorIsPredictedAsSparkCreatedIt) {
  const std::vector<fs::path> captures = FindCaptures();
  if (captures.empty()) {
    std::cout << "no captures at " << MUSTER_SPARK_CAPTURES << ": nothing was compared\n";
    GTEST_SKIP();
  }
  for (const fs::path& capture : captures) {
    const std::string name =
        capture.parent_path().filename().string() + "/" + capture.filename().string();
    SCOPED_TRACE(name);
    const std::string line = Compare(capture);
    std::cout << name << std::string(name.size() < 44 ? 44 - name.size() : 1, ' ') << line << "\n";
  }
}

}  // namespace
}  // namespace muster::spark
