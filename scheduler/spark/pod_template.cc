#include "scheduler/spark/pod_template.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/api/json_codec.h"
#include "scheduler/spark/utf8.h"
#include "scheduler/spark/yaml_scalar.h"

namespace muster::spark {
namespace {

using nlohmann::json;

constexpr std::size_t kBytesMax = 256 << 10;
constexpr std::size_t kNestingMax = 100;
constexpr std::size_t kValuesMax = 100'000;
constexpr std::size_t kCopiedBytesMax = 1 << 20;

[[noreturn]] void Fail(const YAML::Mark& mark, const std::string& problem) {
  throw YAML::ParserException(mark, problem);
}

/// How much a value holds: an alias copies all of it.
struct Extent {
  std::size_t values = 1;
  std::size_t text_bytes = 0;
  std::size_t nesting = 0;
};

Extent Measure(const json& value) {
  Extent extent;
  if (const auto* text = value.get_ptr<const std::string*>()) extent.text_bytes = text->size();
  if (!value.is_structured()) return extent;
  for (const auto& [key, element] : value.items()) {
    const Extent inner = Measure(element);
    extent.values += inner.values;
    // A list's items have their number for a key, which is not stored.
    extent.text_bytes += inner.text_bytes + (value.is_object() ? key.size() : 0);
    extent.nesting = std::max(extent.nesting, inner.nesting);
  }
  ++extent.nesting;
  return extent;
}

/// Builds a JSON value from the parser's events. The bounds are checked as the events come, so a
/// document that is too large is left where it becomes so.
class JsonBuilder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    AddScalar(mark, anchor, nullptr, "null");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // "?" is yaml-cpp's tag of a plain scalar, "!" that of a quoted one.
    AddScalar(mark, anchor, tag == "?" ? ResolvePlainScalar(value) : json(value), value);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto anchored = anchored_.find(anchor);
    if (anchored == anchored_.end()) Fail(mark, "an alias inside of what it stands for");
    const Extent extent = CountCopy(mark, anchored->second);
    if (open_.size() + extent.nesting > kNestingMax) FailTooDeep(mark);
    Add(mark, 0, anchored->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, json::array());
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, json::object());
  }
  void OnMapEnd() override {
    Merge(open_.back());
    Close();
  }

  json TakeResult() { return std::move(result_); }

 private:
  /// A list or a mapping whose end has not come yet.
  struct Collection {
    json value;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    bool has_key = false;  // a mapping: the next value belongs to `key`
    std::string key;
    json merged;  // the value of the key <<
  };

  [[noreturn]] static void FailTooDeep(const YAML::Mark& mark) {
    Fail(mark, "nesting deeper than the allowed " + std::to_string(kNestingMax) + " levels");
  }

  void CountValues(const YAML::Mark& mark, std::size_t more) {
    if (more > kValuesMax - count_) {
      Fail(mark, "more than the allowed " + std::to_string(kValuesMax) +
                     " values, counting what aliases stand for");
    }
    count_ += more;
  }

  /// Charges a copy, which a short text can ask for again and again.
  Extent CountCopy(const YAML::Mark& mark, const json& value) {
    const Extent extent = Measure(value);
    CountValues(mark, extent.values);
    if (extent.text_bytes > kCopiedBytesMax - copied_bytes_) {
      Fail(mark, "more than the allowed " + std::to_string(kCopiedBytesMax) +
                     " bytes of text, counting what aliases stand for");
    }
    copied_bytes_ += extent.text_bytes;
    return extent;
  }

  void AddScalar(const YAML::Mark& mark, YAML::anchor_t anchor, json value,
                 const std::string& text) {
    CountValues(mark, 1);
    if (!open_.empty() && open_.back().value.is_object() && !open_.back().has_key) {
      // Keys are text in JSON, however YAML would read them.
      if (anchor != 0) anchored_[anchor] = std::move(value);
      open_.back().has_key = true;
      open_.back().key = text;
      return;
    }
    Add(mark, anchor, std::move(value));
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, json empty) {
    CountValues(mark, 1);
    if (open_.size() >= kNestingMax) FailTooDeep(mark);
    open_.push_back(Collection{std::move(empty), anchor, mark, false, {}, {}});
  }

  void Close() {
    Collection closed = std::move(open_.back());
    open_.pop_back();
    Add(closed.mark, closed.anchor, std::move(closed.value));
  }

  void Add(const YAML::Mark& mark, YAML::anchor_t anchor, json value) {
    if (anchor != 0) {
      CountCopy(mark, value);
      anchored_[anchor] = value;
    }
    if (open_.empty()) {
      result_ = std::move(value);
      return;
    }
    Collection& parent = open_.back();
    if (parent.value.is_array()) {
      parent.value.push_back(std::move(value));
    } else if (!parent.has_key) {
      if (!value.is_string()) Fail(mark, "a mapping key that is not text");
      parent.has_key = true;
      parent.key = value.get<std::string>();
    } else {
      parent.has_key = false;
      json& slot = parent.key == "<<" ? parent.merged : parent.value[parent.key];
      slot = std::move(value);
    }
  }

  /// Adds the keys of the mappings under << that the mapping itself does not have.
  static void Merge(Collection& collection) {
    const auto merge_one = [&collection](const json& source) {
      if (!source.is_object()) Fail(collection.mark, "a merge key (<<) that holds no mapping");
      collection.value.insert(source.begin(), source.end());
    };
    if (collection.merged.is_null()) return;
    if (!collection.merged.is_array()) return merge_one(collection.merged);
    for (const json& source : collection.merged) merge_one(source);
  }

  std::vector<Collection> open_;
  std::map<YAML::anchor_t, json> anchored_;
  std::size_t count_ = 0;
  std::size_t copied_bytes_ = 0;
  json result_;
};

/// The only document of the text; empty ones after it are skipped.
json ParseDocument(std::string_view text) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  JsonBuilder first;
  if (!parser.HandleNextDocument(first)) return nullptr;
  JsonBuilder more;
  while (parser.HandleNextDocument(more)) {
    if (!more.TakeResult().is_null()) {
      Fail(YAML::Mark::null_mark(), "a second document; one is allowed");
    }
  }
  return first.TakeResult();
}

std::string Describe(const YAML::Exception& error) {
  std::string problem = Shown(error.msg, 160);
  if (error.mark.is_null()) return problem;
  return "line " + std::to_string(error.mark.line + 1) + ", column " +
         std::to_string(error.mark.column + 1) + ": " + problem;
}

}  // namespace

StatusOr<json> ParseYaml(std::string_view text) {
  if (text.size() > kBytesMax) {
    return InvalidArgumentError(std::to_string(text.size()) + " bytes; at most " +
                                std::to_string(kBytesMax) + " are allowed");
  }
  if (const auto offset = FindInvalidUtf8(text)) {
    return InvalidArgumentError("byte " + std::to_string(*offset) + " is not UTF-8");
  }
  try {
    return ParseDocument(text);
  } catch (const YAML::Exception& error) {
    return InvalidArgumentError("not the YAML of a pod: " + Describe(error));
  }
}

StatusOr<api::Pod> ParsePodTemplate(std::string_view yaml) {
  MUSTER_ASSIGN_OR_RETURN(const json document, ParseYaml(yaml));
  return api::DecodePodTemplate(document);
}

}  // namespace muster::spark
