#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulation/event_queue.h"
#include "scheduler/api/objects.h"
#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"

namespace muster::bench {

/// Sees every change of the simulated cluster in the instant it is committed.
/// An observer may read the API and schedule actions, but must not write from inside a call: other
/// observers have not seen the change yet.
class ApiObserver {
 public:
  virtual ~ApiObserver() = default;
  /// `before` is null for a new pod.
  virtual void OnPodChanged(const api::Pod* before, const api::Pod& after) = 0;
  /// The pod as it was last.
  virtual void OnPodDeleted(const api::Pod& pod) = 0;
  virtual void OnNodeChanged(const api::Node& node) = 0;
  virtual void OnNodeDeleted(const api::Node& node) = 0;
};

/// The committed state of a simulated Kubernetes API server: pods, nodes, ConfigMaps, custom
/// resources, events.
/// Every call takes effect at once; latency and faults belong to SimulatedClient. Answers follow
/// facts/kubernetes.md 4.1 and 4.2: a Binding is refused with a conflict when the pod is bound,
/// being deleted, gated or has another UID, and nobody checks that the node exists or has room.
class SimulatedApi {
 public:
  explicit SimulatedApi(EventQueue& queue) : queue_(queue) {}

  void Attach(ApiObserver& observer) { observers_.push_back(&observer); }
  void Detach(ApiObserver& observer);

  /// Gives the pod its UID, version and creation time; it starts Pending. Returns the stored form.
  /// Requires: no pod of this name exists.
  const api::Pod& CreatePod(api::Pod pod);
  void CreateConfigMap(api::ConfigMap config_map);
  /// `json` is the object's text.
  void CreateCustomResource(const std::string& plural, const api::NamespacedName& name,
                            std::string json);
  /// Creates the node or replaces it.
  void ApplyNode(api::Node node);
  void DeleteNode(const std::string& name);

  core::CallOutcome Bind(const core::BindPod& binding);
  core::CallOutcome PatchCondition(const core::PatchPodCondition& patch);
  core::CallOutcome Delete(const core::DeletePod& deletion);
  core::CallOutcome Create(const core::CreateStandIn& creation);
  core::CallOutcome Annotate(const core::AnnotatePod& annotation);
  void RecordEvent(const core::RecordEvent& event) { events_.push_back(event); }

  /// The kubelet's report. A pod that is gone or has another UID is left alone.
  void SetPhase(const api::NamespacedName& name, const std::string& uid, const std::string& phase);
  /// A bound, living pod is only marked for deletion and removed by its kubelet (RemovePod); any
  /// other goes at once. No such pod: nothing happens.
  void DeletePod(const api::NamespacedName& name);
  void RemovePod(const api::NamespacedName& name, const std::string& uid);

  /// Null when there is none; valid until the next write.
  const api::Pod* FindPod(const api::NamespacedName& name) const;
  const api::Node* FindNode(const std::string& name) const;
  const api::ConfigMap* FindConfigMap(const api::NamespacedName& name) const;

  const std::string* FindCustomResource(const std::string& plural,
                                        const api::NamespacedName& name) const;

  const std::map<api::NamespacedName, api::Pod>& pods() const { return pods_; }
  const std::map<std::string, api::Node>& nodes() const { return nodes_; }
  const std::vector<core::RecordEvent>& events() const { return events_; }

 private:
  std::string NextVersion() { return std::to_string(++version_); }
  template <class Change>
  void UpdatePod(api::Pod& pod, Change change);

  EventQueue& queue_;
  std::vector<ApiObserver*> observers_;
  std::map<api::NamespacedName, api::Pod> pods_;
  std::map<std::string, api::Node> nodes_;
  std::map<api::NamespacedName, api::ConfigMap> config_maps_;
  /// By plural and name.
  std::map<std::pair<std::string, api::NamespacedName>, std::string> custom_resources_;
  std::vector<core::RecordEvent> events_;
  std::uint64_t version_ = 0;
  std::uint64_t uid_count_ = 0;
};

/// Sets the condition of that type, as a strategic merge patch does.
void SetCondition(api::Pod& pod, const api::PodCondition& condition);

/// The first resource ("cpu", "pods") of which the living pods bound to `node` ask more than it has
/// allocatable, or "" when the node holds its pods. A node that does not exist is never over.
/// Cost: O(pods in the cluster).
std::string OverAllocatedResource(const SimulatedApi& api, const std::string& node);

/// Whether the node named in `pod` still holds its pods when `pod` joins them. False when there is
/// no such node.
bool HasRoomFor(const SimulatedApi& api, const api::Pod& pod);

}  // namespace muster::bench
