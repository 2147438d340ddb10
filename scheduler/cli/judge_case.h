#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "scheduler/api/json_view.h"
#include "scheduler/base/status.h"
#include "scheduler/framework/profile.h"

namespace muster::cli {

enum class JudgeAnswer { kVerdicts, kVerdictsAndScores };

/// Judges cases, one after the other. A case: `text` is a JSON object
/// {"nodes":[Node],"pods":[Pod],"objects":[..], "pending":Pod}. Appends
/// {"nodes":{"NAME":{"feasible":true,"reasons":[]}}} to `answer`, with kube-scheduler's reasons,
/// and where wanted "scores":{"NAME":458} of the nodes that take the pod: a single pod goes to the
/// highest. As in kube-scheduler's cache, pods that ended and pods on no known node do not count.
/// Cost: dominated by reading the JSON. Errors: InvalidArgument that names the place. Threading:
/// one thread.
class CaseJudge {
 public:
  /// Borrows the profile.
  CaseJudge(const framework::Profile& profile, std::size_t bytes_max, JudgeAnswer wanted)
      : profile_(profile), bytes_max_(bytes_max), wanted_(wanted) {}

  Status Judge(std::string_view text, std::string& answer);

 private:
  const framework::Profile& profile_;
  const std::size_t bytes_max_;
  const JudgeAnswer wanted_;
  api::JsonParser parser_;
};

/// Appends the text as a JSON string; bytes that are not UTF-8 are replaced.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace muster::cli
