#include <nlohmann/json.hpp>
#include <optional>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/pod_requests.h"
#include "test/fuzz/fuzz_input.h"

namespace {

namespace api = muster::api;

constexpr std::size_t kBytesMax = 1 << 20;

/// The pod as it would be written; nothing when the value is no pod.
std::optional<nlohmann::json> Encoded(api::JsonView view) {
  const auto pod = api::DecodePod(view);
  if (!pod.ok()) return std::nullopt;
  return api::EncodePod(*pod);
}

}  // namespace

// The input is read twice, by the fast parser and into a DOM: both must show the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static api::JsonParser parser;
  const std::string_view text = muster::fuzz::TextOf(data, size);
  const auto document = api::ParseJson(text, kBytesMax);
  const auto view = parser.Parse(text, kBytesMax);
  MUSTER_CHECK(view.ok() == document.ok(), "both parsers accept the same");
  if (!document.ok()) return 0;
  (void)api::DecodePodTemplate(*view);
  (void)api::DecodeConfigMap(*view);
  MUSTER_CHECK(api::DecodeNode(*view).ok() == api::DecodeNode(*document).ok(),
               "both show the same node");
  const auto encoded = Encoded(*view);
  MUSTER_CHECK(encoded == Encoded(*document), "both show the same pod");
  if (!encoded) return 0;
  const auto again = api::DecodePod(*encoded);
  MUSTER_CHECK(again.ok(), "what is written can be read");
  MUSTER_CHECK(api::EncodePod(*again) == *encoded, "the round trip loses nothing");
  const api::ResourceList requests = api::EffectiveRequests(*again);
  const api::ResourceList* only = api::OnlyRequests(*again);
  MUSTER_CHECK(only == nullptr || *only == requests, "nothing but its container's");
  return 0;
}
