#include "scheduler/api/json_volumes.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "scheduler/api/json_codec.h"
#include "scheduler/api/json_reader.h"
#include "scheduler/api/json_writer.h"

// A pod's volumes, from and to JSON.
namespace muster::api {

using nlohmann::json;

static Status Read(JsonView value, const JsonPath& path, KeyToPath& out) {
  return ReadFields(value, path, Into("key", out.key), Into("path", out.path));
}

static Status ReadRbd(JsonView value, const JsonPath& path, Volume& out) {
  std::string pool = "rbd";  // the API server's default
  std::string image;
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "pool", pool));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "image", image));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "monitors", out.monitors));
  out.source = pool.append("/").append(image);
  return OkStatus();
}

static Status Read(JsonView value, const JsonPath& path, ResourceRequirements& out) {
  return ReadFields(value, path, Into("requests", out.requests));
}

Status Read(JsonView value, const JsonPath& path, PersistentVolumeClaimSpec& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "volumeName", out.volume_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "storageClassName", out.storage_class_name));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "accessModes", out.access_modes));
  ResourceRequirements resources;
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "resources", resources));
  if (const auto storage = resources.requests.find("storage");
      storage != resources.requests.end()) {
    out.storage_request = storage->second;
  }
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "selector", out.selector));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "volumeMode", out.volume_mode));
  return ReadField(value, path, "volumeAttributesClassName", out.volume_attributes_class);
}

static Status ReadEphemeral(JsonView value, const JsonPath& path, Volume& out) {
  const JsonView claim_template = Find(value, "volumeClaimTemplate");
  if (!claim_template) return OkStatus();
  const JsonPath template_path(path, "volumeClaimTemplate");
  MUSTER_RETURN_IF_ERROR(CheckObject(claim_template, template_path));
  return ReadField(claim_template, template_path, "spec", out.claim_template);
}

Status Read(JsonView value, const JsonPath& path, Volume& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  for (const VolumeField& field : kVolumeFields) {
    const JsonView source = Find(value, field.key);
    if (!source) continue;
    const JsonPath source_path(path, field.key);
    MUSTER_RETURN_IF_ERROR(CheckObject(source, source_path));
    out.type = field.type;
    MUSTER_RETURN_IF_ERROR(ReadField(source, source_path, "readOnly", out.read_only));
    if (field.source != nullptr) {
      MUSTER_RETURN_IF_ERROR(ReadField(source, source_path, field.source, out.source));
    }
    if (field.type == VolumeType::kRbd) return ReadRbd(source, source_path, out);
    if (field.type == VolumeType::kEphemeral) return ReadEphemeral(source, source_path, out);
    if (field.type == VolumeType::kConfigMap) {
      MUSTER_RETURN_IF_ERROR(ReadField(source, source_path, "name", out.config_map_name.emplace()));
      MUSTER_RETURN_IF_ERROR(ReadField(source, source_path, "items", out.items));
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

static json EncodeClaimSpec(const PersistentVolumeClaimSpec& spec) {
  json object = json::object();
  Put(object, "volumeName", spec.volume_name);
  if (spec.storage_class_name) object["storageClassName"] = *spec.storage_class_name;
  Put(object, "accessModes", EncodeStrings(spec.access_modes));
  if (spec.storage_request) {
    object["resources"]["requests"]["storage"] = spec.storage_request->ToString();
  }
  if (spec.selector) object["selector"] = EncodeSelector(*spec.selector);
  Put(object, "volumeMode", spec.volume_mode);
  Put(object, "volumeAttributesClassName", spec.volume_attributes_class);
  return object;
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
    if (type == VolumeType::kEphemeral && volume.claim_template) {
      source["volumeClaimTemplate"]["spec"] = EncodeClaimSpec(*volume.claim_template);
    }
    object[field.key] = std::move(source);
  }
  return object;
}

}  // namespace muster::api
