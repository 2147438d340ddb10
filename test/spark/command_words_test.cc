#include "scheduler/spark/command_words.h"

#include <gtest/gtest.h>

namespace muster::spark {
namespace {

/// "text", and "text?" when it is not resolved.
std::string Show(const Word& word) { return word.text + (word.is_resolved ? "" : "?"); }

/// The commands of a script, words in brackets, commands apart by a bar.
std::string Split(std::string_view script) {
  std::string shown;
  for (const std::vector<Word>& command : SplitShellScript(script)) {
    if (!shown.empty()) shown += '|';
    for (const Word& word : command) shown += "[" + Show(word) + "]";
  }
  return shown;
}

TEST(ContainerVariables, AreReplacedByTheirLiteralValues) {
  const api::StringMap environment{{"MEM", "4g"}, {"EMPTY", ""}, {"NESTED", "$(MEM)"}};
  const auto substitute = [&environment](std::string_view text) {
    return Show(SubstituteVariables(text, environment));
  };
  EXPECT_EQ(substitute("a=$(MEM),$(EMPTY)$(MEM)"), "a=4g,4g");
  EXPECT_EQ(substitute("$(POD_IP):$(MEM)"), "$(POD_IP):4g?");
  EXPECT_EQ(substitute("$(NESTED)"), "$(NESTED)?");
  EXPECT_EQ(substitute("$$(MEM) $MEM $ $(MEM"), "$(MEM) $MEM $ $(MEM");
  EXPECT_EQ(substitute(""), "");
}

TEST(ShellScript, IsSplitIntoCommandsAndWords) {
  EXPECT_EQ(Split("cd /opt && exec spark-submit  a\tb; date | cat\nls &"),
            "[cd][/opt]|[exec][spark-submit][a][b]|[date]|[cat]|[ls]");
  EXPECT_EQ(Split("spark-submit \\\n  --name x # the rest\ny#z"),
            "[spark-submit][--name][x]|[y#z]");
  EXPECT_EQ(Split(""), "");
}

TEST(ShellScript, QuotesKeepWordsTogether) {
  EXPECT_EQ(Split(R"(a 'b $c' "d e" f\ g "h\"i\j" '')"), R"([a][b $c][d e][f g][h"i\j][])");
  EXPECT_EQ(Split(R"(--conf "a=b"c'd')"), "[--conf][a=bcd]");
  EXPECT_EQ(Split("'open"), "[open]");
}

TEST(ShellScript, ExpansionsLeaveTheirWordUnresolved) {
  EXPECT_EQ(Split("a $B \"c${D}\" `e` $(f)"), "[a][$B?][c${D}?][`e`?][$(f)?]");
  EXPECT_EQ(Split(R"(a \$b "\$c")"), "[a][$b][$c]");
}

TEST(ShellScript, AnExpansionIsOneWordWhateverIsInIt) {
  EXPECT_EQ(Split("a x=$(b; c | d) e"), "[a][x=$(b; c | d)?][e]");
  EXPECT_EQ(Split("a $(b $(c) 'd)' \"e)\" \\) f) g"), "[a][$(b $(c) 'd)' \"e)\" \\) f)?][g]");
  EXPECT_EQ(Split("a \"$(b; c)\" ${d:-e f} `g; h` i"), "[a][$(b; c)?][${d:-e f}?][`g; h`?][i]");
  EXPECT_EQ(Split("a $(b; c"), "[a][$(b; c?]");
}

TEST(ShellScript, RedirectionsAreLeftOut) {
  EXPECT_EQ(Split("a 2>&1 b >> log.txt c <in d"), "[a][b][c][d]");
}

}  // namespace
}  // namespace muster::spark
