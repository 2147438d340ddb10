#include "plugins/dynamic_resources/dynamic_resources.h"

#include <gtest/gtest.h>

#include "test/plugins/filter_world.h"

namespace muster::plugins {
namespace {

using muster::testing::FilterWorld;
using muster::testing::LabelledPod;

using Capacities = std::map<std::string, std::int64_t>;
using Reasons = std::map<std::string, std::string>;

TEST(DynamicResources, APodWithClaimsIsRefusedEverywhereByTheirNames) {
  FilterWorld world(MakeDynamicResources());
  world.AddNode("a", {});
  api::Pod pod = LabelledPod({});
  EXPECT_TRUE(world.HasNothingToSay(pod));
  pod.spec.resource_claims = {{"gpu", "", "one-gpu"}, {"fpga", "shared", ""}};
  EXPECT_EQ(world.Capacities(pod), (Capacities{{"a", 0}}));
  EXPECT_EQ(world.Reasons(pod),
            (Reasons{{"a",
                      "pod needs resource claims (gpu, fpga), which Muster does not allocate "
                      "(final)"}}));
}

}  // namespace
}  // namespace muster::plugins
