#pragma once

#include <string>
#include <utility>
#include <vector>

namespace muster::bench::replay {

/// How numbers of an axis are written.
enum class AxisForm { kPlain, kPercent, kDuration, kHours };

struct Axis {
  std::string label;
  AxisForm form = AxisForm::kPlain;
  bool is_logarithmic = false;  // of seconds
  bool begins_at_zero = false;
};

/// One line of a plot. `colour` is an index of the page's palette, `is_strong` draws it thicker.
struct Series {
  std::string name;
  int colour = 0;
  bool is_strong = false;
  std::vector<std::pair<double, double>> points = {};
};

/// A line plot with axes as inline SVG, as wide as its place in the page. What is not positive is
/// left out of a logarithmic axis. Empty text when there is nothing to draw.
std::string LinePlot(const Axis& x, const Axis& y, const std::vector<Series>& series);

/// One bar of a Gantt chart: stretches in seconds, each with a class of the page's style.
struct GanttRow {
  struct Stretch {
    double from = 0;
    double to = 0;
    const char* style = "";
  };
  std::string label;
  std::vector<Stretch> stretches = {};
};

/// Rows of stretches over one time axis from 0 to `end` seconds.
std::string GanttChart(const std::vector<GanttRow>& rows, double end);

/// "850 ms", "12 s", "3.5 min", "2.1 h".
std::string FormatSeconds(double seconds);
/// Text for HTML.
std::string Escape(const std::string& text);
/// With this many digits after the point.
std::string Fixed(double value, int digits);

}  // namespace muster::bench::replay
