#include "scheduler/runtime/configuration.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>
#include <vector>

#include "scheduler/api/qualified_name.h"
#include "scheduler/kube/credentials.h"

namespace muster::runtime {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr std::size_t kProfileBytesMax = 16 << 20;
constexpr std::size_t kTopologyLevelsMax = 8;
constexpr std::size_t kInterruptibleLabelsMax = 32;
constexpr char kApiVersion[] = "muster.dev/v1alpha1";
constexpr char kKind[] = "MusterConfiguration";
constexpr std::array<std::string_view, 6> kLogLevels = {"trace", "debug", "info",
                                                        "warn",  "error", "off"};

std::string Quoted(std::string_view text) { return "'" + std::string(text.substr(0, 64)) + "'"; }

StatusOr<std::string> Text(const YAML::Node& value) {
  if (!value.IsScalar()) return InvalidArgumentError("must be a text");
  return value.Scalar();
}

StatusOr<std::int64_t> Integer(const YAML::Node& value, std::int64_t low, std::int64_t high) {
  const std::string allowed =
      "allowed: an integer from " + std::to_string(low) + " to " + std::to_string(high);
  // yaml-cpp marks a quoted scalar with the tag "!": "10" in quotes is a text.
  if (!value.IsScalar() || value.Tag() == "!") return InvalidArgumentError(allowed);
  const std::string& text = value.Scalar();
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < low || number > high) {
    return InvalidArgumentError(Quoted(text) + "; " + allowed);
  }
  return number;
}

StatusOr<Duration> DurationBetween(const YAML::Node& value, Duration low, Duration high) {
  MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(value));
  MUSTER_ASSIGN_OR_RETURN(const Duration duration, ParseDuration(text));
  if (duration < low || duration > high) {
    return InvalidArgumentError(Quoted(text) + "; allowed: " + FormatDuration(low) + " to " +
                                FormatDuration(high));
  }
  return duration;
}

Status CheckName(const std::string& name) {
  const bool good =
      !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      });
  if (good) return OkStatus();
  return InvalidArgumentError(Quoted(name) +
                              "; allowed: 1 to 63 of lower-case letters, digits, '-' and '.'");
}

Status Fixed(const YAML::Node& value, std::string_view expected) {
  MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(value));
  if (text == expected) return OkStatus();
  return InvalidArgumentError(Quoted(text) + "; allowed: " + std::string(expected));
}

std::string AllowedScorePlugins() {
  std::string names;
  for (const plugins::DefaultWeight& known : plugins::DefaultScoreWeights()) {
    names += (names.empty() ? "" : ", ") + std::string(known.plugin);
  }
  return names;
}

Status ReadScoreWeights(const YAML::Node& map, plugins::ScoreSettings& scores) {
  if (!map.IsMap()) {
    return InvalidArgumentError("must be a map of score plugins to weights; allowed: " +
                                AllowedScorePlugins());
  }
  const auto known = plugins::DefaultScoreWeights();
  for (const auto& entry : map) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "(not a text)";
    const std::string place = "path " + Quoted("scoreWeights." + name) + " (line " +
                              std::to_string(entry.first.Mark().line + 1) + ")";
    const bool is_known =
        std::any_of(known.begin(), known.end(),
                    [&](const plugins::DefaultWeight& weight) { return weight.plugin == name; });
    if (!is_known) {
      return InvalidArgumentError(place +
                                  ": unknown score plugin; allowed: " + AllowedScorePlugins());
    }
    const StatusOr<std::int64_t> weight = Integer(entry.second, 0, framework::kScoreWeightMax);
    if (!weight.ok()) return Annotate(weight.status(), place);
    if (!scores.weights.emplace(name, *weight).second) {
      return InvalidArgumentError(place + ": is given twice");
    }
  }
  return OkStatus();
}

Status ReadScoringStrategy(const YAML::Node& value, plugins::ScoreSettings& scores) {
  MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(value));
  if (text != "LeastAllocated" && text != "MostAllocated") {
    return InvalidArgumentError(Quoted(text) + "; allowed: LeastAllocated, MostAllocated");
  }
  scores.strategy = text == "MostAllocated" ? plugins::ScoringStrategy::kMostAllocated
                                            : plugins::ScoringStrategy::kLeastAllocated;
  return OkStatus();
}

