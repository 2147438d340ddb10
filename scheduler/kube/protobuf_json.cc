#include "scheduler/kube/protobuf_json.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "scheduler/base/time.h"
#include "scheduler/kube/wire_schema.h"

namespace muster::kube {
namespace {

using Kind = WireField::Kind;
using Fields = std::span<const WireField>;

constexpr std::string_view kMagic("k8s\0", 4);
constexpr std::size_t kFrameHeaderBytes = 4;
// What a Time holds: the years 1678 to 2261.
constexpr std::int64_t kSecondsMax = 9'200'000'000;

/// One field of a message as it stands on the wire.
struct WireValue {
  std::uint32_t number = 0;
  bool is_bytes = false;  // else a number, in `integer`
  std::uint64_t integer = 0;
  std::string_view bytes;
};

Status Malformed(const char* what) {
  return InvalidArgumentError(std::string("protobuf: ") + what);
}

/// Walks the fields of one message.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  bool AtEnd() const { return rest_.empty(); }

  Status Next(WireValue& value) {
    std::uint64_t tag = 0;
    MUSTER_RETURN_IF_ERROR(ReadVarint(tag));
    value.number = static_cast<std::uint32_t>(tag >> 3);
    if (value.number == 0 || tag >> 32 != 0) return Malformed("a field without a number");
    value.is_bytes = false;
    value.bytes = {};
    switch (tag & 7) {
      case 0:
        return ReadVarint(value.integer);
      case 1:
        return Skip(8);
      case 2: {
        std::uint64_t size = 0;
        MUSTER_RETURN_IF_ERROR(ReadVarint(size));
        if (size > rest_.size()) return Malformed("a field is longer than its message");
        value.is_bytes = true;
        value.bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return OkStatus();
      }
      case 5:
        return Skip(4);
      default:
        return Malformed("a field of an unknown wire type");
    }
  }

 private:
  Status Skip(std::size_t bytes) {
    if (bytes > rest_.size()) return Malformed("a field is longer than its message");
    rest_.remove_prefix(bytes);
    return OkStatus();
  }

  Status ReadVarint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return Malformed("a number is cut off");
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return OkStatus();
    }
    return Malformed("a number is longer than 10 bytes");
  }

  std::string_view rest_;
};

void WriteText(std::string_view text, std::string& json) {
  json += '"';
  std::size_t plain = 0;  // first byte not yet copied
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    json.append(text, plain, i - plain);
    plain = i + 1;
    char escaped[8];
    std::snprintf(escaped, sizeof(escaped), "\\u%04x", byte);
    json += escaped;
  }
  json.append(text, plain);
  json += '"';
}

/// The first field of that number, as bytes; nothing when absent.
StatusOr<std::optional<std::string_view>> FindBytes(std::string_view message,
                                                    std::uint32_t number) {
  WireReader reader(message);
  WireValue value;
  std::optional<std::string_view> found;
  while (!reader.AtEnd()) {
    MUSTER_RETURN_IF_ERROR(reader.Next(value));
    if (value.number == number && value.is_bytes) found = value.bytes;
  }
  return found;
}

/// {1 seconds}; no bytes are no time.
StatusOr<std::optional<Time>> ReadTime(std::string_view message) {
  std::optional<Time> time;
  WireReader reader(message);
  WireValue value;
  while (!reader.AtEnd()) {
    MUSTER_RETURN_IF_ERROR(reader.Next(value));
    if (value.number != 1 || value.is_bytes) continue;
    const auto seconds = static_cast<std::int64_t>(value.integer);
    if (seconds < -kSecondsMax || seconds > kSecondsMax) return Malformed("a time out of range");
    time = Time(std::chrono::seconds(seconds));
  }
  return time;
}

Status WriteQuantity(std::string_view message, std::string& json) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> text, FindBytes(message, 1));
  WriteText(text.value_or("0"), json);
  return OkStatus();
}

