#include <cstdint>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "scheduler/api/json_codec.h"
#include "scheduler/base/quantity.h"
#include "scheduler/model/pod_info.h"

// Answers lines as `oracle quantities` and `oracle requests` do, with Muster's code.
namespace muster {
namespace {

using nlohmann::json;

constexpr std::size_t kLineBytesMax = 1 << 20;

json AnswerQuantity(const json& line) {
  const auto quantity = Quantity::Parse(line.get<std::string>());
  if (!quantity.ok()) return {{"error", MessageOf(quantity.status())}};
  const bool negative = quantity->IsNegative();
  return {{"value", negative ? 0 : quantity->Value()},
          {"milli", negative ? 0 : quantity->MilliValue()},
          {"negative", negative}};
}

json AnswerRequests(const json& line) {
  const auto pod = api::DecodePod(line);
  if (!pod.ok()) return {{"error", MessageOf(pod.status())}};
  model::ResourceNames names;
  const model::PodInfoPtr info = model::MakePodInfo(*pod, names);
  const model::ResourceVector& amounts = info->amounts;
  json answer = json::object();
  const auto set = [&answer](const std::string& name, std::int64_t amount) {
    if (amount != 0) answer[name] = amount;
  };
  set("cpu", amounts.cpu.value);
  set("memory", amounts.memory.value);
  set("ephemeral-storage", amounts.ephemeral_storage.value);
  for (const model::ExtendedAmount& entry : amounts.extended) {
    set(names.Name(entry.resource), entry.amount);
  }
  return answer;
}

int Run(json (*answer)(const json&)) {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto value = api::ParseJson(line, kLineBytesMax);
    const json said = value.ok() ? answer(*value) : json{{"error", MessageOf(value.status())}};
    std::cout << said.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
  }
  std::cout.flush();
  return std::cout.good() ? 0 : 3;
}

}  // namespace
}  // namespace muster

int main(int argc, char** argv) {
  const std::string_view command = argc == 2 ? argv[1] : "";
  if (command == "quantities") return muster::Run(muster::AnswerQuantity);
  if (command == "requests") return muster::Run(muster::AnswerRequests);
  std::cerr << "Usage: oracle_probe quantities|requests\n";
  return 2;
}
