#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "scheduler/base/status.h"
#include "scheduler/history/event_log.h"

namespace muster::history {

/// What the runs of one application moved, together.
struct ShuffleHistory {
  std::int64_t runs = 0;
  std::int64_t tasks = 0;
  std::int64_t input_bytes = 0;
  std::int64_t shuffle_bytes = 0;
  std::int64_t executor_milliseconds = 0;

  /// Absent when nothing was read, or nothing ran.
  std::optional<double> ShuffledPerInputByte() const;
  std::optional<double> ShuffledBytesPerExecutorSecond() const;
  /// Too little to be worth a place next to each other: less than 1 MiB for each second of a task.
  /// A hundred such tasks on a node fill a tenth of a 10 Gbit/s link when every byte leaves it.
  bool IsLight() const;
};

/// The histories of applications by namespace and spark.app.name. Its written form is
/// {"version":1,"applications":[{"namespace":"a","name":"b","runs":2,"tasks":10,"inputBytes":1,
/// "shuffleBytes":1,"executorMilliseconds":1}]}.
/// Cost: O(log n) each. Threading: one thread.
class ShuffleProfile {
 public:
  using Key = std::pair<std::string, std::string>;  // namespace, name

  void Add(const ApplicationRun& run);
  /// nullptr when nothing is known of the application.
  const ShuffleHistory* Find(const std::string& namespace_name, const std::string& name) const;
  const std::map<Key, ShuffleHistory>& All() const { return histories_; }

  std::string Encode() const;
  /// Errors: InvalidArgument names what is wrong and where: other versions, fields that are not
  /// known, amounts below 0, more than 16 MiB.
  static StatusOr<ShuffleProfile> Decode(std::string_view text);

 private:
  std::map<Key, ShuffleHistory> histories_;
};

}  // namespace muster::history
