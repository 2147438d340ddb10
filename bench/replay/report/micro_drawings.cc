#include "bench/replay/report/micro_drawings.h"

#include "bench/replay/report/svg_plot.h"

namespace muster::bench::replay {
namespace {

double SinceStart(Time time) { return std::chrono::duration<double>(time - kTraceStart).count(); }

GanttRow RowOf(const GangSpec& spec, const GangOutcome& outcome, Time end) {
  GanttRow row{spec.name};
  const double submit = SinceStart(spec.submit);
  const double last = SinceStart(outcome.is_ended ? outcome.ended_at : end);
  const double driver = outcome.driver_bound_at ? SinceStart(*outcome.driver_bound_at) : last;
  const double whole = outcome.whole_at ? SinceStart(*outcome.whole_at) : last;
  row.stretches.push_back({submit, driver, "waits"});
  row.stretches.push_back({driver, whole, "partly"});
  row.stretches.push_back({whole, last, "works"});
  return row;
}

std::string Caption(const MicroRun& run) {
  std::string text = "idle-in-hold " + Fixed(run.result.idle_in_hold, 1) + " core-h";
  if (run.result.deadlocks > 0) {
    text += ", " + std::to_string(run.result.deadlocks) + " deadlocks";
  }
  if (run.result.never_admitted > 0) {
    text += ", " + std::to_string(run.result.never_admitted) + " never ran";
  }
  return text + ", mean delay " + FormatSeconds(run.result.delay_seconds.mean);
}

}  // namespace

std::string MicroDrawings(
    std::span<const std::pair<MicroCase, std::vector<MicroRun>>> micro_cases) {
  if (micro_cases.empty()) return "";
  std::string html =
      "<h2 id=\"cases\">Small cases</h2><p>One bar for each application. Here work begins when "
      "every executor is there and not before (a barrier stage).</p><div class=\"legend\">"
      "<span><i class=\"swatch\" style=\"background:var(--line)\"></i>waits, holds nothing</span>"
      "<span><i class=\"swatch\" style=\"background:var(--c1)\"></i>holds room, not whole</span>"
      "<span><i class=\"swatch\" style=\"background:var(--c5)\"></i>whole</span></div>";
  for (const auto& [micro_case, runs] : micro_cases) {
    html += "<h3>" + Escape(micro_case.name) + "</h3><p>" + Escape(micro_case.what) + "</p>";
    html += "<div class=\"plots small\">";
    for (const MicroRun& run : runs) {
      std::vector<GanttRow> rows;
      rows.reserve(run.outcomes.size());
      for (std::size_t i = 0; i < run.outcomes.size(); ++i) {
        rows.push_back(RowOf(micro_case.workload.gangs[i], run.outcomes[i], run.end));
      }
      const double shown = std::chrono::duration<double>(micro_case.shown).count();
      html += "<figure><figcaption>" + Escape(run.policy) + "<small>" + Escape(Caption(run)) +
              "</small></figcaption>" + GanttChart(rows, shown) + "</figure>";
    }
    html += "</div>";
  }
  return html;
}

}  // namespace muster::bench::replay
