// The demo tells the story that the README promises.

#include "bench/demo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace muster::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Demo(const DemoOptions& options) {
  std::ostringstream out;
  EXPECT_EQ(RunDemo(options, out), 0) << "seed " << options.seed;
  return out.str();
}

TEST(Demo, DeadlocksPodByPodAndFinishesEverythingUnderMuster) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::string text = Demo({.seed = seed, .has_colours = false});
    EXPECT_THAT(text, HasSubstr("STUCK")) << "seed " << seed;
    EXPECT_THAT(text, HasSubstr("ADMITTED")) << "seed " << seed;
    EXPECT_THAT(text, HasSubstr("nodes are available")) << "seed " << seed;
    EXPECT_THAT(text, Not(HasSubstr("violation"))) << "seed " << seed;
  }
}

TEST(Demo, IsTheSameEveryTime) { EXPECT_EQ(Demo({.seed = 7}), Demo({.seed = 7})); }

TEST(Demo, HasColoursOnlyWhenAsked) {
  EXPECT_THAT(Demo({.has_colours = false}), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(Demo({.has_colours = true}), HasSubstr("\x1b["));
}

}  // namespace
}  // namespace muster::bench
