#include "scheduler/model/image_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace muster::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using OnNode = ImageTable::OnNode;

TEST(ImageTable, ItFollowsWhatNodesReport) {
  ImageTable table;
  table.Set(3, {{{"app:1", "app@sha256:1"}, {100}}, {{"base:1"}, {50}}});
  table.Set(1, {{{"app:1"}, {90}}});
  EXPECT_THAT(table.NodesWith("app:1"), ElementsAre(OnNode{1, {90}}, OnNode{3, {100}}));
  EXPECT_THAT(table.NodesWith("app@sha256:1"), ElementsAre(OnNode{3, {100}}));
  table.Set(3, {{{"app:1"}, {110}}, {{"app:2"}, {120}}});
  EXPECT_THAT(table.NodesWith("app:1"), ElementsAre(OnNode{1, {90}}, OnNode{3, {110}}));
  EXPECT_THAT(table.NodesWith("base:1"), IsEmpty());
  EXPECT_THAT(table.NodesWith("never:seen"), IsEmpty());
}

TEST(ImageTable, ImagesThatNoNodeHasAreForgotten) {
  ImageTable table;
  for (int i = 0; i < 1000; ++i) {
    table.Set(0, {{{"app:" + std::to_string(i)}, {1}}});
    table.Set(1, {{{"app:" + std::to_string(i % 2)}, {1}}});
  }
  EXPECT_EQ(table.ImageCount(), 2U);  // app:999 on 0, app:1 on 1
  table.Set(0, {});
  table.Set(1, {});
  EXPECT_EQ(table.ImageCount(), 0U);
}

TEST(ImageTable, ASizeThatCannotBeIsBounded) {
  ImageTable table;
  table.Set(0, {{{"huge:1", "huge:1"}, {INT64_MAX}}, {{"less:1"}, {-5}}});
  EXPECT_THAT(table.NodesWith("huge:1"), ElementsAre(OnNode{0, {std::int64_t{1} << 50}}));
  EXPECT_THAT(table.NodesWith("less:1"), ElementsAre(OnNode{0, {0}}));
}

}  // namespace
}  // namespace muster::model