/// An entry {1 key, 2 value} as "key":"value".
Status WriteEntry(std::string_view entry, bool is_quantity, std::string& json) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> key, FindBytes(entry, 1));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> value, FindBytes(entry, 2));
  WriteText(key.value_or(""), json);
  json += ':';
  if (is_quantity) return WriteQuantity(value.value_or(""), json);
  WriteText(value.value_or(""), json);
  return OkStatus();
}

/// Writes the fields of one message as the members of one JSON object.
class ObjectWriter {
 public:
  ObjectWriter(Fields fields, std::string& json) : fields_(fields), json_(json) {}

  Status Write(std::string_view message) {
    json_ += '{';
    bool is_first = true;
    MUSTER_RETURN_IF_ERROR(WriteMembers(message, fields_, is_first));
    json_ += '}';
    return OkStatus();
  }

 private:
  /// The elements of a repeated field, and the entries of a map, follow each other: the server
  /// writes fields in the order of their numbers.
  Status WriteMembers(std::string_view message, Fields fields, bool& is_first) {
    const WireField* open = nullptr;  // the list or map that is being written
    std::uint32_t last_number = 0;
    WireReader reader(message);
    WireValue value;
    while (!reader.AtEnd()) {
      MUSTER_RETURN_IF_ERROR(reader.Next(value));
      if (value.number < last_number) return Malformed("fields out of order");
      const bool again = value.number == last_number;
      last_number = value.number;
      const WireField* field = Find(fields, value.number);
      if (open != nullptr && open != field) Close(std::exchange(open, nullptr));
      if (field == nullptr) continue;
      const bool is_number = field->kind == Kind::kInteger || field->kind == Kind::kBool;
      if (value.is_bytes == is_number) return Malformed("a field of another type");
      if (field->kind == Kind::kInline) {
        MUSTER_RETURN_IF_ERROR(WriteMembers(value.bytes, field->fields, is_first));
        continue;
      }
      if (again && open == nullptr) return Malformed("a field that is there twice");
      MUSTER_RETURN_IF_ERROR(WriteMember(*field, value, open, is_first));
    }
    if (open != nullptr) Close(open);
    return OkStatus();
  }

  Status WriteMember(const WireField& field, const WireValue& value, const WireField*& open,
                     bool& is_first) {
    std::optional<Time> time;
    if (field.kind == Kind::kTime) {
      MUSTER_ASSIGN_OR_RETURN(time, ReadTime(value.bytes));
      if (!time) return OkStatus();
    }
    if (open != nullptr) {
      json_ += ',';
    } else {
      if (!is_first) json_ += ',';
      is_first = false;
      WriteText(field.name, json_);
      json_ += ':';
      if (IsMap(field) || field.repeated) {
        json_ += IsMap(field) ? '{' : '[';
        open = &field;
      }
    }
    return WriteValue(field, value, time);
  }

  Status WriteValue(const WireField& field, const WireValue& value, std::optional<Time> time) {
    switch (field.kind) {
      case Kind::kText:
        WriteText(value.bytes, json_);
        return OkStatus();
      case Kind::kInteger:
        json_ += std::to_string(static_cast<std::int64_t>(value.integer));
        return OkStatus();
      case Kind::kBool:
        json_ += value.integer != 0 ? "true" : "false";
        return OkStatus();
      case Kind::kTime:
        WriteText(FormatRfc3339(*time), json_);
        return OkStatus();
      case Kind::kQuantity:
        return WriteQuantity(value.bytes, json_);
      case Kind::kTextMap:
      case Kind::kQuantityMap:
        return WriteEntry(value.bytes, field.kind == Kind::kQuantityMap, json_);
      case Kind::kObject:
      case Kind::kInline:
        return ObjectWriter(field.fields, json_).Write(value.bytes);
    }
    return Malformed("a kind that is not known");
  }

