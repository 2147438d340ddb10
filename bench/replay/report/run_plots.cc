#include "bench/replay/report/run_plots.h"

#include <algorithm>
#include <utility>

#include "bench/replay/report/svg_plot.h"

namespace muster::bench::replay {
namespace {

constexpr int kOwnColour = 7;
constexpr int kColours = 11;

Series SeriesFor(std::span<const PolicyDescription> policies, const std::string& policy) {
  return {policy, ColourOf(policies, policy), policy.starts_with("muster")};
}

std::string PlotFigure(const std::string& title, const std::string& what, const std::string& svg) {
  if (svg.empty()) return "";
  return "<figure><figcaption>" + Escape(title) + "<small>" + Escape(what) +
         "</small></figcaption>" + svg + "</figure>";
}

/// Muster last, so that it lies on top.
void OwnLast(std::vector<Series>& series) {
  std::vector<Series> ordered;
  for (const bool is_own : {false, true}) {
    for (const Series& one : series) {
      if (one.is_strong == is_own) ordered.push_back(one);
    }
  }
  series = std::move(ordered);
}

std::string Legend(std::span<const PolicyDescription> policies,
                   const std::vector<RunGroup>& groups) {
  std::string html = "<div class=\"legend\">";
  std::vector<std::string> seen;
  for (const RunGroup& group : groups) {
    if (std::find(seen.begin(), seen.end(), group.policy) != seen.end()) continue;
    seen.push_back(group.policy);
    html += "<span><i class=\"swatch\" style=\"background:var(--c" +
            std::to_string(ColourOf(policies, group.policy)) + ")\"></i>" + Escape(group.policy) +
            "</span>";
  }
  return html + "</div>";
}

Series TimelineOf(std::span<const PolicyDescription> policies, const RunGroup& group, Level level,
                  double scale) {
  Series series = SeriesFor(policies, group.policy);
  const double hours = std::chrono::duration<double, std::ratio<3600>>(Recorder::kStretch).count();
  const auto& timeline = group.runs.front()->timeline;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    series.points.emplace_back((static_cast<double>(i) + 0.5) * hours,
                               timeline[i].mean[static_cast<std::size_t>(level)] * scale);
  }
  return series;
}

/// What comes after the arrivals and a quarter more is cut off.
void KeepArrivals(std::vector<Series>& series, double hours) {
  for (Series& one : series) {
    std::erase_if(one.points, [hours](const auto& point) { return point.first > hours; });
  }
}

}  // namespace

std::string RunPlots(std::span<const PolicyDescription> policies,
                     const std::vector<RunGroup>& groups) {
  std::vector<Series> delays;
  std::vector<Series> useful;
  std::vector<Series> waiting;
  std::vector<Series> idle;
  double hours = 0;
  for (const RunGroup& group : groups) {
    Series delay = SeriesFor(policies, group.policy);
    const auto& quantiles = group.runs.front()->delay_quantiles;
    for (std::size_t i = 0; i < quantiles.size(); ++i) {
      delay.points.emplace_back(std::max(quantiles[i], 1.0), static_cast<double>(i) / 100);
    }
    delays.push_back(std::move(delay));
    const double cores = group.runs.front()->cores;
    useful.push_back(TimelineOf(policies, group, Level::kUsefulCpu, 1 / cores / 1000));
    waiting.push_back(TimelineOf(policies, group, Level::kWaitingGangs, 1));
    idle.push_back(TimelineOf(policies, group, Level::kIdleHoldCpu, 1 / cores / 1000));
    const double makespan = group.runs.front()->makespan_seconds / 3600;
    hours = hours == 0 ? makespan : std::min(hours, makespan);
  }
  for (std::vector<Series>* series : {&useful, &waiting, &idle}) {
    KeepArrivals(*series, hours * 1.25);
    OwnLast(*series);
  }
  OwnLast(delays);
  const Axis time{"hours since the start", AxisForm::kHours};
  std::string html = "<h3>Over time and over gangs</h3>" + Legend(policies, groups);
  html += "<div class=\"plots\">";
  html += PlotFigure("Queueing delay", "share of gangs that waited no longer; first seed",
                     LinePlot({"delay", AxisForm::kDuration, true},
                              {"gangs", AxisForm::kPercent, false, true}, delays));
  html += PlotFigure("Useful utilisation", "CPU of gangs that are whole / allocatable; first seed",
                     LinePlot(time, {"useful", AxisForm::kPercent, false, true}, useful));
  html += PlotFigure("Gangs that wait", "submitted and not whole; first seed",
                     LinePlot(time, {"gangs", AxisForm::kPlain, false, true}, waiting));
  html +=
      PlotFigure("Idle-in-hold", "CPU held by gangs that are not whole / allocatable; first seed",
                 LinePlot(time, {"held", AxisForm::kPercent, false, true}, idle));
  return html + "</div>";
}

std::string LoadPlots(std::span<const PolicyDescription> policies,
                      const std::vector<RunGroup>& groups) {
  const auto by_load = [&](const char* name) {
    std::vector<Series> series;
    for (const RunGroup& group : groups) {
      auto found = std::find_if(series.begin(), series.end(),
                                [&](const Series& one) { return one.name == group.policy; });
      if (found == series.end()) {
        found = series.insert(series.end(), SeriesFor(policies, group.policy));
      }
      found->points.emplace_back(group.load, SpreadOf(FigureNamed(name), group).mean);
    }
    OwnLast(series);
    for (Series& one : series) std::sort(one.points.begin(), one.points.end());
    return series;
  };
  const Axis load{"offered load"};
  std::string html = "<h2>By load</h2>" + Legend(policies, groups) + "<div class=\"plots\">";
  html += PlotFigure("Avoidable cross-node bytes", "TB, mean over seeds",
                     LinePlot(load, {"TB", AxisForm::kPlain, false, true},
                              by_load("avoidableCrossNodeTerabytes")));
  html +=
      PlotFigure("Queueing delay, mean", "mean over seeds, logarithmic",
                 LinePlot(load, {"delay", AxisForm::kDuration, true}, by_load("delayMeanSeconds")));
  html +=
      PlotFigure("Queueing delay, p95", "mean over seeds, logarithmic",
                 LinePlot(load, {"delay", AxisForm::kDuration, true}, by_load("delayP95Seconds")));
  html += PlotFigure(
      "Useful utilisation", "%, mean over seeds",
      LinePlot(load, {"%", AxisForm::kPlain, false, true}, by_load("usefulUtilisationPercent")));
  return html + "</div>";
}

int ColourOf(std::span<const PolicyDescription> policies, const std::string& policy) {
  if (policy == "muster") return kOwnColour;
  int colour = 0;
  for (const PolicyDescription& one : policies) {
    if (one.name == policy) break;
    if (one.name != "muster") ++colour;
  }
  if (colour >= kOwnColour) ++colour;
  return colour % kColours;
}

}  // namespace muster::bench::replay
