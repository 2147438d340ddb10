#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "scheduler/spark/shape.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

/// "map/key", or "none".
std::string Find(const api::Pod& driver, const std::string& path) {
  const std::optional<ConfigMapFile> file = FindMountedFile(driver, path);
  return file ? file->config_map + "/" + file->key : "none";
}

TEST(MountedFile, IsFoundThroughTheItemsOfItsVolume) {
  EXPECT_EQ(Find(MakeDriver(), kTemplatePath), "pi-podspec/podspec-configmap-key");
  EXPECT_EQ(Find(MakeDriver(), "/opt/spark/conf/spark.properties"), "pi-conf/spark.properties");
}

TEST(MountedFile, WithoutItemsEveryKeyIsAFile) {
  api::Pod driver = MakeDriver();
  driver.spec.volumes[0].items.clear();
  EXPECT_EQ(Find(driver, "/opt/spark/pod-template/any-key"), "pi-podspec/any-key");
  EXPECT_EQ(Find(driver, "/opt/spark/pod-template/a/b"), "none");
}

TEST(MountedFile, WhatNoConfigMapCoversIsNotFound) {
  EXPECT_EQ(Find(MakeDriver(), "/opt/spark/conf/other"), "none");
  EXPECT_EQ(Find(MakeDriver(), "/opt/spark/conf"), "none");
  EXPECT_EQ(Find(MakeDriver(), "/opt/spark/conf-more/spark.properties"), "none");
  EXPECT_EQ(Find(MakeDriver(), "/var/data/file"), "none");
  EXPECT_EQ(Find(MakeDriver(), "relative"), "none");
  EXPECT_EQ(Find(MakeDriver(), ""), "none");
  EXPECT_EQ(Find(api::Pod(), kTemplatePath), "none");
}

TEST(MountedFile, TheInnermostMountHidesTheOthers) {
  api::Pod driver = MakeDriver();
  driver.spec.containers[0].volume_mounts.push_back({"data", "/opt/spark/conf/inner/", ""});
  EXPECT_EQ(Find(driver, "/opt/spark/conf/inner/spark.properties"), "none");
  driver.spec.containers[0].volume_mounts.push_back({"pod-template-volume", "/", ""});
  EXPECT_EQ(Find(driver, "/opt/spark/conf/spark.properties"), "pi-conf/spark.properties");
  EXPECT_EQ(Find(driver, "/pod-spec-template.yml"), "pi-podspec/podspec-configmap-key");
}

TEST(MountedFile, ASubPathIsTheFileItself) {
  api::Pod driver = MakeDriver();
  driver.spec.containers[0].volume_mounts[1] = {"spark-conf-volume-driver", "/etc/my.conf",
                                                "spark.properties"};
  EXPECT_EQ(Find(driver, "/etc/my.conf"), "pi-conf/spark.properties");
}

TEST(PropertiesFile, IsNamedByTheDriversArguments) {
  const auto file = FindPropertiesFile(MakeDriver());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->config_map, "pi-conf");
  EXPECT_EQ(file->key, "spark.properties");
}

TEST(PropertiesFile, MayBeNamedInOneArgumentOrInTheCommand) {
  api::Pod driver = MakeDriver();
  driver.spec.containers[0].args = {"driver", "--properties-file=/opt/spark/conf/spark.properties"};
  EXPECT_TRUE(FindPropertiesFile(driver).ok());
  std::swap(driver.spec.containers[0].args, driver.spec.containers[0].command);
  EXPECT_TRUE(FindPropertiesFile(driver).ok());
}

TEST(PropertiesFile, IsLookedForInEveryContainer) {
  api::Pod driver = MakeDriver();
  driver.spec.containers.insert(driver.spec.containers.begin(), api::Container());
  EXPECT_TRUE(FindPropertiesFile(driver).ok());
}

TEST(PropertiesFile, IsNotFoundWithoutArgumentOrConfigMap) {
  api::Pod driver = MakeDriver();
  driver.spec.volumes.clear();
  EXPECT_EQ(MessageOf(FindPropertiesFile(driver).status()),
            "no ConfigMap volume of pod jobs/pi-driver provides its properties file "
            "/opt/spark/conf/spark.properties");
  driver.spec.containers[0].args = {"driver", "--properties-file"};
  const Status status = FindPropertiesFile(driver).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MessageOf(status),
            "no container of pod jobs/pi-driver has the argument --properties-file");
}

TEST(RequiredConfigMaps, GrowWithWhatIsKnown) {
  const api::Pod driver = MakeDriver();
  using Names = std::vector<std::string>;
  EXPECT_EQ(*RequiredConfigMaps(driver, {}), (Names{"pi-conf"}));
  EXPECT_EQ(*RequiredConfigMaps(driver, MakeConfigMaps("a=b")), (Names{"pi-conf"}));
  EXPECT_EQ(*RequiredConfigMaps(driver, MakeConfigMaps(kTemplateProperty)),
            (Names{"pi-conf", "pi-podspec"}));
}

TEST(Roles, AreReadFromBothLabels) {
  api::Pod pod = MakeDriver();
  EXPECT_TRUE(IsDriver(pod));
  EXPECT_FALSE(IsExecutor(pod));
  pod.metadata.labels["spark-role"] = "executor";
  EXPECT_FALSE(IsDriver(pod));
  EXPECT_TRUE(IsExecutor(pod));
  pod.metadata.labels.erase("spark-app-selector");
  EXPECT_FALSE(IsExecutor(pod));
}

}  // namespace
}  // namespace muster::spark
