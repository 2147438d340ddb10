#include "scheduler/cli/judge_command.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace muster::cli {
namespace {

std::vector<std::string> Judge(const std::string& input, std::size_t line_bytes_max = 1 << 20) {
  std::istringstream in(input);
  std::ostringstream out;
  EXPECT_EQ(RunJudge({line_bytes_max}, in, out), ExitCode::kDone);
  std::vector<std::string> lines;
  std::istringstream answers(out.str());
  for (std::string line; std::getline(answers, line);) lines.push_back(line);
  return lines;
}

std::string ErrorOf(const std::string& answer) {
  return nlohmann::json::parse(answer).value("error", "");
}

constexpr char kCase[] =
    R"({"nodes":[{"metadata":{"name":"b"},"status":{"allocatable":{"cpu":"1","pods":"9"}}},)"
    R"({"metadata":{"name":"a"},"status":{"allocatable":{"cpu":"4","pods":"9"}}}],)"
    R"("pods":[{"spec":{"nodeName":"a","containers":[{"resources":{"requests":{"cpu":"1"}}}]}},)"
    R"({"spec":{"nodeName":"a","containers":[{"resources":{"requests":{"cpu":"1"}}}]}}],)"
    R"("pending":{"spec":{"containers":[{"resources":{"requests":{"cpu":"2"}}}]}}})";

TEST(MusterctlJudge, SaysOfEveryNodeWhetherItTakesThePodAndWhyNot) {
  const auto answers = Judge(std::string(kCase) + "\n");
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0], R"({"nodes":{"a":{"feasible":true,"reasons":[]},)"
                        R"("b":{"feasible":false,"reasons":["Insufficient cpu"]}}})");
}

TEST(MusterctlJudge, ScoresCountTheServicesAndControllersAmongTheObjects) {
  const auto scores = [](const std::string& objects) {
    std::istringstream in(
        R"({"nodes":[{"metadata":{"name":"a","labels":{"kubernetes.io/hostname":"a",)"
        R"("topology.kubernetes.io/zone":"x"}},"status":{"allocatable":{"cpu":"4","pods":"9"}}},)"
        R"({"metadata":{"name":"b","labels":{"kubernetes.io/hostname":"b",)"
        R"("topology.kubernetes.io/zone":"y"}},"status":{"allocatable":{"cpu":"4","pods":"9"}}}],)"
        R"("pods":[{"metadata":{"namespace":"n","labels":{"app":"web"}},"spec":{"nodeName":"a"}}],)"
        R"("objects":[)" +
        objects + R"(],"pending":{"metadata":{"namespace":"n","labels":{"app":"web"}}}})");
    std::ostringstream out;
    JudgeArguments arguments;
    arguments.answer = JudgeAnswer::kVerdictsAndScores;
    EXPECT_EQ(RunJudge(arguments, in, out), ExitCode::kDone);
    const nlohmann::json answer = nlohmann::json::parse(out.str());
    return answer.at("scores").at("b").get<int>() - answer.at("scores").at("a").get<int>();
  };
  const int without = scores("");
  EXPECT_GT(scores(R"({"kind":"Service","metadata":{"name":"s","namespace":"n"},)"
                   R"("spec":{"selector":{"app":"web"}}})"),
            without);
  EXPECT_EQ(scores(R"({"kind":"Service","metadata":{"name":"s","namespace":"other"},)"
                   R"("spec":{"selector":{"app":"web"}}})"),
            without);
}

TEST(MusterctlJudge, ServesTheNextLineAfterOneThatCannotBeRead) {
  const auto answers = Judge(std::string("{\n\n") + kCase);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_TRUE(ErrorOf(answers[0]).starts_with("line 1: not JSON: ")) << answers[0];
  EXPECT_EQ(ErrorOf(answers[1]), "");
}

TEST(MusterctlJudge, NamesThePlaceOfWhatItCannotRead) {
  const auto error = [](const std::string& line) { return ErrorOf(Judge(line).at(0)); };
  EXPECT_EQ(error("[]"), "line 1: an object with nodes, pods, objects and pending is allowed here");
  EXPECT_EQ(error("{}"), "line 1: pending: a Pod belongs here");
  EXPECT_EQ(error(R"({"nodes":{}})"), "line 1: nodes: a list is allowed here");
  EXPECT_EQ(error(R"({"nodes":[{}]})"), "line 1: nodes[0]: metadata.name: a name belongs here");
  const std::string broken = error(
      R"({"pending":{},"pods":[{},{"spec":{"containers":[{"resources":{"requests":{"cpu":"x"}}}]}}]})");
  EXPECT_TRUE(broken.starts_with("line 1: pods[1]: spec.containers[0].resources.requests.cpu: "))
      << broken;
}

TEST(MusterctlJudge, RefusesALineThatIsTooLongAndGoesOn) {
  const std::string case_line(kCase);
  const auto answers = Judge(std::string(5000, '[') + "\n" + case_line + "\n", case_line.size());
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(ErrorOf(answers[0]),
            "line 1: a line of at most " + std::to_string(case_line.size()) + " bytes is allowed");
  EXPECT_EQ(ErrorOf(answers[1]), "");
}

TEST(MusterctlJudge, LeavesOutPodsThatEndedOrAreOnNoNode) {
  std::string line(kCase);
  line.insert(line.find(R"({"spec":{"nodeName":"a")"),
              R"({"spec":{"nodeName":"a","containers":[{"resources":{"requests":{"cpu":"9"}}}]},)"
              R"("status":{"phase":"Succeeded"}},{"spec":{"nodeName":"gone"}},{},)");
  EXPECT_EQ(Judge(line), Judge(kCase));
}

}  // namespace
}  // namespace muster::cli
