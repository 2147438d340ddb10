#include "bench/replay/report/goal.h"

#include <algorithm>

#include "bench/replay/report/svg_plot.h"

namespace muster::bench::replay {
namespace {

constexpr double kBytesGoal = 0.35;

bool IsOther(std::span<const PolicyDescription> policies, const std::string& name) {
  const auto found = std::find_if(policies.begin(), policies.end(),
                                  [&](const auto& policy) { return policy.name == name; });
  return !name.starts_with("muster") && found != policies.end() && found->may_be_best;
}

/// The other policy with the least of a figure under a load; null when there is none.
const RunGroup* BestOther(std::span<const PolicyDescription> policies,
                          const std::vector<RunGroup>& groups, double load, const Figure& figure) {
  const RunGroup* best = nullptr;
  for (const RunGroup& group : groups) {
    if (group.load != load || !IsOther(policies, group.policy)) continue;
    if (best == nullptr || SpreadOf(figure, group).mean < SpreadOf(figure, *best).mean) {
      best = &group;
    }
  }
  return best;
}

std::string GoalRow(const Figure& figure, const RunGroup& own, const RunGroup& other,
                    double factor) {
  const double mine = SpreadOf(figure, own).mean;
  const double limit = factor * SpreadOf(figure, other).mean;
  const std::string unit = std::string(" ") + figure.unit;
  return "<tr><td>" + std::string(figure.title) + "</td><td>" + Fixed(mine, figure.digits) + unit +
         "</td><td>" + Fixed(SpreadOf(figure, other).mean, figure.digits) + unit + "<small>" +
         Escape(other.policy) + "</small></td><td>" +
         (factor == 1 ? "no more" : "at most x " + Fixed(factor, 2)) + "</td><td>" +
         (limit > 0 ? Fixed(mine / SpreadOf(figure, other).mean, 2) : "-") + "</td><td class=\"" +
         (mine <= limit ? "met\">met" : "missed\">missed") + "</td></tr>";
}

std::string ZeroRow(const Figure& figure, const RunGroup& own) {
  const Spread spread = SpreadOf(figure, own);
  return "<tr><td>" + std::string(figure.title) + "</td><td>" + Fixed(spread.mean, figure.digits) +
         " " + figure.unit + "</td><td></td><td>none</td><td></td><td class=\"" +
         (spread.most == 0 ? "met\">met" : "missed\">missed") + "</td></tr>";
}

}  // namespace

std::string GoalSection(std::span<const PolicyDescription> policies,
                        const std::vector<RunGroup>& groups, const std::vector<double>& loads) {
  std::string html;
  for (const double load : loads) {
    for (const RunGroup& own : groups) {
      if (own.load != load || !own.policy.starts_with("muster")) continue;
      const Figure& bytes = FigureNamed("avoidableCrossNodeTerabytes");
      const RunGroup* packer = BestOther(policies, groups, load, bytes);
      html += "<h3>" + Escape(own.policy) + ", load " + Fixed(load, 2) +
              "</h3><div class=\"scroll\"><table><tr><th>figure</th><th>" + Escape(own.policy) +
              "</th><th>best other</th><th>goal</th><th>ratio</th><th></th></tr>";
      html +=
          ZeroRow(FigureNamed("deadlocks"), own) + ZeroRow(FigureNamed("idleInHoldCoreHours"), own);
      if (packer != nullptr) html += GoalRow(bytes, own, *packer, kBytesGoal);
      for (const char* name : {"delayMeanSeconds", "delayP50Seconds", "delayP95Seconds"}) {
        const Figure& figure = FigureNamed(name);
        const RunGroup* best = BestOther(policies, groups, load, figure);
        if (best != nullptr) html += GoalRow(figure, own, *best, 1);
        // The policy that packs best may be another one than that which waits least.
        if (packer != nullptr && best != packer) html += GoalRow(figure, own, *packer, 1);
      }
      html += "</table></div>";
    }
  }
  if (html.empty()) return "";
  return "<h2 id=\"goal\">What Muster is held to</h2><p>Means over the seeds. \"Best other\" is "
         "the best of the other policies in that very figure, whichever it is; delays are also set "
         "beside those of the policy that leaves the fewest avoidable bytes. Policies that know "
         "what no scheduler knows are left out.</p>" +
         html;
}

}  // namespace muster::bench::replay
