#include "bench/simulation/simulated_client.h"

#include <optional>
#include <utility>

#include "scheduler/base/check.h"

namespace muster::bench {
namespace {

/// Calls with equal keys are carried out one after the other.
std::string ObjectOf(const core::Effect& effect) {
  struct Name {
    std::string operator()(const core::BindPod& bind) const { return "pod " + bind.pod.ToString(); }
    std::string operator()(const core::PatchPodCondition& patch) const {
      return "pod " + patch.pod.ToString();
    }
    std::string operator()(const core::FetchConfigMap& fetch) const {
      return "configmap " + fetch.config_map.ToString();
    }
    std::string operator()(const core::FetchCustomResource& fetch) const {
      return fetch.plural + " " + fetch.name.ToString();
    }
    std::string operator()(const core::FetchPod& fetch) const {
      return "pod " + fetch.pod.ToString();
    }
    std::string operator()(const core::DeletePod& deletion) const {
      return "pod " + deletion.before.value_or(deletion.pod).ToString();
    }
    std::string operator()(const core::CreateStandIn& creation) const {
      return "pod " + api::NameOf(creation.pod.metadata).ToString();
    }
    std::string operator()(const core::AnnotatePod& annotation) const {
      return "pod " + annotation.pod.ToString();
    }
    std::string operator()(const core::RecordEvent&) const { return ""; }
    std::string operator()(const core::SelectNode& select) const {
      return "claim " + select.claim.ToString();
    }
    std::string operator()(const core::KeepVolume& keep) const { return "volume " + keep.volume; }
  };
  return std::visit(Name{}, effect);
}

/// The event that answers an effect with an outcome and nothing read.
struct AnswerOfOutcome {
  core::CallOutcome outcome;

  core::Event operator()(const core::FetchConfigMap& fetch) const {
    return core::ConfigMapFetched{fetch.call, outcome, std::nullopt};
  }
  core::Event operator()(const core::FetchCustomResource& fetch) const {
    return core::CustomResourceFetched{fetch.call, outcome, {}};
  }
  core::Event operator()(const core::FetchPod& fetch) const {
    return core::PodFetched{fetch.call, outcome, std::nullopt};
  }
  core::Event operator()(const core::RecordEvent&) const {
    MUSTER_CHECK(false, "an event has no answer");
  }
  template <class Write>
  core::Event operator()(const Write& write) const {
    return core::CallCompleted{write.call, outcome};
  }
};

core::Event AnswerWith(const core::Effect& effect, core::CallOutcome outcome) {
  return std::visit(AnswerOfOutcome{std::move(outcome)}, effect);
}

core::CallOutcome NotFound(const std::string& kind, const api::NamespacedName& name) {
  return {core::CallResult::kNotFound, kind + " \"" + name.name + "\" not found"};
}

}  // namespace

SimulatedClient::SimulatedClient(EventQueue& queue, SimulatedApi& api, Random& random,
                                 ClientOptions options)
    : queue_(queue), api_(api), random_(random), options_(options) {}

void SimulatedClient::Execute(const core::Effect& effect, const Answer& answer) {
  MUSTER_CHECK(!stopped_, "the process is dead");
  if (const auto* event = std::get_if<core::RecordEvent>(&effect)) {
    queue_.After(random_.Draw(options_.latency),
                 [this, event = *event] { api_.RecordEvent(event); });
    return;
  }
  const std::string object = ObjectOf(effect);
  std::deque<Call>& lane = lanes_[object];
  lane.push_back({effect, answer});
  if (lane.size() == 1) Send(object);
}

void SimulatedClient::Stop() {
  stopped_ = true;
  lanes_.clear();
}

void SimulatedClient::Send(const std::string& object) {
  const core::Effect effect = lanes_.at(object).front().effect;
  const CallFault fault = fault_hook_ ? fault_hook_(effect) : CallFault{};
  const Duration there = random_.Draw(options_.latency) + fault.request_delay;
  const Duration back = random_.Draw(options_.latency) + fault.answer_delay;
  const core::Event no_answer = AnswerWith(
      effect,
      {core::CallResult::kUnknown, "no answer within " + FormatDuration(options_.call_timeout)});
  switch (fault.kind) {
    case CallFault::Kind::kNone:
      queue_.After(there, [this, object, effect, back] {
        const core::Event answer = Perform(effect);
        queue_.After(back, [this, object, answer] { Finish(object, answer); });
      });
      return;
    case CallFault::Kind::kRefused:
      queue_.After(there + back, [this, object, refused = AnswerWith(effect, fault.refusal)] {
        Finish(object, refused);
      });
      return;
    case CallFault::Kind::kRequestLost:
      break;
    case CallFault::Kind::kAnswerLost:
      queue_.After(there, [this, effect] { Perform(effect); });
      break;
    case CallFault::Kind::kCommitsLate:
      queue_.After(options_.call_timeout + there, [this, effect] { Perform(effect); });
      break;
  }
  queue_.After(options_.call_timeout, [this, object, no_answer] { Finish(object, no_answer); });
}

core::Event SimulatedClient::Perform(const core::Effect& effect) {
  if (const auto* bind = std::get_if<core::BindPod>(&effect)) {
    return AnswerWith(effect, api_.Bind(*bind));
  }
  if (const auto* patch = std::get_if<core::PatchPodCondition>(&effect)) {
    return AnswerWith(effect, api_.PatchCondition(*patch));
  }
  if (const auto* select = std::get_if<core::SelectNode>(&effect)) {
    return AnswerWith(effect, NotFound("persistentvolumeclaims", select->claim));
  }
  if (const auto* keep = std::get_if<core::KeepVolume>(&effect)) {
    return AnswerWith(effect, NotFound("persistentvolumes", {"", keep->volume}));
  }
  if (const auto* deletion = std::get_if<core::DeletePod>(&effect)) {
    return AnswerWith(effect, api_.Delete(*deletion));
  }
  if (const auto* creation = std::get_if<core::CreateStandIn>(&effect)) {
    return AnswerWith(effect, api_.Create(*creation));
  }
  if (const auto* annotation = std::get_if<core::AnnotatePod>(&effect)) {
    return AnswerWith(effect, api_.Annotate(*annotation));
  }
  if (const auto* fetch = std::get_if<core::FetchConfigMap>(&effect)) {
    const api::ConfigMap* config_map = api_.FindConfigMap(fetch->config_map);
    if (config_map == nullptr) {
      return AnswerWith(effect, NotFound("configmaps", fetch->config_map));
    }
    return core::ConfigMapFetched{fetch->call, {}, *config_map};
  }
  if (const auto* fetch = std::get_if<core::FetchCustomResource>(&effect)) {
    const std::string* text = api_.FindCustomResource(fetch->plural, fetch->name);
    if (text == nullptr) return AnswerWith(effect, NotFound(fetch->plural, fetch->name));
    return core::CustomResourceFetched{fetch->call, {}, *text};
  }
  const auto& fetch = std::get<core::FetchPod>(effect);
  const api::Pod* pod = api_.FindPod(fetch.pod);
  if (pod == nullptr) return AnswerWith(effect, NotFound("pods", fetch.pod));
  return core::PodFetched{fetch.call, {}, *pod};
}

void SimulatedClient::Finish(const std::string& object, const core::Event& outcome) {
  if (stopped_) return;
  const auto lane = lanes_.find(object);
  const Answer answer = lane->second.front().answer;
  lane->second.pop_front();
  if (lane->second.empty()) {
    lanes_.erase(lane);
  } else {
    Send(object);
  }
  answer(outcome);
}

}  // namespace muster::bench
