#include "scheduler/api/json_volumes.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_reader.h"

// A pod's volumes, from and to JSON.
namespace muster::api {

using nlohmann::json;

static Status Read(const json& value, const JsonPath& path, KeyToPath& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "key", out.key));
  return ReadField(value, path, "path", out.path);
}

static Status ReadRbd(const json& value, const JsonPath& path, Volume& out) {
  std::string pool = "rbd";  // the API server's default
  std::string image;
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "pool", pool));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "image", image));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "monitors", out.monitors));
  out.source = pool.append("/").append(image);
  return OkStatus();
}

Status Read(const json& value, const JsonPath& path, Volume& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  for (const VolumeField& field : kVolumeFields) {
    const json* source = Find(value, field.key);
    if (source == nullptr) continue;
    const JsonPath source_path(path, field.key);
    MUSTER_RETURN_IF_ERROR(CheckObject(*source, source_path));
    out.type = field.type;
    MUSTER_RETURN_IF_ERROR(ReadField(*source, source_path, "readOnly", out.read_only));
    if (field.source != nullptr) {
      MUSTER_RETURN_IF_ERROR(ReadField(*source, source_path, field.source, out.source));
    }
    if (field.type == VolumeType::kRbd) return ReadRbd(*source, source_path, out);
    if (field.type == VolumeType::kConfigMap) {
      MUSTER_RETURN_IF_ERROR(
          ReadField(*source, source_path, "name", out.config_map_name.emplace()));
      MUSTER_RETURN_IF_ERROR(ReadField(*source, source_path, "items", out.items));
    }
    return OkStatus();
  }
  return OkStatus();
}

static void EncodeConfigMap(const Volume& volume, json& source) {
  source["name"] = volume.config_map_name.value_or("");
  for (const KeyToPath& item : volume.items) {
    source["items"].push_back({{"key", item.key}, {"path", item.path}});
  }
}

static void EncodeRbd(const Volume& volume, json& source) {
  const std::size_t slash = volume.source.find('/');
  source["pool"] = volume.source.substr(0, slash);
  source["image"] = slash == std::string::npos ? "" : volume.source.substr(slash + 1);
  source["monitors"] = volume.monitors;
}

json EncodeVolume(const Volume& volume) {
  json object = json::object();
  if (!volume.name.empty()) object["name"] = volume.name;
  // A volume made in code may only say the name of its ConfigMap.
  const VolumeType type = volume.config_map_name ? VolumeType::kConfigMap : volume.type;
  for (const VolumeField& field : kVolumeFields) {
    if (field.type != type) continue;
    json source = json::object();
    if (field.source != nullptr && !volume.source.empty()) source[field.source] = volume.source;
    if (volume.read_only) source["readOnly"] = true;
    if (type == VolumeType::kConfigMap) EncodeConfigMap(volume, source);
    if (type == VolumeType::kRbd) EncodeRbd(volume, source);
    object[field.key] = std::move(source);
  }
  return object;
}

}  // namespace muster::api
