#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

// Runs the real musterctl, as a user would.
namespace muster::cli {
namespace {

struct Outcome {
  int exit_code = -1;
  std::string output;  // standard output and standard error
};

Outcome RunMusterctl(const std::string& arguments) {
  const std::string command = std::string(MUSTERCTL) + " " + arguments + " 2>&1";
  Outcome outcome;
  std::FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.output.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

std::string Fixture(const std::string& name) { return std::string(MUSTER_FIXTURES) + "/" + name; }

Outcome RunShape(const std::string& driver, const std::string& config_maps) {
  return RunMusterctl("shape --driver " + Fixture(driver) + " --configmaps " +
                      Fixture(config_maps));
}

TEST(MusterctlShape, PrintsWhatTheExecutorsWillAskFor) {
  const Outcome outcome = RunShape("driver-pod.json", "configmaps.json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  const auto shape = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(shape["application"], "spark-0123456789abcdef0123456789abcdef");
  EXPECT_EQ(shape["driver"]["requests"].dump(), R"({"cpu":"1","memory":"1408Mi"})");
  EXPECT_EQ(shape["unknown"].dump(), "[]");
  ASSERT_EQ(shape["podSets"].size(), 1u);
  const auto& set = shape["podSets"][0];
  EXPECT_EQ(set["profile"], 0);
  EXPECT_EQ(set["count"], 3);
  EXPECT_EQ(set["min"], 3);
  EXPECT_EQ(set["max"], 3);
  EXPECT_EQ(set["requests"].dump(), R"({"cpu":"2100m","memory":"4633Mi","nvidia.com/gpu":"1"})");
  EXPECT_EQ(set["limits"].dump(), R"({"memory":"4761Mi","nvidia.com/gpu":"1"})");
  EXPECT_EQ(set["nodeSelector"].dump(), R"({"pool":"workers"})");
  EXPECT_EQ(set["tolerations"][0]["key"], "dedicated");
  EXPECT_EQ(set["schedulerName"], "muster");
  EXPECT_EQ(set["containers"].size(), 2u);
}

TEST(MusterctlShape, AddsWhatTheSparkOperatorAdds) {
  const Outcome outcome = RunMusterctl("shape --driver " + Fixture("driver-pod.json") +
                                       " --configmaps " + Fixture("configmaps.json") +
                                       " --spark-application " + Fixture("spark-application.json"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  const auto set = nlohmann::json::parse(outcome.output)["podSets"][0];
  EXPECT_EQ(set["priorityClassName"], "high");
  EXPECT_EQ(set["nodeSelector"].dump(), R"({"disk":"ssd","pool":"workers"})");
  EXPECT_EQ(set["tolerations"].size(), 2u);
}

TEST(MusterctlShape, ARefusedConfigurationIsTheAnswerNo) {
  const Outcome outcome = RunShape("driver-pod.json", "refused-configmaps.json");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(
      outcome.output,
      "musterctl shape: spark.properties: spark.executor.instances=abc: a whole number from 1 "
      "to 2147483647 is allowed\n");
}

TEST(MusterctlShape, WhatCannotBeReadIsNamed) {
  const Outcome missing = RunShape("absent.json", "configmaps.json");
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_NE(missing.output.find("absent.json: No such file"), std::string::npos) << missing.output;
  const Outcome directory = RunShape("", "configmaps.json");
  EXPECT_EQ(directory.exit_code, 3) << directory.output;
  const Outcome swapped = RunShape("configmaps.json", "driver-pod.json");
  EXPECT_EQ(swapped.exit_code, 3);
  EXPECT_NE(swapped.output.find("kind: 'List' given, Pod is allowed"), std::string::npos);
}

TEST(MusterctlShape, AWrongCommandLineIsUsage) {
  EXPECT_EQ(RunMusterctl("").exit_code, 2);
  EXPECT_EQ(RunMusterctl("shape").exit_code, 2);
  EXPECT_EQ(RunMusterctl("nonsense").exit_code, 2);
  EXPECT_EQ(RunMusterctl("shape --driver a --configmaps b -o yaml").exit_code, 2);
}

TEST(MusterctlShape, HelpSaysWhatTheCommandDoesAndWhatItsExitCodesMean) {
  const Outcome all = RunMusterctl("--help");
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_NE(all.output.find("shape"), std::string::npos);
  EXPECT_NE(all.output.find("Exit codes"), std::string::npos);
  const Outcome shape = RunMusterctl("shape --help");
  EXPECT_EQ(shape.exit_code, 0);
  EXPECT_NE(shape.output.find("--configmaps"), std::string::npos);
  EXPECT_NE(shape.output.find("Example"), std::string::npos);
}

}  // namespace
}  // namespace muster::cli
