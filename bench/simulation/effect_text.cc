#include "bench/simulation/effect_text.h"

#include <nlohmann/json.hpp>

#include "scheduler/api/json_codec.h"

namespace muster::bench {
namespace {

struct Describer {
  std::string operator()(const core::BindPod& bind) const {
    std::string text = "bind call=" + std::to_string(bind.call) + " pod=" + bind.pod.ToString() +
                       " uid=" + bind.uid + " node=" + bind.node;
    for (const auto& [key, value] : bind.annotations) text += " " + key + "=" + value;
    return text;
  }
  std::string operator()(const core::PatchPodCondition& patch) const {
    return "patch call=" + std::to_string(patch.call) + " pod=" + patch.pod.ToString() +
           " uid=" + patch.uid + " " + patch.condition.type + "=" + patch.condition.status + " " +
           patch.condition.reason + ": " + patch.condition.message + " at " +
           FormatRfc3339(patch.transition_time) +
           (patch.nominated_node ? " nominated=" + *patch.nominated_node : "");
  }
  std::string operator()(const core::DeletePod& deletion) const {
    return "delete call=" + std::to_string(deletion.call) + " pod=" + deletion.pod.ToString() +
           " uid=" + deletion.uid + " for=" + deletion.preemptor_uid +
           (deletion.before ? " before=" + deletion.before->ToString() : "");
  }
  std::string operator()(const core::CreateStandIn& creation) const {
    return "create-stand-in call=" + std::to_string(creation.call) + " " +
           api::EncodePod(creation.pod).dump();
  }
  std::string operator()(const core::AnnotatePod& annotation) const {
    std::string text = "annotate call=" + std::to_string(annotation.call) +
                       " pod=" + annotation.pod.ToString() + " uid=" + annotation.uid;
    for (const auto& [key, value] : annotation.annotations) text += " " + key + "=" + value;
    return text;
  }
  std::string operator()(const core::FetchConfigMap& fetch) const {
    return "fetch-configmap call=" + std::to_string(fetch.call) + " " + fetch.config_map.ToString();
  }
  std::string operator()(const core::FetchCustomResource& fetch) const {
    return "fetch-custom-resource call=" + std::to_string(fetch.call) + " " + fetch.plural + "." +
           fetch.version + "." + fetch.group + " " + fetch.name.ToString();
  }
  std::string operator()(const core::FetchPod& fetch) const {
    return "fetch-pod call=" + std::to_string(fetch.call) + " " + fetch.pod.ToString();
  }
  std::string operator()(const core::SelectNode& select) const {
    return "select-node call=" + std::to_string(select.call) + " claim=" + select.claim.ToString() +
           " uid=" + select.uid + " version=" + select.resource_version + " node=" + select.node;
  }
  std::string operator()(const core::KeepVolume& keep) const {
    return "keep-volume call=" + std::to_string(keep.call) + " " + keep.volume +
           " uid=" + keep.uid + " version=" + keep.resource_version + " for " +
           keep.claim.namespace_name + "/" + keep.claim.name + " " + keep.claim.uid +
           (keep.was_kept ? " kept" : "");
  }
  std::string operator()(const core::RecordEvent& event) const {
    const bool is_warning = event.type == core::RecordEvent::Type::kWarning;
    return std::string("event ") + (is_warning ? "Warning" : "Normal") +
           " pod=" + event.pod.ToString() + " uid=" + event.pod_uid + " " + event.reason + "/" +
           event.action + ": " + event.note + " at " + FormatRfc3339Micro(event.time);
  }
};

}  // namespace

std::string DescribeEffect(const core::Effect& effect) { return std::visit(Describer{}, effect); }

}  // namespace muster::bench
