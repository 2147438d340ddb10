#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "scheduler/base/status.h"
#include "scheduler/framework/profile.h"

namespace muster::cli {

enum class JudgeAnswer { kVerdicts, kVerdictsAndScores };

/// Judges one case: `text` is a JSON object {"nodes":[Node],"pods":[Pod],"objects":[..],
/// "pending":Pod}. Appends {"nodes":{"NAME":{"feasible":true,"reasons":[]}}} to `answer`, with
/// kube-scheduler's reasons, and where wanted "scores":{"NAME":458} of the nodes that take the pod:
/// a single pod goes to the highest. As in kube-scheduler's cache, pods that ended and pods on no
/// known node do not count. Cost: dominated by reading the JSON. Errors: InvalidArgument that names
/// the place. Threading: concurrent calls with one profile are allowed.
Status JudgeCase(const framework::Profile& profile, std::string_view text, std::size_t bytes_max,
                 JudgeAnswer wanted, std::string& answer);

/// Appends the text as a JSON string; bytes that are not UTF-8 are replaced.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace muster::cli
