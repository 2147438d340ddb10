#pragma once

#include <iosfwd>
#include <memory>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace muster::bench {

/// `muster-bench replay`: its flags, and the run that they describe. The application must outlive
/// it.
class ReplayCommand {
 public:
  explicit ReplayCommand(CLI::App& application);
  ~ReplayCommand();
  ReplayCommand(const ReplayCommand&) = delete;
  ReplayCommand& operator=(const ReplayCommand&) = delete;

  bool IsChosen() const;
  /// Returns the exit code.
  int Run(std::ostream& out, std::ostream& errors) const;

 private:
  struct Flags;
  std::unique_ptr<Flags> flags_;
};

}  // namespace muster::bench
