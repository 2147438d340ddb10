#include <algorithm>
#include <string>
#include <vector>

#include "scheduler/api/json_codec.h"
#include "scheduler/kube/protobuf_json.h"
#include "test/fuzz/fuzz_input.h"

namespace {

namespace api = muster::api;
namespace kube = muster::kube;

constexpr std::size_t kFrameBytesMax = 1 << 16;

std::vector<std::string> FramesOf(std::string_view stream, std::size_t chunk_bytes) {
  kube::ProtobufFrameSplitter splitter(kFrameBytesMax);
  std::vector<std::string> frames;
  const auto keep = [&](std::string_view frame) {
    frames.emplace_back(frame);
    return true;
  };
  for (; !stream.empty(); stream.remove_prefix(std::min(chunk_bytes, stream.size()))) {
    if (!splitter.Feed(stream.substr(0, chunk_bytes), keep).ok()) break;
  }
  return frames;
}

}  // namespace

// A stream of watch events: however it is cut, the frames are the same; what is written for one is
// JSON unless a text in it is not UTF-8.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static api::JsonParser parser;
  const std::string_view stream = muster::fuzz::TextOf(data, size);
  const std::vector<std::string> frames = FramesOf(stream, size + 1);
  MUSTER_CHECK(frames == FramesOf(stream, 3), "frames do not depend on chunks");
  for (const std::string& frame : frames) {
    const auto text = kube::WatchFrameToJson(frame);
    if (!text.ok()) continue;
    const bool is_ascii = std::all_of(text->begin(), text->end(), [](char c) { return c > 0; });
    const auto event = parser.Parse(*text, text->size());
    MUSTER_CHECK(event.ok() || !is_ascii, "what is written can be read");
    if (event.ok()) (void)api::DecodePod(*event);
  }
  return 0;
}
