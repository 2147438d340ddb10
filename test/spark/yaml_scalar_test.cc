#include "scheduler/spark/yaml_scalar.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace muster::spark {
namespace {

std::string Resolve(const std::string& text) { return ResolvePlainScalar(text).dump(); }

TEST(YamlScalar, KnowsNullAndBooleans) {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) EXPECT_EQ(Resolve(text), "null");
  for (const char* text : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    EXPECT_EQ(Resolve(text), "true") << text;
  }
  for (const char* text : {"false", "no", "No", "OFF", "Off"}) {
    EXPECT_EQ(Resolve(text), "false") << text;
  }
}

TEST(YamlScalar, KnowsNumbers) {
  EXPECT_EQ(Resolve("0"), "0");
  EXPECT_EQ(Resolve("42"), "42");
  EXPECT_EQ(Resolve("-7"), "-7");
  EXPECT_EQ(Resolve("+7"), "7");
  EXPECT_EQ(Resolve("0x1F"), "31");
  EXPECT_EQ(Resolve("0o17"), "15");
  EXPECT_EQ(Resolve("0644"), "420");
  EXPECT_EQ(Resolve("0b11"), "3");
  EXPECT_EQ(Resolve("1_000"), "1000");
  EXPECT_EQ(Resolve("0.1"), "0.1");
  EXPECT_EQ(Resolve(".5"), "0.5");
  EXPECT_EQ(Resolve("1e3"), "1000.0");
  EXPECT_EQ(Resolve("-1.5E-3"), "-0.0015");
  EXPECT_EQ(Resolve("99999999999999999999"), "1e+20");
}

TEST(YamlScalar, EverythingElseIsText) {
  for (const char* text :
       {"nULL", "tRUE",  "y",          "n",    "1Gi",   "500m", "1.2.3", "-",   "--1",
        "+",    ".",     "1:30",       ".inf", "-.inf", ".nan", "inf",   "nan", "0x",
        "0xG",  "1e999", "2026-01-31", "a b",  "e",     "1-2",  "<<"}) {
    EXPECT_EQ(Resolve(text), '"' + std::string(text) + '"');
  }
  const std::string many_digits(1 << 16, '1');
  EXPECT_EQ(Resolve(many_digits), '"' + many_digits + '"');
}

}  // namespace
}  // namespace muster::spark