Status ReadAutoscaler(const YAML::Node& value, capacity::CapacityOptions& capacity) {
  using capacity::Autoscaler;
  MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(value));
  if (text == "none") {
    capacity.autoscaler = Autoscaler::kNone;
  } else if (text == "cluster-autoscaler") {
    capacity.autoscaler = Autoscaler::kClusterAutoscaler;
  } else if (text == "karpenter") {
    capacity.autoscaler = Autoscaler::kKarpenter;
  } else {
    return InvalidArgumentError(Quoted(text) + "; allowed: cluster-autoscaler, karpenter, none");
  }
  return OkStatus();
}

/// Stand-ins never run, so nobody would notice a name that means nothing; the API server refuses an
/// empty one and one with spaces around it.
Status CheckImage(const std::string& image) {
  const bool good =
      !image.empty() && image.size() <= 512 &&
      std::all_of(image.begin(), image.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (good) return OkStatus();
  return InvalidArgumentError(Quoted(image) +
                              "; allowed: 1 to 512 printable characters, no spaces");
}

StatusOr<bool> Boolean(const YAML::Node& value) {
  MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(value));
  if (value.Tag() != "!" && text == "true") return true;
  if (value.Tag() != "!" && text == "false") return false;
  return InvalidArgumentError(Quoted(text) + "; allowed: true, false");
}

/// A list of at most `most` texts, each checked by `check`.
template <class Check>  // Status(const std::string&)
StatusOr<std::vector<std::string>> Texts(const YAML::Node& value, std::size_t most, Check check) {
  if (!value.IsSequence() || value.size() > most) {
    return InvalidArgumentError("must be a list of at most " + std::to_string(most) + " texts");
  }
  std::vector<std::string> texts;
  for (const YAML::Node& entry : value) {
    MUSTER_ASSIGN_OR_RETURN(std::string text, Text(entry));
    MUSTER_RETURN_IF_ERROR(check(text));
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) {
      return InvalidArgumentError(Quoted(text) + " is given twice");
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

Status CheckLabelKey(const std::string& key) {
  if (api::IsQualifiedName(key)) return OkStatus();
  return InvalidArgumentError(Quoted(key) + "; allowed: a label key such as " +
                              "topology.kubernetes.io/zone");
}

Status ReadInterruptibleLabels(const YAML::Node& value, topology::TopologySettings& topology) {
  std::vector<topology::NodeLabel> labels;
  const auto check = [&](const std::string& text) -> Status {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return InvalidArgumentError(Quoted(text) + "; allowed: LABEL=VALUE");
    }
    labels.push_back({text.substr(0, equals), text.substr(equals + 1)});
    return CheckLabelKey(labels.back().key);
  };
  MUSTER_RETURN_IF_ERROR(Texts(value, kInterruptibleLabelsMax, check).status());
  topology.interruptible = std::move(labels);
  return OkStatus();
}

template <class Target>
struct Field {
  const char* name;
  std::function<Status(const YAML::Node&, Target&)> read;
};

template <class Target>
std::string NamesOf(const std::vector<Field<Target>>& fields) {
  std::string names;
  for (const Field<Target>& field : fields) {
    names += (names.empty() ? "" : ", ") + std::string(field.name);
  }
  return names;
}

/// Reads a map of known fields into `target`; `prefix` is the path to the map. Returns the names of
/// the fields that were there.
template <class Target>
StatusOr<std::set<std::string>> ReadFields(const YAML::Node& map, const std::string& prefix,
                                           const std::vector<Field<Target>>& fields,
                                           Target& target) {
  if (!map.IsMap()) {
    return InvalidArgumentError("must be a map of fields; allowed: " + NamesOf(fields));
  }
  std::set<std::string> seen;
  for (const auto& entry : map) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "(not a text)";
    const std::string place = "path " + Quoted(prefix + name) + " (line " +
                              std::to_string(entry.first.Mark().line + 1) + ")";
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field<Target>& known) { return name == known.name; });
    if (field == fields.end()) {
      return InvalidArgumentError(place + ": unknown field; allowed: " + NamesOf(fields));
    }
    if (!seen.insert(name).second) return InvalidArgumentError(place + ": is given twice");
    MUSTER_RETURN_IF_ERROR(Annotate(field->read(entry.second, target), place));
  }
  return seen;
}

