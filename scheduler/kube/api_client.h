#pragma once

#include <string>
#include <string_view>

#include "scheduler/core/effects.h"
#include "scheduler/core/events.h"
#include "scheduler/kube/api_status.h"
#include "scheduler/kube/http_transport.h"

/// The calls Muster makes, as requests and as the reading of their answers. Pure functions; the
/// dispatcher carries them out. Requests fail with InvalidArgument on a name that is no path
/// segment.
namespace muster::kube {

/// POST pods/NAME/binding with the UID as precondition. The server's own deadline (3 s) is shorter
/// than ours (5 s), so that an answer is likely even when the bind is late.
StatusOr<HttpRequest> BindRequest(const core::BindPod& bind);

/// PATCH pods/NAME/status, strategic merge; the UID in the patch is a precondition.
StatusOr<HttpRequest> ConditionRequest(const core::PatchPodCondition& patch);

/// PATCH a claim's annotation, merge patch; UID and version in the patch are preconditions.
StatusOr<HttpRequest> SelectNodeRequest(const core::SelectNode& select);
/// PATCH a volume's claimRef, as the controller would write it; the same preconditions.
StatusOr<HttpRequest> KeepVolumeRequest(const core::KeepVolume& keep);
/// DELETE pods/NAME with the UID as precondition and the pod's own grace period.
StatusOr<HttpRequest> DeleteRequest(const core::DeletePod& deletion);

/// POST pods. Errors too when its namespace is no path segment.
StatusOr<HttpRequest> StandInRequest(const core::CreateStandIn& creation);
/// PATCH pods/NAME, merge patch; the UID in the patch is a precondition.
StatusOr<HttpRequest> AnnotationRequest(const core::AnnotatePod& annotation);

StatusOr<HttpRequest> ConfigMapRequest(const api::NamespacedName& name);
StatusOr<HttpRequest> CustomResourceRequest(const core::FetchCustomResource& fetch);
/// No resourceVersion: a consistent read.
StatusOr<HttpRequest> PodRequest(const api::NamespacedName& name);

/// Who records events.
struct EventReporter {
  std::string controller;  // the scheduler's name
  std::string instance;    // controller and host, at most 128 characters
};

/// POST an events.k8s.io/v1 Event under `name`.
StatusOr<HttpRequest> EventRequest(const core::RecordEvent& event, const std::string& name,
                                   const EventReporter& reporter);
/// PATCH the series of an event: seen `count` times, last at `last_observed`.
StatusOr<HttpRequest> EventSeriesRequest(const std::string& namespace_name, const std::string& name,
                                         int count, Time last_observed);

core::ConfigMapFetched ReadConfigMapAnswer(core::CallId call, const HttpResult& result);
/// The text as it came, at most 2 MiB.
core::CustomResourceFetched ReadCustomResourceAnswer(core::CallId call, const HttpResult& result);
core::PodFetched ReadPodAnswer(core::CallId call, const HttpResult& result);

}  // namespace muster::kube
