#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "scheduler/api/json_view.h"
#include "scheduler/api/objects.h"
#include "scheduler/base/status.h"

/// Private to the codec: typed reads of JSON fields whose errors name the path of the field.
namespace muster::api {

/// Where a value is in the document: a list of steps on the stack, turned into text only for
/// errors. A step borrows its parent and its key, so it must not outlive the call that made it.
class JsonPath {
 public:
  /// What to do with a number or a boolean where a string is expected.
  enum class Scalars { kStrict, kAsStrings };

  explicit JsonPath(Scalars scalars) : scalars_(scalars) {}
  JsonPath(const JsonPath& parent, std::string_view key)
      : parent_(&parent), key_(key), scalars_(parent.scalars_) {}
  JsonPath(const JsonPath& parent, std::size_t index)
      : parent_(&parent), index_(index), scalars_(parent.scalars_) {}

  Scalars scalars() const { return scalars_; }

  /// "spec.containers[0].resources"; empty for the document itself.
  std::string ToString() const;
  /// InvalidArgument: "<path>: <problem>".
  Status Error(std::string_view problem) const;
  /// InvalidArgument: "<path>: a string is allowed here, not a number".
  Status WrongType(JsonView value, std::string_view allowed) const;

 private:
  const JsonPath* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
  Scalars scalars_ = Scalars::kStrict;
};

/// The value of a key; none when it is absent or null, which Kubernetes treats alike.
JsonView Find(JsonView object, std::string_view key);

Status CheckObject(JsonView value, const JsonPath& path);
/// An object, and of this kind if it says its kind; a list's items do not.
Status CheckKind(JsonView object, const JsonPath& path, std::string_view kind);

Status CheckList(JsonView value, const JsonPath& path);

// Each reads one value. `path` is the path of the value itself; null leaves `out` as it is.
Status Read(JsonView value, const JsonPath& path, std::string& out);
Status Read(JsonView value, const JsonPath& path, bool& out);
Status Read(JsonView value, const JsonPath& path, std::int32_t& out);
Status Read(JsonView value, const JsonPath& path, std::int64_t& out);
Status Read(JsonView value, const JsonPath& path, Time& out);
Status Read(JsonView value, const JsonPath& path, Quantity& out);
Status Read(JsonView value, const JsonPath& path, StringMap& out);
Status Read(JsonView value, const JsonPath& path, ResourceList& out);

// json_codec.cc
Status Read(JsonView value, const JsonPath& path, ObjectMeta& out);
// json_constraints.cc
Status Read(JsonView value, const JsonPath& path, NodeSelectorTerm& out);
Status Read(JsonView value, const JsonPath& path, Toleration& out);
Status Read(JsonView value, const JsonPath& path, Taint& out);
Status Read(JsonView value, const JsonPath& path, LabelSelector& out);
Status Read(JsonView value, const JsonPath& path, NodeAffinity& out);
Status Read(JsonView value, const JsonPath& path, PodAffinity& out);
Status Read(JsonView value, const JsonPath& path, TopologySpreadConstraint& out);
/// The three parts of a pod's "affinity".
Status ReadAffinity(JsonView value, const JsonPath& path, PodSpec& out);
// json_volumes.cc
Status Read(JsonView value, const JsonPath& path, PersistentVolumeClaimSpec& out);
Status Read(JsonView value, const JsonPath& path, Volume& out);

/// Calls `read(element, path)` for each element of a list until one is not well.
template <class ReadElement>
Status ForEachElement(JsonView list, const JsonPath& path, ReadElement read) {
  MUSTER_RETURN_IF_ERROR(CheckList(list, path));
  return list.ForEachElement([&](JsonView element, std::size_t index) -> Status {
    return read(element, JsonPath(path, index));
  });
}

/// A value that may be absent.
template <class T>
Status Read(JsonView value, const JsonPath& path, std::optional<T>& out) {
  return Read(value, path, out.emplace());
}

/// A list whose elements have a Read of their own in this namespace.
template <class T>
Status Read(JsonView value, const JsonPath& path, std::vector<T>& out) {
  // Most lists are short, and a hostile one need not ask for all of its memory at once.
  constexpr std::size_t kReservedMax = 16;
  if (value.IsList()) out.reserve(std::min(value.SizeHint(), kReservedMax));
  return ForEachElement(value, path, [&](JsonView element, const JsonPath& element_path) {
    return Read(element, element_path, out.emplace_back());
  });
}

/// A key of an object, and what takes its value: a variable with a Read of its own, or a function
/// Status(JsonView, const JsonPath&). Borrows the latter.
template <class Target>
struct Field {
  std::string_view key;
  Target* target;

  Status Take(JsonView value, const JsonPath& path) const {
    if constexpr (std::is_invocable_v<Target&, JsonView, const JsonPath&>) {
      return (*target)(value, path);
    } else {
      return Read(value, path, *target);
    }
  }
};
template <class Target>
Field<Target> Into(std::string_view key, Target& out) {
  return {key, &out};
}
template <class Take>
Field<const Take> By(std::string_view key, const Take& take) {
  return {key, &take};
}

/// Reads an object: its values, those that are there, are taken in the order of `fields`, until one
/// is not well. Cost: one walk over the object, and each key compared with those of `fields`.
template <class... Target>
Status ReadFields(JsonView object, const JsonPath& path, const Field<Target>&... fields) {
  MUSTER_RETURN_IF_ERROR(CheckObject(object, path));
  const std::array<std::string_view, sizeof...(fields)> keys{fields.key...};
  std::array<JsonView, sizeof...(fields)> values;
  object.FindAll(keys, values);
  const JsonView* next = values.data();
  Status status;
  const auto take = [&](const auto& field) {
    const JsonView value = *next++;
    // Null is absent for Kubernetes.
    if (!value || value.type() == JsonView::Type::kNull) return true;
    status = field.Take(value, JsonPath(path, field.key));
    return status.ok();
  };
  static_cast<void>((take(fields) && ...));
  return status;
}

/// The field `key` of `object`, when it is there.
template <class T>
Status ReadField(JsonView object, const JsonPath& path, const char* key, T& out) {
  const JsonView value = Find(object, key);
  return value ? Read(value, JsonPath(path, key), out) : OkStatus();
}

}  // namespace muster::api
