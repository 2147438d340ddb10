#include <gtest/gtest.h>

#include <random>
#include <string>

#include "scheduler/spark/pod_template.h"
#include "scheduler/spark/properties.h"
#include "scheduler/spark/shape.h"
#include "test/spark/driver_fixture.h"

// Bad input gives a short, clear error after work that is bounded by the size of the input. There
// is no clock here: unbounded work would run into the time limit of the test.
namespace muster::spark {
namespace {

constexpr std::size_t kMebibyte = 1 << 20;
constexpr std::size_t kTemplateBytesMax = 256 << 10;

std::string Repeat(std::string_view text, std::size_t bytes) {
  std::string repeated;
  while (repeated.size() + text.size() <= bytes) repeated += text;
  return repeated;
}

std::string ErrorOf(const std::string& properties, const std::string& pod_template = "") {
  const auto shape = ComputeShape(MakeDriver(), MakeConfigMaps(properties, pod_template));
  if (shape.ok()) return "no error";
  EXPECT_EQ(shape.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_LT(shape.status().message().size(), 400u);
  return std::string(MessageOf(shape.status()));
}

bool IsRefused(const std::string& pod_template, const std::string& reason) {
  const std::string error = ErrorOf(kTemplateProperty, pod_template);
  EXPECT_NE(error.find(reason), error.npos) << error;
  return error.find(reason) != error.npos;
}

TEST(HostileProperties, TextThatIsNotUtf8) {
  EXPECT_EQ(ErrorOf("spark.executor.memory=\xff\xfe"), "spark.properties: byte 22 is not UTF-8");
}

TEST(HostileProperties, AValueOfAMebibyte) {
  const std::string key = "spark.executor.instances=";
  EXPECT_EQ(ErrorOf(key + std::string(kMebibyte - key.size(), '9')),
            "spark.properties: spark.executor.instances=" + std::string(64, '9') +
                "...: a whole number from 1 to 2147483647 is allowed");
  EXPECT_EQ(ErrorOf(key + std::string(kMebibyte, '9')),
            "spark.properties: 1048601 bytes; at most 1048576 are allowed");
}

TEST(HostileProperties, AsManyKeysAsFit) {
  std::string text;
  for (int i = 0; text.size() + 10 < kMebibyte; ++i) text += std::to_string(i) + "\n";
  EXPECT_EQ(ErrorOf(text), "no error");
  EXPECT_EQ(ErrorOf(Repeat("spark.executor.resource.a.amount=1\n", 2 * kMebibyte)),
            "spark.properties: 2097130 bytes; at most 1048576 are allowed");
}

TEST(HostileProperties, ContinuationsAndEscapesWithoutEnd) {
  EXPECT_EQ(ErrorOf(Repeat("\\\n", kMebibyte)), "no error");
  EXPECT_EQ(ErrorOf(std::string(kMebibyte, '\\')), "no error");
  EXPECT_EQ(ErrorOf(Repeat("\\uD83D", kMebibyte)), "no error");
  EXPECT_EQ(ErrorOf(std::string(kMebibyte, '\n')), "no error");
  EXPECT_EQ(ErrorOf(std::string(kMebibyte, '\0')), "no error");
}

TEST(HostileProperties, NegativeAndOverflowingSizes) {
  for (const std::string value : {"-1g", "-9223372036854775808", "9223372036854775807",
                                  "9223372036854775807p", "18446744073709551616", "1e10g"}) {
    for (const std::string key : {"spark.executor.memory", "spark.executor.memoryOverhead"}) {
      const std::string error = ErrorOf(key + "=" + value);
      EXPECT_TRUE(error.starts_with("spark.properties: " + key + "=" + value + ": ")) << error;
    }
  }
}

TEST(HostileTemplate, TextThatIsNotUtf8OrTooLarge) {
  EXPECT_TRUE(IsRefused("a: \xff", "byte 3 is not UTF-8"));
  EXPECT_TRUE(IsRefused(std::string(kTemplateBytesMax + 1, ' '), "at most 262144 are allowed"));
}

TEST(HostileTemplate, TextThatIsNotYaml) {
  EXPECT_TRUE(IsRefused("{", "not the YAML of a pod"));
  EXPECT_TRUE(IsRefused("a: b: c", "not the YAML of a pod"));
  EXPECT_TRUE(IsRefused("\t- a\n @", "not the YAML of a pod"));
  EXPECT_TRUE(IsRefused("%YAML 9.9\n%TAG\n---\n", ""));
}

TEST(HostileTemplate, AnAliasBomb) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 8; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_TRUE(IsRefused(bomb, "more than the allowed 100000 values"));
}

TEST(HostileTemplate, AnAliasOfOneLongStringIsBoundedToo) {
  std::string bomb = "a: &a " + std::string(kTemplateBytesMax / 2, 'x') + "\nb: [";
  while (bomb.size() + 8 < kTemplateBytesMax) bomb += "*a,";
  EXPECT_TRUE(IsRefused(bomb + "]\n", "bytes of text, counting what aliases stand for"));
}

TEST(HostileTemplate, AnchorsInAnchorsAreBoundedToo) {
  const std::string big = Repeat("x,", kTemplateBytesMax / 2);
  EXPECT_TRUE(IsRefused(Repeat("&a [", 360) + big + std::string(90, ']'),
                        "counting what aliases stand for"));
}

TEST(HostileTemplate, AnAliasOfItself) {
  EXPECT_TRUE(IsRefused("a: &a [*a]", "an alias inside of what it stands for"));
  EXPECT_TRUE(IsRefused("a: &a {<<: *a}", "an alias inside of what it stands for"));
}

TEST(HostileTemplate, NestingWithoutEnd) {
  for (const std::string_view opening : {"[", "{a: ", "- ", "? ", "[{", "!a [", "&a ["}) {
    EXPECT_TRUE(IsRefused(Repeat(opening, 100'000), "")) << opening;
  }
  EXPECT_TRUE(IsRefused(std::string(101, '[') + std::string(101, ']'), "the allowed 100 levels"));
  // Each alias adds a level to the one before it.
  std::string ladder = "a0: &a0 [x]\n";
  for (int i = 1; i < 200; ++i) {
    const std::string number = std::to_string(i);
    ladder += "a" + number + ": &a" + number + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_TRUE(IsRefused(ladder, "the allowed 100 levels"));
}

TEST(HostileTemplate, TheLargestTextOfEveryPunctuation) {
  for (const std::string_view piece :
       {":",      "-",  ",", "?",  "&",     "*",     "!",    "|",   ">",    "'",
        "\"",     "%",  "@", "`",  "#",     "{}",    "[]",   "a: ", "a:\n", "- a\n",
        "a: 1\n", "\n", " ", "\t", "---\n", "...\n", "\"\\", "'' ", "<<: "}) {
    const StatusOr<api::Pod> pod = ParsePodTemplate(Repeat(piece, kTemplateBytesMax));
    EXPECT_FALSE(pod.ok() && pod->spec.containers.size() > 1) << piece;
  }
}

TEST(HostileTemplate, RandomDamageNeverBreaksTheReader) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string yaml =
      "apiVersion: v1\nkind: Pod\nmetadata: {labels: &l {a: 'b', <<: {c: d}}}\nspec:\n"
      "  nodeSelector: *l\n  containers:\n  - name: \"x\\u0041\"\n    args: [|\n, >-\n, ~, 1e3]\n"
      "    resources: {requests: {cpu: 0.5, memory: 1Gi}}\n";
  const std::string properties = "# c\na.b\\:c = d\\u0041\\\n  e\nspark.executor.instances:7\n";
  for (int i = 0; i < 5'000; ++i) {
    std::string damaged = i % 2 == 0 ? yaml : properties;
    for (std::uint64_t j = random() % 4 + 1; j > 0; --j) {
      const std::size_t at = random() % damaged.size();
      switch (random() % 3) {
        case 0:
          damaged[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          damaged.erase(at, random() % 8);
          break;
        default:
          damaged.insert(at, damaged, random() % damaged.size(), random() % 16);
      }
      if (damaged.empty()) damaged = "x";
    }
    static_cast<void>(ParsePodTemplate(damaged));
    static_cast<void>(ParseProperties(damaged));
  }
}

}  // namespace
}  // namespace muster::spark
