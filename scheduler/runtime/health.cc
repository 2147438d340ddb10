#include "scheduler/runtime/health.h"

#include <array>

namespace muster::runtime {
namespace {

using http::MetricsPage;

constexpr std::array<const char*, kube::DispatcherStatistics::kVerbs> kVerbs = {
    "bind_pod",   "patch_pod_condition", "fetch_config_map", "fetch_custom_resource",
    "fetch_pod",  "record_event",        "select_node",      "keep_volume",
    "delete_pod", "create_stand_in",     "annotate_pod"};
constexpr std::array<const char*, kube::DispatcherStatistics::kResults> kResults = {
    "ok", "not_found", "conflict", "forbidden", "invalid", "unavailable", "unknown"};

// As client-go's health check of leaders.
constexpr std::chrono::seconds kLeaseOverdueMax(20);

double Number(std::uint64_t value) { return static_cast<double>(value); }

void AddCore(MetricsPage& page, const core::CoreStatistics& core, const std::string& profile) {
  page.Counter("muster_gangs_admitted_total", "Gangs that were given room.", {},
               Number(core.gangs_admitted));
  page.Counter("muster_gangs_refused_total", "Gangs refused for what they ask.", {},
               Number(core.gangs_refused));
  page.Counter("muster_pods_bound_total", "Pods bound.", {}, Number(core.pods_bound));
  page.Counter("muster_preemption_rounds_total", "Gangs for which pods were evicted.", {},
               Number(core.preemption_rounds));
  page.Counter("muster_pods_preempted_total", "Pods evicted for gangs of higher priority.", {},
               Number(core.pods_preempted));
  page.Counter("muster_bind_failures_total", "Binds that definitely failed.", {},
               Number(core.bind_failures));
  page.Counter("muster_binds_unknown_total", "Binds without an answer.", {},
               Number(core.binds_unknown));
  page.Counter("muster_slots_taken_total", "Reserved slots that a pod has taken.", {},
               Number(core.slots_taken));
  page.Counter("muster_slots_lost_total", "Reserved slots lost with their node.", {},
               Number(core.slots_lost));
  const std::string predictions_help = "Executor sets by what became of their prediction.";
  const auto predictions = [&](const char* result, std::uint64_t count) {
    page.Counter("muster_shape_predictions_total", predictions_help, {{"result", result}},
                 Number(count));
  };
  predictions("exact", core.predictions_exact);
  predictions("mismatch", core.shape_mismatches);
  predictions("unknown", core.predictions_unknown);
  page.Counter("muster_shape_mismatch_bytes_total",
               "Absolute differences of memory between prediction and first executor.", {},
               Number(core.mismatch_memory_bytes));
  page.Counter("muster_shape_mismatch_millicores_total",
               "Absolute differences of CPU between prediction and first executor.", {},
               Number(core.mismatch_cpu_millicores));
  const std::string gangs_help = "Gangs by state.";
  page.Gauge("muster_gangs", gangs_help, {{"state", "gathering"}}, Number(core.gangs_gathering));
  page.Gauge("muster_gangs", gangs_help, {{"state", "waiting"}}, Number(core.gangs_waiting));
  page.Gauge("muster_gangs", gangs_help, {{"state", "reserved"}}, Number(core.gangs_reserved));
  page.Counter("muster_capacity_requests_total", "Gangs shown whole to an autoscaler.", {},
               Number(core.capacity_requests));
  const std::string failures_help = "Requests for capacity that came to nothing, by reason.";
  page.Counter("muster_capacity_failures_total", failures_help, {{"reason", "no_room_came"}},
               Number(core.capacity_expired));
  page.Counter("muster_capacity_failures_total", failures_help, {{"reason", "not_allowed"}},
               Number(core.capacity_refused));
  page.Gauge("muster_stand_ins", "Stand-in pods for executors that do not exist yet.", {},
             Number(core.stand_ins));
  page.Gauge("muster_slots_empty", "Reserved slots that wait for their pod.", {},
             Number(core.slots_empty));
  page.Gauge("muster_nodes", "Nodes known.", {}, Number(core.nodes));
  // What is pending after a step has been tried and did not fit yet.
  page.Gauge("scheduler_pending_pods", "Pods that wait, as kube-scheduler counts them.",
             {{"queue", "unschedulable"}}, Number(core.pods_pending));
  const std::string attempts_help = "Attempts to schedule a pod, as kube-scheduler counts them.";
  page.Counter("scheduler_schedule_attempts_total", attempts_help,
               {{"profile", profile}, {"result", "scheduled"}}, Number(core.pods_bound));
  page.Counter("scheduler_schedule_attempts_total", attempts_help,
               {{"profile", profile}, {"result", "error"}}, Number(core.bind_failures));
}

void AddWatches(MetricsPage& page, const DaemonFigures& figures) {
  using Statistics = kube::ReflectorStatistics;
  const auto gauge = [&](const char* name, const char* help, auto value) {
    for (const WatchHealth& watch : figures.watches) {
      page.Gauge(name, help, {{"resource", watch.resource}}, value(watch.statistics));
    }
  };
  const auto counter = [&](const char* name, const char* help, std::uint64_t Statistics::* value) {
    for (const WatchHealth& watch : figures.watches) {
      page.Counter(name, help, {{"resource", watch.resource}}, Number(watch.statistics.*value));
    }
  };
  gauge("muster_watch_synced", "1 once the first complete list has arrived.",
        [](const Statistics& s) { return s.synced ? 1.0 : 0.0; });
  gauge("muster_watch_in_contact", "1 while the API server answers as it should.",
        [](const Statistics& s) { return s.in_contact ? 1.0 : 0.0; });
  gauge("muster_watch_missed", "1 while it may not be read and scheduling goes on without it.",
        [](const Statistics& s) { return s.missed ? 1.0 : 0.0; });
  gauge("muster_watch_objects", "Objects known.",
        [](const Statistics& s) { return Number(s.objects); });
  gauge("muster_watch_silence_seconds", "Time since anything was received; 0 before the first.",
        [&](const Statistics& s) {
          if (s.last_contact == std::chrono::steady_clock::time_point{}) return 0.0;
          return std::chrono::duration<double>(figures.now - s.last_contact).count();
        });
  counter("muster_watch_events_total", "Changes received.", &Statistics::events);
  counter("muster_watch_bookmarks_total", "Bookmarks received.", &Statistics::bookmarks);
  counter("muster_watch_full_lists_total", "Complete lists taken.", &Statistics::full_lists);
  counter("muster_watch_expired_total", "Complete lists forced by 410.",
          &Statistics::lists_after_expiry);
  counter("muster_watch_failed_calls_total", "Lists and watches that failed.",
          &Statistics::failed_calls);
  counter("muster_watch_decode_errors_total", "Objects skipped because they could not be decoded.",
          &Statistics::decode_errors);
  counter("muster_watch_received_bytes_total", "Bytes of answers received.", &Statistics::bytes);
}

void AddDispatcher(MetricsPage& page, const kube::DispatcherStatistics& calls) {
  for (std::size_t verb = 0; verb < kVerbs.size(); ++verb) {
    for (std::size_t result = 0; result < kResults.size(); ++result) {
      page.Counter("muster_api_calls_total", "Calls to the API server, by outcome.",
                   {{"verb", kVerbs[verb]}, {"result", kResults[result]}},
                   Number(calls.finished[verb][result]));
    }
  }
  for (std::size_t verb = 0; verb < kVerbs.size(); ++verb) {
    page.Counter("muster_api_call_seconds_total", "Time spent in finished calls.",
                 {{"verb", kVerbs[verb]}}, calls.seconds_total[verb]);
  }
  page.Gauge("muster_api_calls_waiting", "Calls not yet sent.", {}, Number(calls.calls_waiting));
  page.Gauge("muster_api_calls_in_flight", "Calls sent and not yet answered.", {},
             Number(calls.calls_in_flight));
  page.Gauge("muster_api_calls_limit", "Calls to have in flight at most, learnt from answers.", {},
             Number(calls.calls_in_flight_limit));
  page.Counter("muster_api_calls_refused_total", "Calls refused because too many were waiting.", {},
               Number(calls.calls_refused));
  page.Counter("muster_api_tokens_refreshed_total", "Tokens read again after a 401.", {},
               Number(calls.tokens_refreshed));
  page.Counter("muster_api_throttled_total", "Answers that asked for patience.", {},
               Number(calls.throttled));
  page.Gauge("muster_events_waiting", "Kubernetes events not yet sent.", {},
             Number(calls.events_waiting));
  page.Counter("muster_events_recorded_total", "Kubernetes events wanted.", {},
               Number(calls.events.recorded));
  page.Counter("muster_events_merged_total", "Kubernetes events counted in a series only.", {},
               Number(calls.events.merged));
  page.Counter("muster_events_dropped_total", "Kubernetes events dropped.", {},
               Number(calls.events.dropped));
}

/// Without leader election the only replica leads.
void AddElection(MetricsPage& page, const DaemonFigures& figures) {
  const bool leads =
      !figures.election || figures.election->statistics.role == kube::LeaseRole::kLeader;
  page.Gauge("muster_leader", "1 while this replica may decide and write.", {}, leads ? 1 : 0);
  if (!figures.election) return;
  const kube::LeaderStatistics& lease = figures.election->statistics;
  page.Gauge("leader_election_master_status",
             "1 while this replica holds the lease, as client-go counts it.",
             {{"name", figures.scheduler_name}}, leads ? 1 : 0);
  page.Gauge("muster_lease_transitions", "Times the lease has changed hands, as the lease says.",
             {}, lease.transitions);
  page.Counter("muster_lease_writes_total", "Times this replica acquired or renewed the lease.", {},
               Number(lease.writes));
  page.Counter("muster_lease_failed_tries_total", "Tries to read or write the lease that failed.",
               {}, Number(lease.failed_tries));
}

}  // namespace

http::ProbeAnswer LivenessOfElection(const ElectionHealth& election, Time now) {
  const kube::LeaderStatistics& lease = election.statistics;
  const bool overdue =
      lease.role == kube::LeaseRole::kLeader && now > lease.leads_until + kLeaseOverdueMax;
  if (!overdue) return {true, "ok"};
  return {false, "lease " + election.lease + ": leads no longer and has not ended"};
}

http::ProbeAnswer Readiness(const std::vector<WatchHealth>& watches, bool core_synced,
                            const std::optional<ElectionHealth>& election) {
  std::string missing;
  const auto add = [&](const std::string& line) {
    if (!missing.empty()) missing += "\n";
    missing += line;
  };
  bool all_synced = true;
  for (const auto& [resource, statistics] : watches) {
    if (statistics.missed) continue;
    all_synced = all_synced && statistics.synced;
    const std::string reason = statistics.problem.empty() ? "no answer yet" : statistics.problem;
    if (!statistics.synced) {
      add(resource + ": not synced: " + (statistics.in_contact ? "listing" : reason));
    } else if (!statistics.in_contact) {
      add(resource + ": " + reason);
    }
  }
  const bool leads = !election || election->statistics.role == kube::LeaseRole::kLeader;
  if (all_synced && !core_synced && leads) {
    add(election ? "core: not synced: making sure that all until the lease was won has been seen"
                 : "core: not synced: processing the first lists");
  }
  if (election && !election->statistics.in_contact) {
    const std::string& problem = election->statistics.problem;
    add("lease " + election->lease + ": " + (problem.empty() ? "no answer yet" : problem));
  }
  if (!missing.empty()) return {false, missing};
  if (leads) return {true, "ok"};
  const std::string& holder = election->statistics.holder;
  return {true, holder.empty() ? "ok: standby" : "ok: standby; the lease is held by " + holder};
}

std::string MetricsText(const DaemonFigures& figures) {
  MetricsPage page;
  page.Gauge("muster_build_info", "Always 1; the version is in the label.",
             {{"version", MUSTER_VERSION}}, 1);
  AddCore(page, figures.core, figures.scheduler_name);
  page.Histogram("muster_step_duration_seconds", "Time of one step of the core.",
                 figures.step_durations);
  page.Gauge("muster_event_queue_depth", "Events that wait for the core.", {},
             Number(figures.queue.depth));
  page.Gauge("muster_event_queue_depth_max", "Most events that ever waited for the core.", {},
             Number(figures.queue.depth_max));
  page.Counter("muster_event_queue_blocked_total", "Times a watch had to wait for room.", {},
               Number(figures.queue.pushes_blocked));
  AddElection(page, figures);
  AddWatches(page, figures);
  AddDispatcher(page, figures.dispatcher);
  return page.Text();
}

}  // namespace muster::runtime
