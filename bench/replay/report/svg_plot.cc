#include "bench/replay/report/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace muster::bench::replay {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 300;
constexpr double kLeft = 62;
constexpr double kRight = 14;
constexpr double kTop = 12;
constexpr double kBottom = 44;

/// Maps values of one axis onto pixels.
class Scale {
 public:
  Scale(const Axis& axis, double least, double most, double from_pixel, double to_pixel)
      : axis_(axis), from_(from_pixel), to_(to_pixel) {
    if (axis.begins_at_zero) least = std::min(least, 0.0);
    low_ = Place(least);
    high_ = Place(most);
    if (high_ <= low_) high_ = low_ + 1;
  }

  double Pixel(double value) const {
    return from_ + (to_ - from_) * (Place(value) - low_) / (high_ - low_);
  }

  std::vector<double> Ticks() const {
    std::vector<double> ticks;
    if (axis_.is_logarithmic) {
      // Seconds, minutes and hours rather than powers of ten.
      for (const double value : {1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0,
                                 12 * 3600.0, 48 * 3600.0}) {
        if (Place(value) >= low_ && Place(value) <= high_) ticks.push_back(value);
      }
      return ticks;
    }
    const double step = Step();
    for (double i = std::ceil(low_ / step); i * step <= high_ * 1.0001; ++i) {
      ticks.push_back(i * step);
    }
    return ticks;
  }

 private:
  double Place(double value) const { return axis_.is_logarithmic ? std::log10(value) : value; }

  double Step() const {
    const double rough = (high_ - low_) / 5;
    // Hours in quarters of a day, the rest in 1, 2, 5.
    if (axis_.form == AxisForm::kHours && rough > 1) return std::max(1.0, std::ceil(rough / 3) * 3);
    if (axis_.form == AxisForm::kDuration) {
      for (const double step : {10.0, 60.0, 300.0, 600.0, 900.0, 1800.0}) {
        if (step >= rough) return step;
      }
      return std::ceil(rough / 3600) * 3600;
    }
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor * power >= rough) return factor * power;
    }
    return 10 * power;
  }

  const Axis& axis_;
  double from_;
  double to_;
  double low_ = 0;
  double high_ = 1;
};

std::string FormatPlain(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

std::string FormatTick(double value, AxisForm form) {
  switch (form) {
    case AxisForm::kPercent:
      return FormatPlain(std::round(value * 1000) / 10) + " %";
    case AxisForm::kDuration:
      return FormatSeconds(value);
    case AxisForm::kHours:
      return FormatPlain(value) + " h";
    case AxisForm::kPlain:
      break;
  }
  return FormatPlain(value);
}

std::string Text(double x, double y, const char* anchor, const std::string& text) {
  return "<text x=\"" + Fixed(x, 1) + "\" y=\"" + Fixed(y, 1) + "\" text-anchor=\"" + anchor +
         "\">" + Escape(text) + "</text>";
}

std::string Line(double x1, double y1, double x2, double y2, const char* style) {
  return "<line class=\"" + std::string(style) + "\" x1=\"" + Fixed(x1, 1) + "\" y1=\"" +
         Fixed(y1, 1) + "\" x2=\"" + Fixed(x2, 1) + "\" y2=\"" + Fixed(y2, 1) + "\"/>";
}

std::string Stroke(int colour) {
  return " style=\"stroke:var(--c" + std::to_string(colour) + ")\"";
}

std::string DrawAxes(const Axis& x, const Axis& y, const Scale& across, const Scale& up) {
  std::string svg;
  for (const double tick : up.Ticks()) {
    const double at = up.Pixel(tick);
    svg += Line(kLeft, at, kWidth - kRight, at, "grid");
    svg += Text(kLeft - 6, at + 4, "end", FormatTick(tick, y.form));
  }
  for (const double tick : across.Ticks()) {
    const double at = across.Pixel(tick);
    svg += Line(at, kTop, at, kHeight - kBottom, "grid");
    svg += Text(at, kHeight - kBottom + 16, "middle", FormatTick(tick, x.form));
  }
  svg += Text((kLeft + kWidth - kRight) / 2, kHeight - 8, "middle", x.label);
  svg += "<text transform=\"translate(13," + Fixed((kTop + kHeight - kBottom) / 2, 1) +
         ") rotate(-90)\" text-anchor=\"middle\">" + Escape(y.label) + "</text>";
  return svg;
}

}  // namespace

