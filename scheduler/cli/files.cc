#include "scheduler/cli/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "scheduler/api/json_codec.h"

namespace muster::cli {

StatusOr<nlohmann::json> ReadJsonFile(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFoundError(path + ": " + std::strerror(errno));
  std::string text;
  std::vector<char> buffer(1 << 16);
  // A little more than the limit is enough to see that the file is too large.
  while (file && text.size() <= bytes_max) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  // A directory can be opened, but not read.
  if (file.bad()) return NotFoundError(path + ": " + std::strerror(errno));
  auto json = api::ParseJson(text, bytes_max);
  if (!json.ok()) return Annotate(json.status(), path);
  return json;
}

}  // namespace muster::cli
