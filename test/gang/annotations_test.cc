#include "scheduler/gang/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muster::gang {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kLevels{"zone", "rack"};

StatusOr<Settings> Read(const api::StringMap& annotations, std::int64_t executors = 1,
                        bool exchanges_little = false) {
  return ReadSettings(annotations, {executors, exchanges_little, kLevels});
}

std::string RefusalOf(const std::string& key, const std::string& value) {
  return std::string(MessageOf(Read({{"muster.dev/" + key, value}}).status()));
}

std::optional<std::int64_t> MinOf(const std::string& value) {
  const auto settings = Read({{"muster.dev/min-executors", value}}, 30);
  return settings.ok() ? settings->executors_min : std::nullopt;
}

TEST(Settings, WithoutAnnotationsNothingIsAsked) {
  const auto settings = Read({{"example.com/other", "x"}}, 30);
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->executors_min, std::nullopt);
  EXPECT_EQ(settings->gang_timeout, std::nullopt);
}

TEST(Settings, TheMinimumIsANumberOrAPercentageRoundedUp) {
  EXPECT_EQ(MinOf("12"), 12);
  EXPECT_EQ(MinOf("0"), 0);
  EXPECT_EQ(MinOf("30"), 30);
  EXPECT_EQ(MinOf("50%"), 15);
  EXPECT_EQ(MinOf("51%"), 16);  // 15.3
  EXPECT_EQ(MinOf("0%"), 0);
  EXPECT_EQ(MinOf("100%"), 30);
}

TEST(Settings, AValueThatDoesNotParseIsRefusedWithItsKeyAndWhatIsAllowed) {
  for (const char* value :
       {"", "-1", "31", "1.5", "101%", "%", "all", " 5", "5 ", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(MinOf(value), std::nullopt) << value;
  }
  const auto refused = Read({{"muster.dev/min-executors", "many"}}, 30);
  EXPECT_THAT(std::string(MessageOf(refused.status())),
              ::testing::AllOf(::testing::HasSubstr("muster.dev/min-executors=many"),
                               ::testing::HasSubstr("from 0 to 30")));
}

TEST(Settings, TheTimeoutIsADuration) {
  EXPECT_EQ(Read({{"muster.dev/gang-timeout", "90s"}}, 1)->gang_timeout, Duration(90s));
  for (const char* value : {"", "0s", "-5m", "soon", "5"}) {
    EXPECT_FALSE(Read({{"muster.dev/gang-timeout", value}}, 1).ok()) << value;
  }
}

TEST(Settings, WithoutAnnotationsAGangIsPackedAndHeavy) {
  const auto packing = Read({})->packing;
  EXPECT_EQ(packing.mode, topology::PlacementMode::kPack);
  EXPECT_EQ(packing.shuffle, topology::Shuffle::kHeavy);
  EXPECT_FALSE(packing.topology.has_value());
  EXPECT_FALSE(packing.executors_per_node_max.has_value());
}

TEST(Settings, HowItIsPackedIsRead) {
  const auto packing = Read({{"muster.dev/placement", "spread"},
                             {"muster.dev/topology", "required:rack"},
                             {"muster.dev/max-executors-per-node", "4"},
                             {"muster.dev/shuffle", "light"}})
                           ->packing;
  EXPECT_EQ(packing.mode, topology::PlacementMode::kSpread);
  EXPECT_EQ(packing.topology->label, "rack");
  EXPECT_TRUE(packing.topology->is_required);
  EXPECT_EQ(packing.executors_per_node_max, 4);
  EXPECT_EQ(packing.shuffle, topology::Shuffle::kLight);
  EXPECT_FALSE(Read({{"muster.dev/topology", "preferred:zone"}})->packing.topology->is_required);
  EXPECT_EQ(Read({{"muster.dev/placement", "none"}})->packing.mode, topology::PlacementMode::kNone);
}

TEST(Settings, AShuffleIsHeavyUnlessItsFilesAreKeptElsewhereOrItSaysSo) {
  using topology::Shuffle;
  EXPECT_EQ(Read({}, 1, true)->packing.shuffle, Shuffle::kLight);
  EXPECT_EQ(Read({{"muster.dev/shuffle", "auto"}}, 1, true)->packing.shuffle, Shuffle::kLight);
  EXPECT_EQ(Read({{"muster.dev/shuffle", "auto"}}, 1, false)->packing.shuffle, Shuffle::kHeavy);
  EXPECT_EQ(Read({{"muster.dev/shuffle", "heavy"}}, 1, true)->packing.shuffle, Shuffle::kHeavy);
}

TEST(Settings, AWrongWishOfPackingIsRefusedAndSaysWhatIsAllowed) {
  EXPECT_EQ(RefusalOf("placement", "Pack"),
            "annotation muster.dev/placement=Pack: pack, spread or none is allowed");
  EXPECT_EQ(RefusalOf("shuffle", ""),
            "annotation muster.dev/shuffle=: heavy, light or auto is allowed");
  EXPECT_EQ(RefusalOf("topology", "required:host"),
            "annotation muster.dev/topology=required:host: required:LABEL or preferred:LABEL with "
            "a label of topologyLevels (zone, rack) is allowed");
  for (const char* value : {"", "zone", "required:", "required: zone", "Required:zone"}) {
    EXPECT_NE(RefusalOf("topology", value), "") << value;
  }
  EXPECT_EQ(RefusalOf("max-executors-per-node", "0"),
            "annotation muster.dev/max-executors-per-node=0: a whole number from 1 to 1000000 is "
            "allowed");
  for (const char* value : {"", "-1", "1.5", " 1", "1000001", "many"}) {
    EXPECT_NE(RefusalOf("max-executors-per-node", value), "") << value;
  }
}

}  // namespace
}  // namespace muster::gang
