#include "scheduler/spark/launch_command.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "scheduler/spark/utf8.h"

namespace muster::spark {
namespace {

constexpr std::array<std::string_view, 8> kLaunchers{"spark-submit",
                                                     "spark-shell",
                                                     "pyspark",
                                                     "spark-sql",
                                                     "sparkR",
                                                     "start-connect-server.sh",
                                                     "start-thriftserver.sh",
                                                     "org.apache.spark.deploy.SparkSubmit"};
/// Programs and shell words after which the command proper follows.
constexpr std::array<std::string_view, 15> kWrappers{
    "tini",          "dumb-init",   "env",  "exec", "nohup",
    "entrypoint.sh", "spark-class", "time", "nice", "export",
    "then",          "do",          "else", "{",    "!"};
constexpr std::array<std::string_view, 5> kShells{"sh", "bash", "dash", "ash", "zsh"};
/// `sh -c "sh -c ..."` and no deeper.
constexpr int kScriptsMax = 2;

template <std::size_t N>
bool IsOneOf(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view BaseName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

/// "NAME=value", which a shell or `env` takes for a variable.
bool IsAssignment(const Word& word) {
  const auto is_in_name = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const std::size_t equals = word.text.find('=');
  return equals != std::string::npos && equals > 0 &&
         std::all_of(word.text.begin(), word.text.begin() + static_cast<std::ptrdiff_t>(equals),
                     is_in_name);
}

/// Goes through a container's words and the scripts in them until Spark's launcher is found.
class LauncherSearch {
 public:
  explicit LauncherSearch(const api::Container& container) {
    command_.environment = container.environment;
  }

  bool FindIn(std::span<const Word> words, int scripts_left) {
    bool is_entrypoint = false;
    while (!words.empty()) {
      const Word& word = words.front();
      const std::string_view name = BaseName(word.text);
      words = words.subspan(1);
      if (IsOneOf(name, kLaunchers) || (is_entrypoint && name == "driver")) {
        command_.program = word.text;
        command_.arguments.assign(words.begin(), words.end());
        return true;
      }
      if (IsAssignment(word)) {
        Assign(word);
      } else if (IsOneOf(name, kWrappers)) {
        is_entrypoint = is_entrypoint || name == "entrypoint.sh";
        // The wrapper's own options; those that take a value are not used with Spark.
        while (!words.empty() && words.front().text.starts_with('-')) words = words.subspan(1);
      } else if (IsOneOf(name, kShells)) {
        return FindBehindShell(words, scripts_left);
      } else {
        return false;
      }
    }
    return false;
  }

  LaunchCommand Take() { return std::move(command_); }

 private:
  bool FindBehindShell(std::span<const Word> words, int scripts_left) {
    bool is_script = false;
    while (!words.empty() && words.front().text.starts_with('-')) {
      const std::string& option = words.front().text;
      is_script = is_script || (!option.starts_with("--") && option.find('c') != std::string::npos);
      words = words.subspan(1);
    }
    if (words.empty()) return false;
    if (!is_script) return FindIn(words, scripts_left);
    const std::string& script = words.front().text;
    // Most scripts have nothing to do with Spark and need not be split.
    if (scripts_left == 0 || script.find("park") == std::string::npos) return false;
    return FindInScript(script, scripts_left - 1);
  }

  bool FindInScript(std::string_view script, int scripts_left) {
    const std::vector<std::vector<Word>> commands = SplitShellScript(script);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (!FindIn(commands[i], scripts_left)) continue;
      for (std::size_t later = i + 1; later < commands.size(); ++later) {
        LauncherSearch another{api::Container()};
        if (another.FindIn(commands[later], 0)) {
          command_.unknown.emplace_back(
              "the driver's script starts Spark more than once; the first one is predicted");
          break;
        }
      }
      return true;
    }
    return false;
  }

  void Assign(const Word& word) {
    const std::size_t equals = word.text.find('=');
    const std::string name = word.text.substr(0, equals);
    command_.environment[name] = word.text.substr(equals + 1);
    if (word.is_resolved || !name.starts_with("SPARK_")) return;
    command_.unknown.push_back("the driver's script sets " + Shown(word.text) +
                               ", which only it can resolve");
  }

  LaunchCommand command_;
};

/// The official image's entry point is not in the pod, only its first argument.
bool LooksLikeEntrypointDriver(const api::Container& container) {
  if (!container.command.empty() || container.args.empty() || container.args[0] != "driver") {
    return false;
  }
  return std::any_of(container.args.begin(), container.args.end(), [](const std::string& word) {
    return word == "--properties-file" || word == "--class" || word == "--master" ||
           word.starts_with("spark.");
  });
}

/// Whether the container's words may start Spark at all.
bool MentionsSpark(const api::Container& container) {
  const auto mentions = [](const std::string& word) {
    // spark-submit, pyspark and org.apache.spark..., or the image's entry point.
    return word.find("spark") != std::string::npos || word.ends_with("entrypoint.sh");
  };
  return std::any_of(container.command.begin(), container.command.end(), mentions) ||
         std::any_of(container.args.begin(), container.args.end(), mentions);
}

}  // namespace

std::string_view LaunchCommand::ProgramName() const { return BaseName(program); }

std::optional<LaunchCommand> FindLaunchCommand(const api::Container& container) {
  const bool is_entrypoint = LooksLikeEntrypointDriver(container);
  if (!is_entrypoint && !MentionsSpark(container)) return std::nullopt;
  std::vector<Word> words;
  if (is_entrypoint) words.push_back({"entrypoint.sh"});
  for (const auto* part : {&container.command, &container.args}) {
    for (const std::string& text : *part) {
      words.push_back(SubstituteVariables(text, container.environment));
    }
  }
  LauncherSearch search(container);
  if (!search.FindIn(words, kScriptsMax)) return std::nullopt;
  return search.Take();
}

}  // namespace muster::spark
