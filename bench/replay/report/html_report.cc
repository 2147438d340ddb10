#include "bench/replay/report/html_report.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "bench/replay/report/figures.h"
#include "bench/replay/report/goal.h"
#include "bench/replay/report/micro_drawings.h"
#include "bench/replay/report/page_style.h"
#include "bench/replay/report/run_plots.h"
#include "bench/replay/report/svg_plot.h"

namespace muster::bench::replay {
namespace {

std::string Load(double load) { return Fixed(load, load * 10 == std::floor(load * 10) ? 1 : 2); }

/// Of a column: which cells are best and worst, when they differ at all.
struct Extremes {
  double best = 0;
  double worst = 0;
  bool differ = false;
};

Extremes ExtremesOf(const Figure& figure, const std::vector<RunGroup>& groups) {
  std::vector<double> means;
  means.reserve(groups.size());
  for (const RunGroup& group : groups) means.push_back(SpreadOf(figure, group).mean);
  const auto [least, most] = std::minmax_element(means.begin(), means.end());
  const bool more = figure.better == Figure::Better::kMore;
  return {more ? *most : *least, more ? *least : *most,
          figure.better != Figure::Better::kNeither &&
              Fixed(*least, figure.digits) != Fixed(*most, figure.digits)};
}

std::string Swatch(const ReportContent& content, const std::string& policy) {
  return "<i class=\"swatch\" style=\"background:var(--c" +
         std::to_string(ColourOf(content.policies, policy)) + ")\"></i>";
}

std::string Cell(const Figure& figure, const RunGroup& group, const Extremes& extremes) {
  const Spread spread = SpreadOf(figure, group);
  std::string style;
  if (extremes.differ && spread.mean == extremes.best) style = " class=\"best\"";
  if (extremes.differ && spread.mean == extremes.worst) style = " class=\"worst\"";
  std::string cell = "<td" + style + ">" + Fixed(spread.mean, figure.digits);
  const std::string least = Fixed(spread.least, figure.digits);
  const std::string most = Fixed(spread.most, figure.digits);
  if (least != most) cell += "<small>" + least + " .. " + most + "</small>";
  return cell + "</td>";
}

std::string TableOf(const ReportContent& content, const std::vector<RunGroup>& groups,
                    std::span<const Figure> figures) {
  std::string html = "<div class=\"scroll\"><table><tr><th>policy</th>";
  for (const Figure& figure : figures) {
    html += "<th>" + std::string(figure.title) + "<small>" + figure.unit + "</small></th>";
  }
  html += "</tr>";
  for (const RunGroup& group : groups) {
    html += group.policy.starts_with("muster") ? "<tr class=\"own\">" : "<tr>";
    html += "<td>" + Swatch(content, group.policy) + Escape(group.policy) + "</td>";
    for (const Figure& figure : figures) {
      html += Cell(figure, group, ExtremesOf(figure, groups));
    }
    html += "</tr>";
  }
  return html + "</table></div>";
}

std::string DecisionTable(const ReportContent& content, const std::vector<RunGroup>& groups) {
  static constexpr Figure kDecision[] = {
      {"", "gang decided, p50", "us", Figure::Better::kNeither, 0,
       [](const RunResult& r) { return r.decision_microseconds.p50; }},
      {"", "p99", "us", Figure::Better::kNeither, 0,
       [](const RunResult& r) { return r.decision_microseconds.p99; }},
      {"", "max", "ms", Figure::Better::kNeither, 1,
       [](const RunResult& r) { return r.decision_microseconds.max / 1000; }},
      {"", "all decisions", "s", Figure::Better::kNeither, 1,
       [](const RunResult& r) { return r.policy_seconds; }},
      {"", "whole run", "s", Figure::Better::kNeither, 1,
       [](const RunResult& r) { return r.wall_seconds; }}};
  return TableOf(content, groups, kDecision);
}

std::string ClassTable(const ReportContent& content, const std::vector<RunGroup>& groups) {
  static constexpr Figure kClasses[] = {
      {"", "top 1 % of jobs", "TB avoidable", Figure::Better::kLess, 3,
       [](const RunResult& r) { return r.shuffle_by_class[0].AvoidableNode() / 1e12; }},
      {"", "next 9 %", "TB avoidable", Figure::Better::kLess, 3,
       [](const RunResult& r) { return r.shuffle_by_class[1].AvoidableNode() / 1e12; }},
      {"", "others", "TB avoidable", Figure::Better::kLess, 4,
       [](const RunResult& r) { return r.shuffle_by_class[2].AvoidableNode() / 1e12; }},
      {"", "top 1 %", "% crosses", Figure::Better::kLess, 2,
       [](const RunResult& r) {
         return 100 * r.shuffle_by_class[0].cross_node / std::max(r.shuffle_by_class[0].all, 1.0);
       }},
      {"", "concentration", "sum of squares", Figure::Better::kMore, 3,
       [](const RunResult& r) { return r.concentration; }},
      {"", "cross-zone", "TB avoidable", Figure::Better::kLess, 1,
       [](const RunResult& r) { return r.shuffle.AvoidableZone() / 1e12; }},
      {"", "memory utilisation", "%", Figure::Better::kMore, 1,
       [](const RunResult& r) { return 100 * r.memory_utilisation; }},
      {"", "least nodes", "for what ran", Figure::Better::kNeither, 1,
       [](const RunResult& r) { return r.least_nodes; }}};
  return TableOf(content, groups, kClasses);
}

std::string LoadSection(const ReportContent& content, double load,
                        const std::vector<RunGroup>& groups) {
  const RunResult& first = *groups.front().runs.front();
  std::string html = "<h2 id=\"load" + Load(load) + "\">Load " + Load(load) + "</h2>";
  html += "<p class=\"lead\">" + std::to_string(first.gangs) + " applications on " +
          std::to_string(first.nodes) + " nodes, " + Fixed(first.cores, 0) + " cores (seed " +
          std::to_string(first.seed) + "; offered " + Fixed(first.offered_load, 3) + "). " +
          std::to_string(groups.front().runs.size()) +
          " seeds: means, with the least and most below. Green is the best of a column, red the "
          "worst.</p>";
  html += TableOf(content, groups, Figures().first(9));
  html += TableOf(content, groups, Figures().subspan(9, 9));
  html += TableOf(content, groups, Figures().subspan(18));
  html += "<h3>Bytes by size of job, and zones</h3>" + ClassTable(content, groups);
  html +=
      "<h3>Time to decide</h3><p class=\"note\">Wall-clock of this machine, from the events to "
      "the effects, of calls that bound a driver. The imitations are small programs on plain "
      "arrays and say nothing about the speed of the real systems; Muster's figure is its own "
      "core.</p>" +
      DecisionTable(content, groups);
  html += RunPlots(content.policies, groups);
  return html;
}

std::string Row(const std::string& name, const std::string& value) {
  return "<tr><td>" + Escape(name) + "</td><td class=\"text\">" + Escape(value) + "</td></tr>";
}

std::string PolicySection(const ReportContent& content) {
  std::string html =
      "<h2 id=\"policies\">Policies, and what is simplified in each</h2><div class=\"scroll\">"
      "<table><tr><th>policy</th><th class=\"text\">imitates</th>"
      "<th class=\"text\">simplified</th></tr>";
  for (const PolicyDescription& policy : content.policies) {
    html += "<tr><td>" + Swatch(content, policy.name) + Escape(policy.name) +
            "</td><td class=\"text\">" + Escape(policy.imitates) + "</td><td class=\"text\">" +
            Escape(policy.simplifications) + "</td></tr>";
  }
  return html + "</table></div>";
}

std::string WorldSection(const ReportContent& content) {
  const WorldConstants& world = content.constants;
  const auto seconds = [](Duration duration) {
    return FormatSeconds(std::chrono::duration<double>(duration).count());
  };
  const auto shape = [](const PodShape& pod) {
    return std::to_string(pod.milli_cpu) + "m CPU, " + std::to_string(pod.memory_mebibytes) +
           " MiB";
  };
  std::string html = "<h2 id=\"world\">The world, its constants and its simplifications</h2><ul>";
  for (const char* const line : kWorldSimplifications) html += "<li>" + Escape(line) + "</li>";
  html += "</ul><div class=\"scroll\"><table>";
  html += Row("executors of a job", "ceil((input + shuffle bytes) / " +
                                        std::to_string(world.bytes_per_executor) + "), 1 to " +
                                        std::to_string(world.executors_max));
  html +=
      Row("run time", "min(" + seconds(world.run_time_max) + ", " + seconds(world.run_time_base) +
                          " + all bytes / (" + std::to_string(world.executor_bytes_per_second) +
                          " B/s x executors))");
  html += Row("driver", shape(world.driver));
  html += Row("executor", shape(world.executor));
  html += Row("driver bound to its first executors", seconds(world.driver_startup));
  html += Row("executors created", std::to_string(world.executor_batch) + " at once, every " +
                                       seconds(world.batch_interval));
  html += Row("executor bound to registered", seconds(world.executor_startup));
  html += Row("work begins", "with " + Fixed(100 * world.registered_ratio, 0) +
                                 " % of the executors, or " + seconds(world.registered_wait) +
                                 " after the first");
  html += Row("racks, zones, queues", std::to_string(world.nodes_per_rack) + " nodes a rack, " +
                                          std::to_string(world.zones) + " zones in turn, " +
                                          std::to_string(world.queues) + " queues drawn by seed");
  html += Row("trace", "the first " + Fixed(world.hours, 2) + " hours, " +
                           std::to_string(world.copies) + " copies");
  html += Row("run ends", "when all is done, at the latest " + seconds(world.drain_max) +
                              " after the last arrival");
  html += Row("deadlock", "partial gangs block each other and nothing was bound for " +
                              seconds(world.deadlock_after));
  for (const ReadReport* report : {&content.inputs.jobs, &content.inputs.nodes}) {
    html += Row("read", std::to_string(report->rows) + " rows of " +
                            report->file.substr(report->file.rfind('/') + 1) + ", " +
                            std::to_string(report->rejected) + " left out");
  }
  return html + "</table></div>";
}

}  // namespace

std::string HtmlReport(const ReportContent& content) {
  const std::vector<RunGroup> groups = GroupRuns(content.results);
  std::vector<double> loads;
  for (const RunGroup& group : groups) {
    if (std::find(loads.begin(), loads.end(), group.load) == loads.end()) {
      loads.push_back(group.load);
    }
  }
  std::string html =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>Schedulers for Spark, replayed</title><style>" +
      std::string(kPageStyle) + "</style></head><body><main>";
  html +=
      "<h1>Schedulers for Spark on Kubernetes, side by side on one trace</h1><p class=\"lead\">"
      "The same applications, the same nodes, the same Spark; only the scheduler differs. "
      "Simulated time. Muster is the real scheduler core; the others are imitations of their "
      "rules, a page of code each, with their simplifications listed.</p><nav>";
  for (const double load : loads) {
    html += "<a href=\"#load" + Load(load) + "\">load " + Load(load) + "</a>";
  }
  html +=
      "<a href=\"#cases\">small cases</a><a href=\"#policies\">policies</a>"
      "<a href=\"#world\">the world</a></nav>";
  html += GoalSection(content.policies, groups, loads);
  if (loads.size() > 1) html += LoadPlots(content.policies, groups);
  for (const double load : loads) {
    std::vector<RunGroup> of_load;
    std::copy_if(groups.begin(), groups.end(), std::back_inserter(of_load),
                 [load](const RunGroup& group) { return group.load == load; });
    html += LoadSection(content, load, of_load);
  }
  html += MicroDrawings(content.micro_cases);
  html += PolicySection(content) + WorldSection(content);
  return html + "</main></body></html>\n";
}

}  // namespace muster::bench::replay
