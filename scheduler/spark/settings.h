#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scheduler/base/status.h"
#include "scheduler/spark/memory_size.h"
#include "scheduler/spark/properties.h"

namespace muster::spark {

using KeySet = std::set<std::string, std::less<>>;

/// What is particular about some keys of a driver whose command line sets them.
struct KeyOrigins {
  KeySet from_arguments;  // errors name the command line, not the file
  KeySet unresolved;      // only the driver's container knows the value
};

/// Typed look-ups in the configuration of one application, with Spark's rules for each type.
/// Errors: InvalidArgument "<file>: <key>=<value>: <what is allowed>".
/// References to other entries ("${spark.size}") are replaced. A value with a variable in it that
/// is the driver's to know ("${env:SIZE}"), or one that is unresolved, counts as absent, and the
/// reason is added to unknown(). Ownership: borrows the properties. Threading: one at a time.
class Settings {
 public:
  Settings(const Properties& properties, std::string file, KeyOrigins origins = {})
      : properties_(properties), file_(std::move(file)), origins_(std::move(origins)) {}

  bool Has(std::string_view key) const { return properties_.Contains(key); }
  /// The value without surrounding blanks; nullopt when the key is absent.
  std::optional<std::string> Text(std::string_view key);
  StatusOr<bool> Boolean(std::string_view key, bool fallback);
  StatusOr<std::optional<std::int64_t>> WholeNumber(std::string_view key, std::int64_t least,
                                                    std::int64_t most);
  StatusOr<std::optional<double>> Factor(std::string_view key, bool zero_is_allowed);
  /// Whole mebibytes, `least` or more.
  StatusOr<std::optional<std::int64_t>> Mebibytes(std::string_view key,
                                                  SizeUnit unit_without_suffix, std::int64_t least);

  /// Every entry whose key begins with `prefix`, by the rest of the key. Spark does not replace
  /// references in these, so they are literal. Unresolved ones are left out, and noted.
  std::map<std::string, std::string> WithPrefix(std::string_view prefix);

  /// The error for the value of `key`.
  Status Refuse(std::string_view key, std::string_view allowed) const;

  void AddUnknown(std::string reason);
  /// In the order of discovery, each once.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  StatusOr<std::string> Resolve(std::string_view key, std::string_view value) const;
  StatusOr<std::string_view> EntryFor(std::string_view key) const;

  const Properties& properties_;
  std::string file_;
  KeyOrigins origins_;
  std::vector<std::string> unknown_;
};

}  // namespace muster::spark