const std::vector<Field<LeaderElection>>& LeaderElectionFields() {
  using std::chrono::hours;
  constexpr std::chrono::milliseconds kShortest(1);
  const auto duration = [=](const YAML::Node& value, Duration& target) -> Status {
    MUSTER_ASSIGN_OR_RETURN(target, DurationBetween(value, kShortest, hours(24)));
    return OkStatus();
  };
  const auto name = [](const YAML::Node& value, std::string& target) -> Status {
    MUSTER_ASSIGN_OR_RETURN(target, Text(value));
    return CheckName(target);
  };
  static const std::vector<Field<LeaderElection>> fields = {
      {"leaderElect",
       [](const YAML::Node& v, LeaderElection& e) -> Status {
         MUSTER_ASSIGN_OR_RETURN(e.leader_elect, Boolean(v));
         return OkStatus();
       }},
      {"leaseDuration",
       [=](const YAML::Node& v, LeaderElection& e) { return duration(v, e.times.lease_duration); }},
      {"renewDeadline",
       [=](const YAML::Node& v, LeaderElection& e) { return duration(v, e.times.renew_deadline); }},
      {"retryPeriod",
       [=](const YAML::Node& v, LeaderElection& e) { return duration(v, e.times.retry_period); }},
      {"resourceName",
       [=](const YAML::Node& v, LeaderElection& e) { return name(v, e.resource_name); }},
      {"resourceNamespace",
       [=](const YAML::Node& v, LeaderElection& e) { return name(v, e.resource_namespace); }},
  };
  return fields;
}

Status ReadLeaderElection(const YAML::Node& map, LeaderElection& election) {
  MUSTER_RETURN_IF_ERROR(
      ReadFields(map, "leaderElection.", LeaderElectionFields(), election).status());
  return kube::CheckLeaseTimes(election.times);
}

/// One of the core's times.
Field<Configuration> CoreDuration(const char* name, Duration core::CoreOptions::* target,
                                  Duration low, Duration high) {
  return {name, [=](const YAML::Node& value, Configuration& c) -> Status {
            MUSTER_ASSIGN_OR_RETURN(c.core.*target, DurationBetween(value, low, high));
            return OkStatus();
          }};
}

/// What the core goes by.
std::vector<Field<Configuration>> CoreFields() {
  using std::chrono::hours;
  using std::chrono::seconds;
  return {
      {"apiVersion", [](const YAML::Node& v, Configuration&) { return Fixed(v, kApiVersion); }},
      {"kind", [](const YAML::Node& v, Configuration&) { return Fixed(v, kKind); }},
      {"schedulerName",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.core.scheduler_name, Text(v));
         return CheckName(c.core.scheduler_name);
       }},
      CoreDuration("shapeTimeout", &core::CoreOptions::shape_timeout, seconds(1), hours(1)),
      CoreDuration("gangTimeout", &core::CoreOptions::gang_timeout, seconds(10), hours(168)),
      CoreDuration("backfillPatience", &core::CoreOptions::backfill_patience, seconds(0),
                   hours(168)),
      CoreDuration("packingPatience", &core::CoreOptions::packing_patience, seconds(0), hours(24)),
      {"gangMembersMax",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.core.gang_members_max, Integer(v, 1, 1'000'000));
         return OkStatus();
       }},
      {"autoscaler",
       [](const YAML::Node& v, Configuration& c) { return ReadAutoscaler(v, c.core.capacity); }},
      {"provisioningTimeout",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.core.capacity.provisioning_timeout,
                                 DurationBetween(v, seconds(30), hours(24)));
         return OkStatus();
       }},
      {"standInImage",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.core.capacity.stand_in_image, Text(v));
         return CheckImage(c.core.capacity.stand_in_image);
       }},
      {"topologyLevels",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.core.topology.levels,
                                 Texts(v, kTopologyLevelsMax, CheckLabelKey));
         return OkStatus();
       }},
      {"interruptibleNodeLabels",
       [](const YAML::Node& v, Configuration& c) {
         return ReadInterruptibleLabels(v, c.core.topology);
       }},
      {"shuffleProfile",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.shuffle_profile_file, Text(v));
         return OkStatus();
       }},
  };
}

