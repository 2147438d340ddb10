#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "bench/simulation/simulated_world.h"

namespace muster::bench {

/// Where a report goes: plain text, or with the colours of a terminal.
class ReportStream {
 public:
  enum class Colour { kPlain, kGood, kWaiting, kBad, kDim, kHeading };

  ReportStream(std::ostream& out, bool has_colours) : out_(out), has_colours_(has_colours) {}

  void Line(const std::string& text = "");
  /// `text` for Line, in colour where there are colours.
  std::string Paint(Colour colour, const std::string& text) const;

 private:
  std::ostream& out_;
  bool has_colours_;
};

/// Tells what happens in a simulated world as it happens, one line for each thing that a user of
/// the cluster would notice. Attach it before anything is submitted; must outlive the world's runs.
class Timeline : public ApiObserver, public SparkObserver {
 public:
  Timeline(SimulatedWorld& world, ReportStream& report);

  void OnPodChanged(const api::Pod* before, const api::Pod& after) override;
  void OnPodDeleted(const api::Pod&) override {}
  void OnNodeChanged(const api::Node&) override {}
  void OnNodeDeleted(const api::Node&) override {}
  void OnStateChanged(const ApplicationRecord& record) override;

 private:
  /// Executors of one application that were bound within a moment, told in one line.
  struct BoundExecutors {
    std::vector<std::int64_t> ids;
    std::map<std::string, std::int64_t> by_node;
  };

  void TellDriver(const api::Pod* before, const api::Pod& after);
  void TellExecutors(const std::string& application);
  void Tell(const std::string& application, const std::string& painted_word,
            const std::string& text);

  SimulatedWorld& world_;
  ReportStream& report_;
  std::map<std::string, BoundExecutors> bound_;   // by application
  std::map<std::string, std::string> last_wait_;  // by application: what was told
};

/// "12.3 s", right-aligned in 8 columns.
std::string FormatSeconds(Duration duration);

/// `text` followed by spaces up to `width` columns.
std::string Pad(const std::string& text, std::size_t width);

/// "node-a x4, node-b x1".
std::string FormatCounts(const std::map<std::string, std::int64_t>& counts);

}  // namespace muster::bench
