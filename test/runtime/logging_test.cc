#include "scheduler/runtime/logging.h"

#include <gtest/gtest.h>

namespace muster::runtime {
namespace {

TEST(FormatLogLine, AMessageCannotForgeASecondLine) {
  EXPECT_EQ(FormatLogLine("T", "info", "a\nb\x1b[31m \"q\"", LogFormat::kText),
            "T info a\\u000ab\\u001b[31m \"q\"\n");
}

TEST(FormatLogLine, JsonQuotesAndBackslashesAreEscaped) {
  EXPECT_EQ(FormatLogLine("T", "info", "\"a\\b\"\t", LogFormat::kJson),
            "{\"time\":\"T\",\"level\":\"info\",\"message\":\"\\\"a\\\\b\\\"\\u0009\"}\n");
}

}  // namespace
}  // namespace muster::runtime
