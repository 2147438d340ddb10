#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scheduler/api/json_view.h"
#include "scheduler/base/status.h"

namespace muster::history {

/// What one run of an application moved, summed over its tasks, failed ones too.
struct ApplicationRun {
  std::string application_id;
  std::string name;            // spark.app.name
  std::string namespace_name;  // spark.kubernetes.namespace; empty when it did not run there
  std::int64_t tasks = 0;
  std::int64_t input_bytes = 0;
  std::int64_t shuffle_bytes = 0;          // written for other tasks to read
  std::int64_t executor_milliseconds = 0;  // in which a task ran; two at once count twice
};

/// Reads the lines of a Spark event log. Lines of events that say nothing about shuffles are passed
/// over unread, because a log has gigabytes of them.
/// Cost: about 1 ns a byte of the lines that are read. Threading: one thread.
/// Source: org.apache.spark.util.JsonProtocol; the fields are the same from 2.x to 4.x.
class EventLogReader {
 public:
  /// Takes the next line. Errors: InvalidArgument when it should say something and cannot be read;
  /// the reader may go on with the next one.
  Status Add(std::string_view line);

  const ApplicationRun& Run() const { return run_; }

 private:
  Status AddTask(api::JsonView event);

  api::JsonParser parser_;
  ApplicationRun run_;
};

}  // namespace muster::history
