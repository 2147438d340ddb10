#include "scheduler/kube/kubeconfig.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace muster::kube {
namespace {

constexpr std::size_t kKubeconfigBytesMax = 1024 * 1024;

/// A named entry of a kubeconfig and the folder that its relative paths start from.
struct Entry {
  YAML::Node body;
  std::filesystem::path folder;
};

struct MergedConfig {
  std::map<std::string, Entry> clusters;
  std::map<std::string, Entry> users;
  std::map<std::string, Entry> contexts;
  std::string current_context;
};

std::string ScalarOf(const YAML::Node& map, const char* key) {
  if (!map || !map.IsMap()) return {};
  const YAML::Node value = map[key];
  return value && value.IsScalar() ? value.Scalar() : std::string();
}

bool IsTrue(const YAML::Node& map, const char* key) {
  const std::string text = ScalarOf(map, key);
  return text == "true" || text == "True" || text == "TRUE";
}

bool IsPresent(const YAML::Node& map, const char* key) {
  if (!map || !map.IsMap()) return false;
  const YAML::Node value = map[key];
  if (!value || value.IsNull()) return false;
  return value.IsScalar() ? !value.Scalar().empty() : value.size() > 0;
}

Status AddEntries(const YAML::Node& root, const char* list_key, const char* body_key,
                  const std::filesystem::path& folder, std::map<std::string, Entry>& entries) {
  const YAML::Node list = root[list_key];
  if (!list || list.IsNull()) return OkStatus();
  if (!list.IsSequence()) {
    return InvalidArgumentError(std::string("'") + list_key + "' must be a list");
  }
  for (const YAML::Node& item : list) {
    const std::string name = ScalarOf(item, "name");
    if (name.empty()) {
      return InvalidArgumentError(std::string("an entry of '") + list_key + "' has no name");
    }
    entries.try_emplace(name, Entry{item[body_key], folder});
  }
  return OkStatus();
}

Status MergeFile(const std::string& file, MergedConfig& merged) {
  MUSTER_ASSIGN_OR_RETURN(const std::string text, ReadFileLimited(file, kKubeconfigBytesMax));
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return OkStatus();
    if (!root.IsMap()) return InvalidArgumentError("'" + file + "' is not a kubeconfig map");
    for (auto [list, body, entries] : {std::tuple{"clusters", "cluster", &merged.clusters},
                                       std::tuple{"users", "user", &merged.users},
                                       std::tuple{"contexts", "context", &merged.contexts}}) {
      Status added = AddEntries(root, list, body, folder, *entries);
      if (!added.ok()) return Annotate(added, "kubeconfig '" + file + "'");
    }
    if (merged.current_context.empty()) merged.current_context = ScalarOf(root, "current-context");
  } catch (const YAML::Exception& error) {
    // error.what() may quote a line of the file, which may be a secret: only the place is told.
    return InvalidArgumentError("kubeconfig '" + file + "' is not valid YAML at line " +
                                std::to_string(error.mark.line + 1));
  }
  return OkStatus();
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned int buffer = 0;
  int bits = 0;
  bool padding = false;
  for (char c : text) {
    if (c == '\n' || c == '\r' || c == ' ') continue;
    if (c == '=') {
      padding = true;
      continue;
    }
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos || padding) return std::nullopt;
    buffer = (buffer << 6) | static_cast<unsigned int>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>((buffer >> bits) & 0xff));
    }
  }
  return bytes;
}

std::string ResolvePath(const std::string& path, const std::filesystem::path& folder) {
  if (path.empty()) return path;
  return (folder / path).lexically_normal().string();  // an absolute path replaces the folder
}

StatusOr<PemSource> ReadPem(const Entry& entry, const std::string& key) {
  PemSource pem;
  const std::string data = ScalarOf(entry.body, (key + "-data").c_str());
  if (!data.empty()) {
    std::optional<std::string> decoded = DecodeBase64(data);
    if (!decoded) return InvalidArgumentError("'" + key + "-data' is not base64");
    pem.data = *std::move(decoded);
  } else {
    pem.path = ResolvePath(ScalarOf(entry.body, key.c_str()), entry.folder);
  }
  return pem;
}

Status ReadCluster(const Entry& entry, ClusterAccess& access) {
  access.server_url = ScalarOf(entry.body, "server");
  while (access.server_url.ends_with('/')) access.server_url.pop_back();
  access.tls_server_name = ScalarOf(entry.body, "tls-server-name");
  access.insecure_skip_tls_verify = IsTrue(entry.body, "insecure-skip-tls-verify");
  access.proxy_url = ScalarOf(entry.body, "proxy-url");
  MUSTER_ASSIGN_OR_RETURN(access.certificate_authority, ReadPem(entry, "certificate-authority"));
  return OkStatus();
}