std::string LinePlot(const Axis& x, const Axis& y, const std::vector<Series>& series) {
  const auto is_drawn = [&](const std::pair<double, double>& point) {
    return (!x.is_logarithmic || point.first > 0) && (!y.is_logarithmic || point.second > 0);
  };
  bool is_empty = true;
  double least_x = 0, most_x = 0, least_y = 0, most_y = 0;
  for (const Series& one : series) {
    for (const auto& point : one.points) {
      if (!is_drawn(point)) continue;
      least_x = is_empty ? point.first : std::min(least_x, point.first);
      most_x = is_empty ? point.first : std::max(most_x, point.first);
      least_y = is_empty ? point.second : std::min(least_y, point.second);
      most_y = is_empty ? point.second : std::max(most_y, point.second);
      is_empty = false;
    }
  }
  if (is_empty) return "";
  const Scale across(x, least_x, most_x, kLeft, kWidth - kRight);
  const Scale up(y, least_y, most_y, kHeight - kBottom, kTop);
  std::string svg = "<svg class=\"plot\" viewBox=\"0 0 640 300\" role=\"img\" aria-label=\"" +
                    Escape(y.label + " by " + x.label) + "\">";
  svg += DrawAxes(x, y, across, up);
  for (const Series& one : series) {
    svg += "<polyline class=\"line" + std::string(one.is_strong ? " strong" : "") + "\"" +
           Stroke(one.colour) + " points=\"";
    for (const auto& point : one.points) {
      if (!is_drawn(point)) continue;
      svg += Fixed(across.Pixel(point.first), 1) + "," + Fixed(up.Pixel(point.second), 1) + " ";
    }
    svg += "\"><title>" + Escape(one.name) + "</title></polyline>";
    if (one.points.size() > 12) continue;
    for (const auto& point : one.points) {
      if (!is_drawn(point)) continue;
      svg += "<circle style=\"fill:var(--c" + std::to_string(one.colour) + ")\" cx=\"" +
             Fixed(across.Pixel(point.first), 1) + "\" cy=\"" + Fixed(up.Pixel(point.second), 1) +
             "\" r=\"3\"><title>" + Escape(one.name) + ": " + FormatTick(point.second, y.form) +
             "</title></circle>";
    }
  }
  return svg + "</svg>";
}

std::string GanttChart(const std::vector<GanttRow>& rows, double end) {
  constexpr double kLabels = 64;
  constexpr double kChartWidth = 320;
  const double row_height = rows.size() > 8 ? 8 : 18;
  const double height = row_height * static_cast<double>(rows.size()) + 20;
  const Axis axis{"", AxisForm::kDuration, false, true};
  const Scale across(axis, 0, end, kLabels, kChartWidth - 6);
  std::string svg = "<svg class=\"gantt\" viewBox=\"0 0 " + Fixed(kChartWidth, 0) + " " +
                    Fixed(height, 0) + "\">";
  for (const double tick : across.Ticks()) {
    svg += Line(across.Pixel(tick), 0, across.Pixel(tick), height - 18, "grid");
    svg += Text(across.Pixel(tick), height - 5, "middle", FormatTick(tick, axis.form));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double top = row_height * static_cast<double>(i);
    if (row_height > 10 || i % 5 == 0) {
      svg +=
          Text(kLabels - 4, top + row_height - 4 + (row_height > 10 ? 0 : 3), "end", rows[i].label);
    }
    for (const GanttRow::Stretch& stretch : rows[i].stretches) {
      const double from = across.Pixel(stretch.from);
      const double to = across.Pixel(std::min(stretch.to, end));
      svg += "<rect class=\"" + std::string(stretch.style) + "\" x=\"" + Fixed(from, 1) +
             "\" y=\"" + Fixed(top + 1, 1) + "\" width=\"" + Fixed(std::max(to - from, 0.5), 1) +
             "\" height=\"" + Fixed(row_height - 2, 1) + "\"/>";
    }
  }
  return svg + "</svg>";
}

std::string FormatSeconds(double seconds) {
  if (seconds < 1) return FormatPlain(std::round(seconds * 1000)) + " ms";
  if (seconds < 60) return FormatPlain(std::round(seconds * 10) / 10) + " s";
  if (seconds < 3600) return FormatPlain(std::round(seconds / 6) / 10) + " min";
  return FormatPlain(std::round(seconds / 360) / 10) + " h";
}

std::string Escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

}  // namespace muster::bench::replay
