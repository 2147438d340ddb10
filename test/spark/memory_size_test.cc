#include "scheduler/spark/memory_size.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::spark {
namespace {

std::int64_t Parse(std::string_view text, SizeUnit unit = SizeUnit::kMebibytes) {
  const StatusOr<std::int64_t> size = ParseMebibytes(text, unit);
  EXPECT_TRUE(size.ok()) << text;
  return size.value_or(-1);
}

TEST(MemorySize, EverySuffixIsBinary) {
  EXPECT_EQ(Parse("1048576b"), 1);
  EXPECT_EQ(Parse("2048k"), 2);
  EXPECT_EQ(Parse("2048kb"), 2);
  EXPECT_EQ(Parse("512m"), 512);
  EXPECT_EQ(Parse("512mb"), 512);
  EXPECT_EQ(Parse("4g"), 4096);
  EXPECT_EQ(Parse("4gb"), 4096);
  EXPECT_EQ(Parse("1t"), 1 << 20);
  EXPECT_EQ(Parse("1tb"), 1 << 20);
  EXPECT_EQ(Parse("1p"), 1 << 30);
  EXPECT_EQ(Parse("1pb"), 1 << 30);
}

TEST(MemorySize, CaseAndSurroundingBlanksDoNotMatter) {
  EXPECT_EQ(Parse(" 4G "), 4096);
  EXPECT_EQ(Parse("\t512MB\n"), 512);
}

TEST(MemorySize, WithoutASuffixTheEntrysOwnUnitCounts) {
  EXPECT_EQ(Parse("2048", SizeUnit::kMebibytes), 2048);
  EXPECT_EQ(Parse("2097152", SizeUnit::kBytes), 2);
  EXPECT_EQ(Parse("0"), 0);
}

TEST(MemorySize, IsRoundedDown) {
  EXPECT_EQ(Parse("1500k"), 1);
  EXPECT_EQ(Parse("1048575b"), 0);
  EXPECT_EQ(Parse("4194303", SizeUnit::kBytes), 3);
}

TEST(MemorySize, RefusesEverythingElseAndSaysWhatIsAllowed) {
  for (const std::string_view text :
       {"", " ", "1.5g", "-1g", "+1g", "g", "4Gi", "4 g", "1e3", "4gg", "4x", "0x10", "4g4"}) {
    const StatusOr<std::int64_t> size = ParseMebibytes(text, SizeUnit::kMebibytes);
    ASSERT_FALSE(size.ok()) << text;
    EXPECT_NE(MessageOf(size.status()).find("such as 512m or 4g"), std::string_view::npos);
  }
}

TEST(MemorySize, RefusesWhatDoesNotFit63BitsOfBytes) {
  EXPECT_EQ(Parse("8191p"), 8191LL << 30);
  EXPECT_EQ(Parse("9223372036854775807b"), 8796093022207);
  for (const std::string_view text :
       {"8192p", "8388608t", "9223372036854775807k", "9223372036854775808b", "8796093022208",
        "99999999999999999999999999999999"}) {
    EXPECT_FALSE(ParseMebibytes(text, SizeUnit::kMebibytes).ok()) << text;
  }
  EXPECT_FALSE(ParseMebibytes(std::string(1 << 20, '1'), SizeUnit::kMebibytes).ok());
}

}  // namespace
}  // namespace muster::spark