  static bool IsMap(const WireField& field) {
    return field.kind == Kind::kTextMap || field.kind == Kind::kQuantityMap;
  }

  void Close(const WireField* open) { json_ += IsMap(*open) ? '}' : ']'; }

  static const WireField* Find(Fields fields, std::uint32_t number) {
    for (const WireField& field : fields) {
      if (field.number == number) return &field;
    }
    return nullptr;
  }

  const Fields fields_;
  std::string& json_;
};

/// "k8s\0" and runtime.Unknown {1 typeMeta {2 kind}, 2 raw}, appended as a JSON object.
Status WriteBody(std::string_view body, std::string& json) {
  if (!IsProtobufBody(body)) return Malformed("the object does not begin with \"k8s\\0\"");
  body.remove_prefix(kMagic.size());
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> type, FindBytes(body, 1));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> kind,
                          FindBytes(type.value_or(""), 2));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> raw, FindBytes(body, 2));
  if (kind == "Pod") return ObjectWriter(kPodFields, json).Write(raw.value_or(""));
  if (kind == "Status") return ObjectWriter(kStatusFields, json).Write(raw.value_or(""));
  return Malformed("an object that is neither Pod nor Status");
}

std::size_t FrameBytes(std::string_view header) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < kFrameHeaderBytes; ++i) {
    size = size << 8 | static_cast<std::uint8_t>(header[i]);
  }
  return size;
}

}  // namespace

bool IsProtobufBody(std::string_view body) { return body.starts_with(kMagic); }

StatusOr<std::string> ProtobufBodyToJson(std::string_view body) {
  std::string json;
  MUSTER_RETURN_IF_ERROR(WriteBody(body, json));
  return json;
}

StatusOr<std::string> WatchFrameToJson(std::string_view frame) {
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> type, FindBytes(frame, 1));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> object, FindBytes(frame, 2));
  MUSTER_ASSIGN_OR_RETURN(const std::optional<std::string_view> raw,
                          FindBytes(object.value_or(""), 1));
  std::string json = "{\"type\":";
  json.reserve(frame.size() + 256);
  WriteText(type.value_or(""), json);
  json += ",\"object\":";
  MUSTER_RETURN_IF_ERROR(WriteBody(raw.value_or(""), json));
  json += '}';
  return json;
}

Status ProtobufFrameSplitter::Feed(std::string_view chunk, const OnFrame& on_frame) {
  while (!chunk.empty()) {
    if (partial_.size() < kFrameHeaderBytes) {
      const std::size_t missing = kFrameHeaderBytes - partial_.size();
      if (partial_.empty() && chunk.size() >= kFrameHeaderBytes) {
        const std::size_t size = FrameBytes(chunk);
        if (size <= bytes_max_ && chunk.size() - kFrameHeaderBytes >= size) {
          const bool go_on = on_frame(chunk.substr(kFrameHeaderBytes, size));
          chunk.remove_prefix(kFrameHeaderBytes + size);
          if (!go_on) return OkStatus();
          continue;
        }
      }
      partial_.append(chunk.substr(0, missing));
      chunk.remove_prefix(std::min(missing, chunk.size()));
      if (partial_.size() < kFrameHeaderBytes) return OkStatus();
    }
    const std::size_t size = FrameBytes(partial_);
    if (size > bytes_max_) {
      return OutOfRangeError("watch: an event is larger than " + std::to_string(bytes_max_) +
                             " bytes");
    }
    const std::size_t missing = kFrameHeaderBytes + size - partial_.size();
    partial_.append(chunk.substr(0, missing));
    chunk.remove_prefix(std::min(missing, chunk.size()));
    if (partial_.size() < kFrameHeaderBytes + size) return OkStatus();
    const bool go_on = on_frame(std::string_view(partial_).substr(kFrameHeaderBytes));
    partial_.clear();
    if (!go_on) return OkStatus();
  }
  return OkStatus();
}

}  // namespace muster::kube
