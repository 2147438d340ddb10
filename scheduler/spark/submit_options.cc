#include "scheduler/spark/submit_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "scheduler/spark/utf8.h"

namespace muster::spark {
namespace {

/// Options with a value; `key` is what Spark makes of it on Kubernetes, "" where that does not
/// matter here.
struct Option {
  std::string_view name;
  std::string_view key;
};

constexpr std::array<Option, 30> kOptions{{
    {"--conf", ""},
    {"-c", ""},
    {"--properties-file", ""},
    {"--class", ""},
    {"--status", ""},
    {"--kill", ""},
    {"--master", "spark.master"},
    {"--deploy-mode", "spark.submit.deployMode"},
    {"--name", "spark.app.name"},
    {"--num-executors", "spark.executor.instances"},
    {"--executor-memory", "spark.executor.memory"},
    {"--executor-cores", "spark.executor.cores"},
    {"--driver-memory", "spark.driver.memory"},
    {"--driver-cores", "spark.driver.cores"},
    {"--remote", "spark.remote"},
    {"--archives", ""},
    {"--driver-class-path", ""},
    {"--driver-java-options", ""},
    {"--driver-library-path", ""},
    {"--exclude-packages", ""},
    {"--files", ""},
    {"--jars", ""},
    {"--keytab", ""},
    {"--packages", ""},
    {"--principal", ""},
    {"--proxy-user", ""},
    {"--py-files", ""},
    {"--queue", ""},
    {"--repositories", ""},
    {"--total-executor-cores", ""},
}};

class OptionReader {
 public:
  explicit OptionReader(const LaunchCommand& command)
      : command_(command),
        // spark-submit and what is built on it alone stop at the application's file.
        stops_at_application_(command.ProgramName() == "spark-submit" ||
                              command.ProgramName() == "driver" ||
                              command.ProgramName().ends_with(".SparkSubmit")) {}

  SubmitOptions Read() {
    options_.unknown = command_.unknown;
    SetProgramDefaults();
    const std::vector<Word>& words = command_.arguments;
    for (std::size_t i = 0; i < words.size() && !is_done_; ++i) i += ReadAt(i);
    for (auto& [key, value] : flags_) SetProperty(key, value);
    if (options_.default_name.empty()) options_.default_name = FileName(application_);
    AddEnvironment();
    return std::move(options_);
  }

 private:
  /// Reads the option at `i`; returns how many words after it belong to it.
  std::size_t ReadAt(std::size_t i) {
    const Word& word = command_.arguments[i];
    std::string_view name = word.text;
    const std::size_t equals = name.starts_with("--") ? name.find('=') : name.npos;
    name = name.substr(0, equals);
    const auto* const option = std::find_if(kOptions.begin(), kOptions.end(),
                                            [name](const Option& o) { return o.name == name; });
    if (option == kOptions.end()) {
      ReadOther(word);
      return 0;
    }
    if (equals != std::string_view::npos) {
      ReadOption(*option, Word{word.text.substr(equals + 1), word.is_resolved});
      return 0;
    }
    if (i + 1 < command_.arguments.size()) ReadOption(*option, command_.arguments[i + 1]);
    return 1;
  }

  void ReadOption(const Option& option, const Word& value) {
    if (option.name == "--conf" || option.name == "-c") {
      ReadConf(value);
    } else if (option.name == "--properties-file") {
      options_.properties_file = value.text;
      if (!value.is_resolved) NoteUnknown(value);
    } else if (option.name == "--class") {
      if (value.is_resolved) options_.default_name = value.text;
    } else if (option.name == "--kill" || option.name == "--status") {
      options_.starts_no_driver = true;
    } else if (!option.key.empty()) {
      flags_.insert_or_assign(std::string(option.key), value);
    }
  }

  void ReadConf(const Word& pair) {
    const std::size_t equals = pair.text.find('=');
    const std::string_view key = std::string_view(pair.text).substr(0, equals);
    if (equals == std::string::npos || key.find_first_of("$`") != key.npos) {
      if (!pair.is_resolved) NoteUnknown(pair);
      return;
    }
    SetProperty(std::string(key), Word{pair.text.substr(equals + 1), pair.is_resolved});
  }

  void ReadOther(const Word& word) {
    if (word.text == "--version" || word.text == "--help" || word.text == "-h") {
      options_.starts_no_driver = true;
    } else if (word.text == "--load-spark-defaults") {
      options_.loads_defaults_too = true;
    } else if (!word.is_resolved && !word.text.starts_with('-')) {
      // Perhaps the application, perhaps any number of options.
      NoteUnknown(word);
    } else if (stops_at_application_ && !word.text.starts_with('-')) {
      application_ = word.text;
      is_done_ = true;
    }
  }

  void SetProperty(const std::string& key, const Word& value) {
    options_.properties.Set(key, value.text);
    if (value.is_resolved) {
      options_.unresolved.erase(key);
    } else {
      options_.unresolved.insert(key);
    }
  }

  void SetProgramDefaults() {
    const std::string_view program = command_.ProgramName();
    const auto set_name = [this](const char* name) { flags_["spark.app.name"] = Word{name}; };
    if (program == "start-thriftserver.sh") set_name("Thrift JDBC/ODBC Server");
    if (program == "start-connect-server.sh") set_name("Spark Connect server");
    if (program == "spark-shell") set_name("Spark shell");
    if (program == "pyspark") set_name("PySparkShell");
    // The official image's entry point adds it, and what follows may say otherwise.
    if (program == "driver") flags_["spark.submit.deployMode"] = Word{"client"};
  }

  /// Variables that count where neither command line nor file has the key.
  void AddEnvironment() {
    const auto add = [this](const char* variable, const char* key) {
      const auto entry = command_.environment.find(variable);
      if (entry == command_.environment.end() || entry->second.empty()) return;
      options_.fallbacks.Set(key, entry->second);
    };
    add("SPARK_EXECUTOR_MEMORY", "spark.executor.memory");
    add("SPARK_EXECUTOR_CORES", "spark.executor.cores");
    add("MASTER", "spark.master");
    add("DEPLOY_MODE", "spark.submit.deployMode");
  }

  void NoteUnknown(const Word& word) {
    options_.unknown.push_back("the driver's command line holds " + Shown(word.text) +
                               ", which only its container can resolve");
  }

  static std::string FileName(const std::string& path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  }

  const LaunchCommand& command_;
  const bool stops_at_application_;
  bool is_done_ = false;
  std::string application_;
  std::map<std::string, Word> flags_;
  SubmitOptions options_;
};

}  // namespace

SubmitOptions ParseSubmitOptions(const LaunchCommand& command) {
  return OptionReader(command).Read();
}

}  // namespace muster::spark