Status ReadUser(const Entry& entry, ClusterAccess& access) {
  static constexpr std::array<const char*, 8> kUnsupported = {
      "exec", "auth-provider", "username",  "password",
      "as",   "as-uid",        "as-groups", "as-user-extra"};
  for (const char* key : kUnsupported) {
    if (IsPresent(entry.body, key)) {
      return InvalidArgumentError(std::string("'") + key +
                                  "' is not supported; allowed: client-certificate(-data) with "
                                  "client-key(-data), token, tokenFile");
    }
  }
  if (access.server_url.starts_with("http://")) return OkStatus();  // no secrets in clear text
  access.token = ScalarOf(entry.body, "token");
  access.token_file = ResolvePath(ScalarOf(entry.body, "tokenFile"), entry.folder);
  MUSTER_ASSIGN_OR_RETURN(access.client_certificate, ReadPem(entry, "client-certificate"));
  MUSTER_ASSIGN_OR_RETURN(access.client_key, ReadPem(entry, "client-key"));
  return OkStatus();
}

StatusOr<ClusterAccess> ResolveContext(const MergedConfig& merged) {
  if (merged.current_context.empty()) return InvalidArgumentError("current-context is not set");
  auto context = merged.contexts.find(merged.current_context);
  if (context == merged.contexts.end()) {
    return InvalidArgumentError("current-context '" + merged.current_context +
                                "' is not among the contexts");
  }
  const std::string cluster_name = ScalarOf(context->second.body, "cluster");
  auto cluster = merged.clusters.find(cluster_name);
  if (cluster == merged.clusters.end()) {
    return InvalidArgumentError("context '" + context->first + "' names the cluster '" +
                                cluster_name + "', which is not there");
  }
  ClusterAccess access;
  Status read = ReadCluster(cluster->second, access);
  if (!read.ok()) return Annotate(read, "cluster '" + cluster_name + "'");
  const std::string user_name = ScalarOf(context->second.body, "user");
  if (!user_name.empty()) {
    auto user = merged.users.find(user_name);
    if (user == merged.users.end()) {
      return InvalidArgumentError("context '" + context->first + "' names the user '" + user_name +
                                  "', which is not there");
    }
    read = ReadUser(user->second, access);
    if (!read.ok()) return Annotate(read, "user '" + user_name + "'");
  }
  Status checked = CheckAccess(access);
  if (!checked.ok()) return Annotate(checked, "context '" + context->first + "'");
  return access;
}

std::vector<std::string> SplitPaths(const std::string& joined) {
  std::vector<std::string> paths;
  std::size_t begin = 0;
  while (begin <= joined.size()) {
    const std::size_t end = std::min(joined.find(':', begin), joined.size());
    std::string path = joined.substr(begin, end - begin);
    if (!path.empty() && std::find(paths.begin(), paths.end(), path) == paths.end()) {
      paths.push_back(std::move(path));
    }
    begin = end + 1;
  }
  return paths;
}

std::vector<std::string> ExistingFiles(std::vector<std::string> paths) {
  std::erase_if(paths, [](const std::string& path) {
    std::error_code ignored;
    return !std::filesystem::exists(path, ignored);
  });
  return paths;
}

}  // namespace

StatusOr<ClusterAccess> LoadKubeconfig(const std::vector<std::string>& files) {
  MergedConfig merged;
  for (const std::string& file : files) MUSTER_RETURN_IF_ERROR(MergeFile(file, merged));
  StatusOr<ClusterAccess> access = ResolveContext(merged);
  if (!access.ok()) {
    return Annotate(access.status(), "kubeconfig '" + (files.empty() ? "" : files.front()) + "'");
  }
  return access;
}

StatusOr<ClusterAccess> ResolveAccess(const AccessOptions& options) {
  if (!options.server.empty()) return AccessThroughLocalProxy(options.server);
  if (!options.kubeconfig.empty()) return LoadKubeconfig({options.kubeconfig});
  std::vector<std::string> files = ExistingFiles(SplitPaths(options.kubeconfig_variable));
  if (!options.kubeconfig_variable.empty() && files.empty()) {
    return NotFoundError("none of the files in $KUBECONFIG exists: " + options.kubeconfig_variable);
  }
  const std::string home_file = options.home_folder + "/.kube/config";
  if (files.empty() && !options.home_folder.empty()) files = ExistingFiles({home_file});
  if (!files.empty()) return LoadKubeconfig(files);
  StatusOr<ClusterAccess> in_cluster =
      InClusterAccess(options.service_host, options.service_port, options.service_account_folder);
  if (!in_cluster.ok()) {
    return Annotate(in_cluster.status(),
                    "no API server configured: give --kubeconfig or --server; $KUBECONFIG is not "
                    "set, '" +
                        home_file + "' does not exist, and not in a cluster");
  }
  return in_cluster;
}

}  // namespace muster::kube
