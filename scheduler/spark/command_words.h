#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"

/// The words of a container's command line as the program in it will see them, as far as that can
/// be known from the pod. Pure functions, linear time.
namespace muster::spark {

/// One word. When it is not resolved, `text` is still as the pod has it ("memory=$SIZE").
struct Word {
  std::string text;
  bool is_resolved = true;
};

/// Replaces $(NAME) as the kubelet does; "$$" is a dollar sign. Only variables with a literal value
/// are known here, so any other reference leaves the word unresolved.
/// Source: k8s.io/kubernetes/third_party/forked/golang/expansion.
Word SubstituteVariables(std::string_view text, const api::StringMap& environment);

/// The simple commands of a shell script, each as its words: quotes, backslashes, comments and the
/// separators ; & | ( ) and line ends are understood, redirections are left out. Nothing is
/// expanded: a word with $ or a backtick is not resolved, and holds $(...) whole.
std::vector<std::vector<Word>> SplitShellScript(std::string_view script);

}  // namespace muster::spark
