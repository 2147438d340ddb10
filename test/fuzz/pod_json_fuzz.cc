#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/pod_requests.h"
#include "test/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace api = muster::api;
  const auto document = api::ParseJson(muster::fuzz::TextOf(data, size), 1 << 20);
  if (!document.ok()) return 0;
  (void)api::DecodePodTemplate(*document);
  (void)api::DecodeNode(*document);
  (void)api::DecodeConfigMap(*document);
  const auto pod = api::DecodePod(*document);
  if (!pod.ok()) return 0;
  api::EffectiveRequests(pod->spec);
  const nlohmann::json encoded = api::EncodePod(*pod);
  const auto again = api::DecodePod(encoded);
  MUSTER_CHECK(again.ok(), "what is written can be read");
  MUSTER_CHECK(api::EncodePod(*again) == encoded, "the round trip loses nothing");
  return 0;
}
