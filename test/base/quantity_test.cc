#include "scheduler/base/quantity.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace muster {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

Quantity Q(std::string_view text) {
  const StatusOr<Quantity> quantity = Quantity::Parse(text);
  EXPECT_TRUE(quantity.ok()) << text;
  return quantity.value_or(Quantity());
}

TEST(Quantity, ParsesEverySuffix) {
  EXPECT_EQ(Q("1").Value(), 1);
  EXPECT_EQ(Q("1k").Value(), 1000);
  EXPECT_EQ(Q("1M").Value(), 1'000'000);
  EXPECT_EQ(Q("1G").Value(), 1'000'000'000);
  EXPECT_EQ(Q("1T").Value(), 1'000'000'000'000);
  EXPECT_EQ(Q("1P").Value(), 1'000'000'000'000'000);
  EXPECT_EQ(Q("1E").Value(), 1'000'000'000'000'000'000);
  EXPECT_EQ(Q("1Ki").Value(), 1LL << 10);
  EXPECT_EQ(Q("1Mi").Value(), 1LL << 20);
  EXPECT_EQ(Q("1Gi").Value(), 1LL << 30);
  EXPECT_EQ(Q("1Ti").Value(), 1LL << 40);
  EXPECT_EQ(Q("1Pi").Value(), 1LL << 50);
  EXPECT_EQ(Q("1Ei").Value(), 1LL << 60);
  EXPECT_EQ(Q("250m").MilliValue(), 250);
}

TEST(Quantity, ParsesSignsPointsAndExponents) {
  EXPECT_EQ(Q("+2").Value(), 2);
  EXPECT_EQ(Q("-2").Value(), -2);
  EXPECT_EQ(Q(".5").MilliValue(), 500);
  EXPECT_EQ(Q("1.").Value(), 1);
  EXPECT_EQ(Q("1.5Gi").Value(), 3LL << 29);
  EXPECT_EQ(Q("0.1").MilliValue(), 100);
  EXPECT_EQ(Q("1e3").Value(), 1000);
  EXPECT_EQ(Q("1E3").Value(), 1000);
  EXPECT_EQ(Q("1e+3").Value(), 1000);
  EXPECT_EQ(Q("5e-1").MilliValue(), 500);
  EXPECT_EQ(Q("000000000000000000000000000000000000000000001").Value(), 1);
}

TEST(Quantity, RefusesWhatIsNotAQuantityAndSaysWhatIsAllowed) {
  for (const std::string_view text :
       {"",    " ",     " 1",   "1 ",  "1i",   "0.1mi", "1K",       "1KI", "1ki",
        "1mi", "abc",   "Pi",   "Ei",  "+Pi",  "e-10",  "1.1.1",    "1,5", "1e",
        "1e+", "1e1.5", "1Mi5", "--1", "0x10", "4gb",   "Infinity", "NaN"}) {
    const StatusOr<Quantity> quantity = Quantity::Parse(text);
    ASSERT_FALSE(quantity.ok()) << text;
    const std::string message(MessageOf(quantity.status()));
    EXPECT_NE(message.find("'" + std::string(text) + "'"), message.npos) << message;
    EXPECT_NE(message.find("Ki .. Ei"), message.npos) << message;
  }
}

TEST(Quantity, TakesNoDigitsForZeroWhereKubernetesDoes) {
  for (const std::string_view text : {"m", "-", "+", ".", "-.", "Ki", "Ti", ".Ki", "e3"}) {
    EXPECT_TRUE(Q(text).IsZero()) << text;
  }
}

TEST(Quantity, KeepsThirtyTwoBitsOfAnExponentOfSixtyFour) {
  EXPECT_EQ(Q("1e4294967297").Value(), 10);
  EXPECT_FALSE(Quantity::Parse("1e9223372036854775808").ok());
  EXPECT_FALSE(Quantity::Parse("1e99999999999999999999999").ok());
}

TEST(Quantity, QuotesOnlyTheBeginningOfLongBadInput) {
  const StatusOr<Quantity> quantity = Quantity::Parse(std::string(1 << 20, 'x'));
  ASSERT_FALSE(quantity.ok());
  EXPECT_LT(quantity.status().message().size(), 300u);
}

TEST(Quantity, RoundsUpAwayFromZero) {
  EXPECT_EQ(Q("1.1").Value(), 2);
  EXPECT_EQ(Q("-1.1").Value(), -2);
  EXPECT_EQ(Q("1m").Value(), 1);
  EXPECT_EQ(Q("1n").MilliValue(), 1);
  EXPECT_EQ(Q("1.0001").MilliValue(), 1001);
  EXPECT_EQ(Q("0.0000000001"), Q("1n"));
  EXPECT_EQ(Q("-0.0000000001"), Q("-1n"));
  EXPECT_EQ(Q("0.1Ki").Value(), 103);
  EXPECT_EQ(Q("1.00000000000000000000000000000000000001"), Q("1000000001n"));
}

TEST(Quantity, SaturatesInsteadOfOverflowing) {
  for (const std::string_view text :
       {"1e999999999", "9223372036854775808", "100E", "8Ei", "1024Ei",
        "99999999999999999999999999999999999999999999999999", "1e19"}) {
    EXPECT_EQ(Q(text).Value(), kLargest) << text;
    EXPECT_EQ(Q(text).MilliValue(), kLargest) << text;
    EXPECT_EQ(Q("-" + std::string(text)).Value(), -kLargest) << text;
  }
  EXPECT_EQ(Q("10P").MilliValue(), kLargest);
  EXPECT_EQ(Q("9223372036854775807").Value(), kLargest);
}

TEST(Quantity, HugeExponentsMeetTheirDigits) {
  EXPECT_EQ(Q("1e-999999999"), Q("1n"));
  EXPECT_EQ(Q("0e999999999"), Q("0"));
  EXPECT_EQ(Q("0." + std::string(2000, '0') + "1e2001").Value(), 1);
  EXPECT_EQ(Q("1" + std::string(2000, '0') + "e-2000").Value(), 1);
  EXPECT_EQ(Q(std::string(1 << 20, '9')).Value(), kLargest);
}

TEST(Quantity, PrintsTheCanonicalFormOfTheApiServer) {
  EXPECT_EQ(Q("1.5Gi").ToString(), "1536Mi");
  EXPECT_EQ(Q("1408Mi").ToString(), "1408Mi");
  EXPECT_EQ(Q("1024Mi").ToString(), "1Gi");
  EXPECT_EQ(Q("0.1").ToString(), "100m");
  EXPECT_EQ(Q("0.5").ToString(), "500m");
  EXPECT_EQ(Q("1000m").ToString(), "1");
  EXPECT_EQ(Q("2000").ToString(), "2k");
  EXPECT_EQ(Q("1e3").ToString(), "1e3");
  EXPECT_EQ(Q("1500e0").ToString(), "1500");
  EXPECT_EQ(Q("1e4").ToString(), "10e3");
  EXPECT_EQ(Q("5e-1").ToString(), "500e-3");
  EXPECT_EQ(Q("0").ToString(), "0");
  EXPECT_EQ(Q("0Gi").ToString(), "0");
  EXPECT_EQ(Q("-1.5Gi").ToString(), "-1536Mi");
  EXPECT_EQ(Q("0.5Ki").ToString(), "512");
  EXPECT_EQ(Q("1.0001Ki").ToString(), "1024102400u");
  EXPECT_EQ(Q("1n").ToString(), "1n");
}

TEST(Quantity, AddsExactlyAndSaturates) {
  EXPECT_EQ((Q("1Gi") + Q("512Mi")).ToString(), "1536Mi");
  EXPECT_EQ((Q("0") + Q("512Mi")).ToString(), "512Mi");
  EXPECT_EQ((Q("100m") + Q("900m")).ToString(), "1");
  EXPECT_EQ((Q("8Ei") + Q("8Ei")).Value(), kLargest);
  EXPECT_EQ((Q("-8Ei") + Q("-8Ei")).Value(), -kLargest);
}

TEST(Quantity, ComparesByAmountAndNotByForm) {
  EXPECT_EQ(Q("1k"), Q("1000"));
  EXPECT_LT(Q("1k"), Q("1Ki"));
  EXPECT_TRUE(Q("-1").IsNegative());
  EXPECT_TRUE(Q("0Ki").IsZero());
  EXPECT_EQ(Quantity::FromMilli(1500), Q("1.5"));
  EXPECT_EQ(Quantity::FromUnits(1 << 20, Quantity::Form::kBinary).ToString(), "1Mi");
}

TEST(Quantity, PrintingAndParsingAgreeForRandomAmounts) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  constexpr std::string_view kSuffixes[] = {"n", "u", "m", "", "k", "M", "Ki", "Mi", "Gi", "e2"};
  for (int i = 0; i < 10'000; ++i) {
    std::string text = std::to_string(static_cast<std::int64_t>(random()) >> (random() % 64));
    if (random() % 2 == 0) text += "." + std::to_string(random() % 100'000);
    text += kSuffixes[random() % std::size(kSuffixes)];
    const Quantity quantity = Q(text);
    EXPECT_EQ(Q(quantity.ToString()), quantity) << text;
    EXPECT_EQ(Q(quantity.ToString()).ToString(), quantity.ToString()) << text;
  }
}

}  // namespace
}  // namespace muster
