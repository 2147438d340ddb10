#include <gtest/gtest.h>

#include "scheduler/spark/shape.h"
#include "test/spark/client_fixture.h"
#include "test/spark/driver_fixture.h"

namespace muster::spark {
namespace {

api::Pod MakeExecutor(const std::string& host, const std::string& application = "spark-9") {
  api::Pod pod;
  pod.metadata.namespace_name = "jobs";
  pod.metadata.labels = {{"spark-role", "executor"}, {"spark-app-selector", application}};
  api::Container container;
  container.environment["SPARK_DRIVER_URL"] = "spark://CoarseGrainedScheduler@" + host + ":7078";
  pod.spec.containers.push_back(container);
  return pod;
}

TEST(NamesDriver, ByThePodsAddress) {
  const api::Pod driver = MakeClientDriver({"a"});
  EXPECT_TRUE(NamesDriver(MakeExecutor("10.1.2.3"), driver));
  EXPECT_TRUE(NamesDriver(MakeExecutor("10-1-2-3.jobs.pod"), driver));
  EXPECT_TRUE(NamesDriver(MakeExecutor("10-1-2-3.jobs.pod.cluster.local"), driver));
  EXPECT_FALSE(NamesDriver(MakeExecutor("10.1.2.30"), driver));
  EXPECT_FALSE(NamesDriver(MakeExecutor("10-1-2-3.jobs.podium"), driver));
}

TEST(NamesDriver, ByAnAddressOfIpVersion6) {
  api::Pod driver = MakeClientDriver({"a"});
  driver.status.pod_ip = "fd00::7";
  EXPECT_TRUE(NamesDriver(MakeExecutor("[fd00::7]"), driver));
  EXPECT_TRUE(NamesDriver(MakeExecutor("fd00--7.jobs.pod"), driver));
}

TEST(NamesDriver, ByTheConfiguredHost) {
  const api::Pod executor = MakeExecutor("etl-svc.jobs.svc");
  EXPECT_TRUE(NamesDriver(executor,
                          MakeClientDriver({"--conf", "spark.driver.host=etl-svc.jobs.svc", "a"})));
  EXPECT_TRUE(NamesDriver(executor, MakeClientDriver({"a"}), "etl-svc.jobs.svc"));
  EXPECT_FALSE(NamesDriver(executor, MakeClientDriver({"a"}), "etl-svc"));
  EXPECT_FALSE(NamesDriver(MakeExecutor("$(H)"),
                           MakeClientDriver({"--conf", "spark.driver.host=$(H)", "a"})));
}

TEST(NamesDriver, ByTheApplicationsId) {
  const api::Pod driver = MakeClientDriver({"--conf", "spark.app.id=spark-9", "a"});
  EXPECT_TRUE(NamesDriver(MakeExecutor("elsewhere"), driver));
  EXPECT_FALSE(NamesDriver(MakeExecutor("10.1.2.3", "spark-8"), driver));
}

TEST(NamesDriver, InClusterModeByTheApplicationsIdAlone) {
  api::Pod driver = MakeDriver();
  EXPECT_TRUE(NamesDriver(MakeExecutor("x", "spark-1"), driver));
  driver.status.pod_ip = "10.1.2.3";
  EXPECT_FALSE(NamesDriver(MakeExecutor("10.1.2.3", "spark-2"), driver));
}

TEST(NamesDriver, NotInDoubt) {
  const api::Pod executor = MakeExecutor("10.1.2.3");
  api::Pod driver = MakeClientDriver({"a"});
  api::Pod other = executor;
  other.metadata.namespace_name = "other";
  EXPECT_FALSE(NamesDriver(other, driver)) << "another namespace";
  other = executor;
  other.metadata.owner_references.push_back({"v1", "Pod", "x", "u9", true});
  EXPECT_FALSE(NamesDriver(other, driver)) << "a pod controls it";
  other.metadata.owner_references[0].kind = "StatefulSet";
  EXPECT_TRUE(NamesDriver(other, driver));
  other.metadata.labels.clear();
  EXPECT_FALSE(NamesDriver(other, driver)) << "not an executor";
  driver.spec.host_network = true;
  EXPECT_FALSE(NamesDriver(executor, driver)) << "the address is the node's";
  driver.spec.host_network = false;
  driver.status.phase = "Succeeded";
  EXPECT_FALSE(NamesDriver(executor, driver)) << "it is over";
  EXPECT_FALSE(NamesDriver(MakeExecutor(""), MakeClientDriver({"a"}))) << "no host";
  EXPECT_FALSE(NamesDriver(executor, api::Pod())) << "no driver";
}

}  // namespace
}  // namespace muster::spark