/// What plugins and the daemon go by.
std::vector<Field<Configuration>> DaemonFields() {
  return {
      {"scoreWeights",
       [](const YAML::Node& v, Configuration& c) { return ReadScoreWeights(v, c.scores); }},
      {"scoringStrategy",
       [](const YAML::Node& v, Configuration& c) { return ReadScoringStrategy(v, c.scores); }},
      {"leaderElection", [](const YAML::Node& v,
                            Configuration& c) { return ReadLeaderElection(v, c.leader_election); }},
      {"listen",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(v));
         MUSTER_ASSIGN_OR_RETURN(c.listen, ParseListenAddress(text));
         return OkStatus();
       }},
      {"bindConcurrency",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(const std::int64_t count, Integer(v, 1, 1000));
         c.bind_concurrency = static_cast<std::size_t>(count);
         return OkStatus();
       }},
      {"logLevel",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(c.log_level, Text(v));
         return CheckLogLevel(c.log_level);
       }},
      {"logFormat",
       [](const YAML::Node& v, Configuration& c) -> Status {
         MUSTER_ASSIGN_OR_RETURN(const std::string text, Text(v));
         if (text != "text" && text != "json") {
           return InvalidArgumentError(Quoted(text) + "; allowed: text, json");
         }
         c.log_format = text == "json" ? LogFormat::kJson : LogFormat::kText;
         return OkStatus();
       }},
  };
}

/// The one list of what a configuration may hold.
const std::vector<Field<Configuration>>& Fields() {
  static const std::vector<Field<Configuration>> fields = [] {
    std::vector<Field<Configuration>> all = CoreFields();
    const std::vector<Field<Configuration>> daemon = DaemonFields();
    all.insert(all.end(), daemon.begin(), daemon.end());
    return all;
  }();
  return fields;
}

StatusOr<Configuration> ReadRoot(const YAML::Node& root) {
  Configuration configuration;
  MUSTER_ASSIGN_OR_RETURN(const std::set<std::string> seen,
                          ReadFields(root, "", Fields(), configuration));
  for (const char* name : {"apiVersion", "kind"}) {
    if (!seen.contains(name)) {
      return InvalidArgumentError("path " + Quoted(name) + ": is missing; allowed: " +
                                  (name == std::string_view("kind") ? kKind : kApiVersion));
    }
  }
  return configuration;
}

}  // namespace

Status CheckLogLevel(std::string_view level) {
  if (std::find(kLogLevels.begin(), kLogLevels.end(), level) != kLogLevels.end()) {
    return OkStatus();
  }
  return InvalidArgumentError(Quoted(level) + "; allowed: trace, debug, info, warn, error, off");
}

StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  Status wrong = InvalidArgumentError(
      Quoted(text) + "; allowed: ADDRESS:PORT, such as 127.0.0.1:10259, [::1]:10259 or :10259");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  ListenAddress address;
  address.host = text.substr(0, colon);
  if (address.host.empty()) address.host = "0.0.0.0";
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    return wrong;
  }
  const char* end = text.data() + text.size();
  auto [parsed_end, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (error != std::errc() || parsed_end != end || address.port < 0 || address.port > 65535 ||
      address.host.empty()) {
    return wrong;
  }
  return address;
}

StatusOr<Configuration> ParseConfiguration(const std::string& text, const std::string& file) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() != 1) {
      return InvalidArgumentError(file + ": must hold exactly one YAML document");
    }
    StatusOr<Configuration> configuration = ReadRoot(documents.front());
    if (!configuration.ok()) return Annotate(configuration.status(), file);
    return configuration;
  } catch (const YAML::Exception& error) {
    return InvalidArgumentError(file + ": line " + std::to_string(error.mark.line + 1) +
                                ": not valid YAML: " + error.msg);
  }
}

StatusOr<Configuration> LoadConfiguration(const std::string& file) {
  MUSTER_ASSIGN_OR_RETURN(const std::string text, kube::ReadFileLimited(file, kFileBytesMax));
  MUSTER_ASSIGN_OR_RETURN(Configuration configuration, ParseConfiguration(text, file));
  const std::string& profile_file = configuration.shuffle_profile_file;
  if (!profile_file.empty()) {
    MUSTER_ASSIGN_OR_RETURN(const std::string profile,
                            kube::ReadFileLimited(profile_file, kProfileBytesMax));
    StatusOr<history::ShuffleProfile> decoded = history::ShuffleProfile::Decode(profile);
    if (!decoded.ok()) return Annotate(decoded.status(), "shuffleProfile " + Quoted(profile_file));
    configuration.core.shuffle_profile = *std::move(decoded);
  }
  return configuration;
}

}  // namespace muster::runtime
