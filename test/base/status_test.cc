#include "scheduler/base/status.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "scheduler/base/check.h"

namespace muster {
namespace {

StatusOr<std::string> Give(bool works) {
  if (!works) return NotFoundError("no text");
  return std::string("text");
}

Status Use(bool works, std::string& out) {
  MUSTER_ASSIGN_OR_RETURN(out, Give(works));
  MUSTER_RETURN_IF_ERROR(OkStatus());
  return OkStatus();
}

TEST(Status, AnnotateKeepsTheCodeAndPrefixesTheMessage) {
  const Status status = Annotate(NotFoundError("no such key"), "spark.properties");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MessageOf(status), "spark.properties: no such key");
  EXPECT_TRUE(Annotate(OkStatus(), "anything").ok());
}

TEST(Status, TheMacrosHandOnValuesAndErrors) {
  std::string text;
  EXPECT_TRUE(Use(true, text).ok());
  EXPECT_EQ(text, "text");
  EXPECT_EQ(MessageOf(Use(false, text)), "no text");
}

TEST(CheckDeathTest, ABrokenInvariantStopsTheProcessWithItsReason) {
  EXPECT_DEATH(MUSTER_CHECK(1 + 1 == 3, "sums are wrong"), "1 \\+ 1 == 3.*sums are wrong");
}

}  // namespace
}  // namespace muster
