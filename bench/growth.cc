#include "bench/growth.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "bench/decide.h"

namespace muster::bench {
namespace {

using nlohmann::ordered_json;

constexpr std::array<std::int64_t, 6> kNodes = {1'000, 5'000, 10'000, 20'000, 50'000, 100'000};
constexpr std::array<double, 2> kFills = {0.5, 0.95};
constexpr char kGangs[] = "500x20";
constexpr char kLargeGang[] = "1x1001";

struct Row {
  std::int64_t nodes = 0;
  double fill = 0;
  Measurement measured;
  std::optional<Measurement> large;  // one gang of 1,001 pods, where it fits
};

/// A million numbers sorted: what this machine is worth today, in seconds.
double YardstickSeconds() {
  std::vector<double> seconds;
  for (int round = 0; round < 5; ++round) {
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> numbers(1'000'000);
    for (std::uint64_t& number : numbers) number = random();
    const auto start = std::chrono::steady_clock::now();
    std::sort(numbers.begin(), numbers.end());
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

Row Measure(std::int64_t nodes, double fill, int rounds) {
  DecideOptions options;
  options.nodes = nodes;
  options.fill = fill;
  options.rounds = rounds;
  options.gangs = kGangs;
  Row row{nodes, fill, *MeasureDecisions(options), std::nullopt};
  options.gangs = kLargeGang;
  const Measurement large = *MeasureDecisions(options);
  if (large.gangs_placed > 0) row.large = large;
  return row;
}

ordered_json ToJson(const Row& row, double yardstick) {
  ordered_json json = {{"nodes", row.nodes},
                       {"fill", row.fill},
                       {"gangsPlaced", row.measured.gangs_placed},
                       {"microsecondsPerPod", 1e6 / row.measured.pods_per_second},
                       {"podsPerSecond", row.measured.pods_per_second},
                       {"gangMicrosecondsP50", row.measured.gang_microseconds_p50},
                       {"gangMicrosecondsP99", row.measured.gang_microseconds_p99},
                       {"yardsticksPerMillionPods", 1e6 / row.measured.pods_per_second / yardstick},
                       {"peakMegabytes", row.measured.peak_megabytes}};
  if (row.large) {
    json["gangOf1001Milliseconds"] = row.large->gang_microseconds_p50 / 1000;
    json["gangOf1001Yardsticks"] = row.large->gang_microseconds_p50 / 1e6 / yardstick;
  }
  return json;
}

void PrintTable(const std::vector<Row>& rows, double yardstick, std::ostream& out) {
  out << "Gangs of 20 pods (driver 1 cpu, executors 4 cpu), one after the other; all nodes "
         "considered; one thread.\n"
      << "A million numbers are sorted in " << std::fixed << std::setprecision(1)
      << yardstick * 1000 << " ms on this machine.\n\n"
      << "   nodes  fill  gangs  us/pod     pods/s  gang us p50      p99  gang of 1001, ms  peak "
         "MB\n";
  for (const Row& row : rows) {
    out << std::setw(8) << row.nodes << std::setw(6) << std::setprecision(2) << row.fill
        << std::setw(7) << row.measured.gangs_placed << std::setw(8) << std::setprecision(2)
        << 1e6 / row.measured.pods_per_second << std::setw(11) << std::setprecision(0)
        << row.measured.pods_per_second << std::setw(13) << std::setprecision(1)
        << row.measured.gang_microseconds_p50 << std::setw(9) << row.measured.gang_microseconds_p99
        << std::setw(18) << std::setprecision(2);
    if (row.large) {
      out << row.large->gang_microseconds_p50 / 1000;
    } else {
      out << "-";
    }
    out << std::setw(9) << std::setprecision(0) << row.measured.peak_megabytes << "\n";
  }
}

/// Microseconds for each pod over nodes, both logarithmic, a line for each fill.
std::string Plot(const std::vector<Row>& rows) {
  const auto x = [](double nodes) { return 70 + (std::log10(nodes) - 3) / 2 * 520; };
  const auto y = [](double microseconds) {
    return 330 - (std::log10(std::clamp(microseconds, 0.1, 10'000.0)) + 1) / 5 * 300;
  };
  std::ostringstream svg;
  svg << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"400\" "
         "font-family=\"sans-serif\" font-size=\"12\">\n"
         "<rect width=\"640\" height=\"400\" fill=\"white\"/>\n"
         "<text x=\"70\" y=\"18\">Microseconds for each pod of gangs of 20, over nodes</text>\n";
  for (double tick = 0.1; tick < 20'000; tick *= 10) {
    svg << "<line x1=\"70\" x2=\"590\" y1=\"" << y(tick) << "\" y2=\"" << y(tick)
        << "\" stroke=\"#ddd\"/><text x=\"10\" y=\"" << y(tick) + 4 << "\">" << tick << "</text>\n";
  }
  for (const std::int64_t nodes : kNodes) {
    svg << "<text x=\"" << x(static_cast<double>(nodes)) - 14 << "\" y=\"352\">" << nodes / 1000
        << "k</text>\n";
  }
  const std::array<const char*, kFills.size()> colours = {"#1f77b4", "#d62728"};
  for (std::size_t i = 0; i < kFills.size(); ++i) {
    svg << "<polyline fill=\"none\" stroke=\"" << colours[i] << "\" stroke-width=\"2\" points=\"";
    for (const Row& row : rows) {
      if (row.fill != kFills[i]) continue;
      svg << x(static_cast<double>(row.nodes)) << ',' << y(1e6 / row.measured.pods_per_second)
          << ' ';
    }
    svg << "\"/><text x=\"" << 70 + 90 * i << "\" y=\"380\" fill=\"" << colours[i] << "\">"
        << std::lround(kFills[i] * 100) << " % full</text>\n";
  }
  svg << "</svg>\n";
  return svg.str();
}

/// Compares each row with the thresholds for its nodes and fill. The number of those broken;
/// nullopt when the file cannot be understood.
std::optional<int> Judge(const std::string& file, const ordered_json& rows, std::ostream& out,
                         std::ostream& errors) {
  std::ifstream stream(file);
  const ordered_json thresholds = ordered_json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!thresholds.is_object()) {
    errors << "--thresholds " << file << ": cannot be read as JSON\n";
    return std::nullopt;
  }
  int broken = 0;
  for (const ordered_json& limit : thresholds.value("limits", ordered_json::array())) {
    for (const ordered_json& row : rows) {
      if (row.at("nodes") != limit.value("nodes", 0) ||
          row.at("fill") != limit.value("fill", 0.0)) {
        continue;
      }
      const std::string figure = limit.value("figure", "");
      if (!row.contains(figure)) continue;
      const double most = limit.value("most", 0.0);
      const bool holds = row.at(figure).get<double>() <= most;
      broken += holds ? 0 : 1;
      out << (holds ? "holds   " : "BROKEN  ") << row.at("nodes") << " nodes, fill "
          << row.at("fill") << ": " << figure << " " << row.at(figure) << ", at most "
          << ordered_json(most) << "\n";
    }
  }
  return broken;
}

}  // namespace

int RunGrowth(const GrowthOptions& options, std::ostream& out, std::ostream& errors) {
  const double yardstick = YardstickSeconds();
  std::vector<Row> rows;
  for (const std::int64_t nodes : kNodes) {
    if (nodes > options.nodes_max) continue;
    for (const double fill : kFills) rows.push_back(Measure(nodes, fill, options.rounds));
  }
  ordered_json json = ordered_json::array();
  for (const Row& row : rows) json.push_back(ToJson(row, yardstick));
  if (options.json) {
    out << ordered_json{{"yardstickMilliseconds", yardstick * 1000}, {"rows", json}}.dump(1)
        << "\n";
  } else {
    PrintTable(rows, yardstick, out);
  }
  if (!options.svg_file.empty()) {
    std::ofstream svg(options.svg_file);
    svg << Plot(rows);
    if (!svg.flush()) {
      errors << "--svg " << options.svg_file << ": cannot be written\n";
      return 3;
    }
  }
  if (options.thresholds_file.empty()) return 0;
  const auto broken = Judge(options.thresholds_file, json, options.json ? errors : out, errors);
  if (!broken) return 3;
  return *broken == 0 ? 0 : 1;
}

}  // namespace muster::bench
