#include "scheduler/model/priority_class_table.h"

#include <gtest/gtest.h>

namespace muster::model {
namespace {

api::PriorityClass Class(const std::string& name, std::int32_t value, bool is_default = false) {
  api::PriorityClass made;
  made.metadata.name = name;
  made.value = value;
  made.global_default = is_default;
  return made;
}

TEST(PriorityClassTable, AClassHasItsValueUntilItIsGone) {
  PriorityClassTable table;
  table.Upsert(Class("high", 1000));
  EXPECT_EQ(table.PriorityOf("high"), 1000);
  EXPECT_EQ(table.PriorityOf("low"), std::nullopt);
  table.Remove("high");
  EXPECT_EQ(table.PriorityOf("high"), std::nullopt);
}

TEST(PriorityClassTable, WithoutANameTheLowestDefaultCountsOrZero) {
  PriorityClassTable table;
  table.Upsert(Class("high", 1000));
  EXPECT_EQ(table.PriorityOf(""), 0);
  table.Upsert(Class("usual", 70, true));
  table.Upsert(Class("batch", -20, true));
  EXPECT_EQ(table.PriorityOf(""), -20);
}

}  // namespace
}  // namespace muster::model
