#include "scheduler/spark/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::spark {
namespace {

TEST(Utf8, FindsTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(FindInvalidUtf8(""), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("a\u00e9\u20ac\U0001F600\U0010FFFF"), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("ab\xff"), 2u);
  EXPECT_EQ(FindInvalidUtf8("\x80"), 0u);
  EXPECT_EQ(FindInvalidUtf8("a\xC3"), 1u);             // cut short
  EXPECT_EQ(FindInvalidUtf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(FindInvalidUtf8("\xE0\x80\x80"), 0u);      // overlong
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0u);      // a surrogate
  EXPECT_EQ(FindInvalidUtf8("\xF0\x80\x80\x80"), 0u);  // overlong
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
  EXPECT_EQ(FindInvalidUtf8("\xF8\x88\x80\x80"), 0u);
}

TEST(Utf8, WritesEveryLengthOfCodePoint) {
  std::string text;
  for (const char32_t c : {U'a', U'\u00e9', U'\u20ac', U'\U0001F600'}) AppendUtf8(text, c);
  EXPECT_EQ(text, "a\u00e9\u20ac\U0001F600");
}

TEST(Utf8, WhatCannotBeWrittenBecomesTheReplacementCharacter) {
  std::string text;
  AppendUtf8(text, 0xD800);
  AppendUtf8(text, 0x110000);
  EXPECT_EQ(text, "\uFFFD\uFFFD");
}

TEST(Utf8, ShownTextIsShortAndReadable) {
  EXPECT_EQ(Shown("plain \u00e9"), "plain \u00e9");
  EXPECT_EQ(Shown("a\nb\tc\x7f"), "a?b?c?");
  EXPECT_EQ(Shown(std::string(1000, 'x')), std::string(64, 'x') + "...");
  EXPECT_EQ(Shown(std::string(63, 'x') + "\u00e9\u00e9"), std::string(63, 'x') + "...");
}

}  // namespace
}  // namespace muster::spark
