#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/base/time.h"
#include "scheduler/gang/annotations.h"
#include "scheduler/gang/reservation.h"
#include "scheduler/spark/shape.h"

namespace muster::gang {

/// Where a gang stands.
///
///   Gathering --shape known--> Waiting --fits--> Binding --anchor bound--> Reserved -->
///   (forgotten)
///       |                         ^                 |
///       +--> Refused              +-- not bound ----+
///
/// A pod without a gang of its own starts in Waiting and is forgotten once it is bound.
/// Between Waiting and Binding, an anchor whose claims wait for a first consumer is in
/// BindingVolumes until all of them are bound.
enum class GangPhase { kGathering, kWaiting, kBindingVolumes, kBinding, kReserved, kRefused };

enum class GangKind {
  kApplication,  // a Spark driver and the executors that it will create
  kSinglePod,    // a pod that is scheduled alone, or into a slot of its application
};

/// What is known of an application whose shape is not complete yet.
struct Gathering {
  std::map<std::string, api::ConfigMap> config_maps;
  /// What the ConfigMaps say, while the SparkApplication behind the driver is being read.
  std::optional<spark::Shape> shape;
  Time since{};
  Duration retry_delay{};
  bool late_reported = false;
};

/// A bind on its way.
struct Binding {
  std::string node;
  Time sent_at{};
};

/// A claim of the anchor that is being bound, and what was written for it.
struct VolumeBinding {
  api::NamespacedName claim;
  std::string volume;       // "": a provisioner makes one
  std::string written_at;   // resource version of what the write was based on
  std::uint64_t call = 0;   // the write; 0: none was needed
  bool is_written = false;  // the write has succeeded
};

/// What came of looking for victims for a gang.
struct Preemption {
  int failures = 0;  // rounds in a row that did not get it a place
  Time retry_at{};
  std::string said;              // in the diagnosis
  std::set<std::string> spared;  // UIDs of pods that the server would not let us evict
};

struct BoundExecutor {
  model::NodeIndex node = model::kNoNode;
  std::int32_t profile = 0;
};

/// Pods admitted together: one anchor, whose bind carries the plan, and the slots for the rest.
struct Gang {
  GangKind kind = GangKind::kSinglePod;
  GangPhase phase = GangPhase::kWaiting;
  api::Pod anchor;
  model::PodInfoPtr anchor_info;

  /// kSinglePod: UID of the driver that owns this executor; empty for all other pods.
  std::string application_uid;

  Gathering gathering;
  Settings settings;
  std::string driver_host;  // in the executors' SPARK_DRIVER_URL, where the shape tells
  std::vector<spark::ExecutorSet> executor_sets;  // of a known shape
  std::vector<model::PodInfoPtr> executor_infos;  // of the same sets
  Reservation reservation;
  /// The bound executors by UID, with a slot or without: what comes later goes beside them.
  std::map<std::string, BoundExecutor> executors;
  Binding binding;
  std::vector<VolumeBinding> volume_bindings;  // in BindingVolumes
  int bind_failures = 0;                       // in a row

  Preemption preemption;
  /// Where it is meant to go once its victims have left (status.nominatedNodeName), and what was
  /// last written of that.
  std::string nominated_node;
  std::string reported_nomination;

  /// The PodScheduled condition as it should be, as last written, and from when on it may be
  /// written again with the same reason.
  api::PodCondition wanted;
  std::optional<api::PodCondition> reported;
  Time next_report_at{};
  /// When `wanted` gives counted refusals: until then they are good enough; stale: the gang has
  /// been tried again without counting anew.
  std::optional<Time> diagnosis_good_until;
  bool is_diagnosis_stale = false;

  const std::string& Uid() const { return anchor.metadata.uid; }
  api::NamespacedName Name() const { return api::NameOf(anchor.metadata); }
};

/// Between two reports about a gang that give the same reason: counts in a message change with
/// every pod that comes or goes, writing each would cost the API server as much as a bind, and who
/// has waited for an hour does not look every ten seconds.
Duration ReportInterval(const Gang& gang, Time now);

/// The UID of the pod that controls this one, if a pod does: the driver of an executor.
std::optional<std::string> ControllingPod(const api::Pod& pod);

/// Spark's number of an executor, the first is 1; 0 when the label is absent or no number (a
/// StatefulSet's and a Deployment's executors say EXECID).
std::int64_t ExecutorIdOf(const api::Pod& executor);

/// The resource profile of an executor; 0 when the label is absent or no number.
std::int32_t ResourceProfileOf(const api::Pod& executor);

}  // namespace muster::gang
