#include "bench/growth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace muster::bench {
namespace {

// Rates are not judged here: the machine may be busy.
class GrowthTest : public ::testing::Test {
 protected:
  int Run(const std::string& limits) {
    GrowthOptions options{.nodes_max = 1000, .rounds = 1, .json = true};
    if (!limits.empty()) {
      options.thresholds_file = ::testing::TempDir() + "thresholds.json";
      std::ofstream(options.thresholds_file) << limits;
    }
    out_.str("");
    errors_.str("");
    return RunGrowth(options, out_, errors_);
  }

  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(GrowthTest, EverySizeAndFillIsMeasured) {
  ASSERT_EQ(Run(""), 0);
  const nlohmann::json rows = nlohmann::json::parse(out_.str()).at("rows");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("nodes"), 1000);
  EXPECT_GT(rows[0].at("gangsPlaced").get<int>(), 100);
  EXPECT_GT(rows[1].at("gangsPlaced").get<int>(), 5) << "there is room at 95 %, too";
  EXPECT_GT(rows[0].at("podsPerSecond").get<double>(), 0);
}

TEST_F(GrowthTest, AThresholdThatIsBrokenIsAnAnswerAndOneThatHoldsIsNot) {
  const auto limits = [](const char* most) {
    return std::string(R"({"limits": [{"nodes": 1000, "fill": 0.5, "figure": )") +
           R"("yardsticksPerMillionPods", "most": )" + most + "}]}";
  };
  EXPECT_EQ(Run(limits("1e9")), 0);
  EXPECT_EQ(Run(limits("1e-9")), 1);
  EXPECT_THAT(errors_.str(), ::testing::HasSubstr("BROKEN  1000 nodes, fill 0.5"));
}

TEST_F(GrowthTest, ThresholdsThatAreNotJsonAreSaidSo) {
  EXPECT_EQ(Run("{"), 3);
  EXPECT_THAT(errors_.str(), ::testing::HasSubstr("cannot be read as JSON"));
}

}  // namespace
}  // namespace muster::bench
