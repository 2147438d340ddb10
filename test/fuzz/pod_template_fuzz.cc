#include <nlohmann/json.hpp>

#include "scheduler/spark/pod_template.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = muster::fuzz::TextOf(data, size);
  const auto document = muster::spark::ParseYaml(text);
  const auto pod = muster::spark::ParsePodTemplate(text);
  MUSTER_CHECK(document.ok() || !pod.ok(), "a template is YAML");
  if (!document.ok()) {
    MUSTER_CHECK(document.status().message().size() < 400, "errors are short");
  }
  return 0;
}
