#include <nlohmann/json.hpp>
#include <string>

#include "plugins/builtin_plugins.h"
#include "scheduler/cli/judge_case.h"
#include "test/fuzz/fuzz_input.h"

// The input is a case of `musterctl judge`: nodes, pods, objects of storage and a pending pod.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace cli = muster::cli;
  static const muster::framework::Profile profile = muster::plugins::DefaultProfile();
  static cli::CaseJudge judge(profile, 1 << 20, cli::JudgeAnswer::kVerdictsAndScores);
  std::string answer;
  if (!judge.Judge(muster::fuzz::TextOf(data, size), answer).ok()) return 0;
  const nlohmann::json object = nlohmann::json::parse(answer, nullptr, false);
  MUSTER_CHECK(object.is_object(), "the answer is JSON");
  for (const auto& [name, verdict] : object.at("nodes").items()) {
    const bool is_feasible = verdict.at("feasible").get<bool>();
    MUSTER_CHECK(is_feasible == verdict.at("reasons").empty(), "a refusal has a reason");
    MUSTER_CHECK(is_feasible == object.at("scores").contains(name), "who fits has a score");
  }
  return 0;
}
