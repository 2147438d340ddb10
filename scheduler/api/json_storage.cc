#include "scheduler/api/json_storage.h"

#include <algorithm>
#include <array>
#include <utility>

#include "scheduler/api/json_reader.h"

// The form is that of json_codec.cc.
namespace muster::api {

/// Reads what is inside the object `key` of `object`, when it is there.
template <class ReadInside>
static Status Inside(JsonView object, const JsonPath& path, const char* key, ReadInside read) {
  const JsonView value = Find(object, key);
  if (!value) return OkStatus();
  const JsonPath value_path(path, key);
  MUSTER_RETURN_IF_ERROR(CheckObject(value, value_path));
  return read(value, value_path);
}

/// The parts of an object of this kind; `read` is given the object itself.
template <class Object, class ReadRest>
static StatusOr<Object> Decode(JsonView object, std::string_view kind, ReadRest read) {
  const JsonPath path(JsonPath::Scalars::kStrict);
  MUSTER_RETURN_IF_ERROR(CheckKind(object, path, kind));
  Object out;
  MUSTER_RETURN_IF_ERROR(ReadField(object, path, "metadata", out.metadata));
  MUSTER_RETURN_IF_ERROR(read(object, path, out));
  return out;
}

StatusOr<PersistentVolumeClaim> DecodePersistentVolumeClaim(JsonView object) {
  return Decode<PersistentVolumeClaim>(
      object, "PersistentVolumeClaim",
      [](JsonView claim, const JsonPath& path, PersistentVolumeClaim& out) {
        MUSTER_RETURN_IF_ERROR(ReadField(claim, path, "spec", out.spec));
        return Inside(claim, path, "status", [&](JsonView status, const JsonPath& status_path) {
          return ReadField(status, status_path, "phase", out.phase);
        });
      });
}

static Status Read(JsonView value, const JsonPath& path, ClaimReference& out) {
  return ReadFields(value, path, Into("namespace", out.namespace_name), Into("name", out.name),
                    Into("uid", out.uid));
}

struct SourceField {
  VolumeSource source;
  const char* key;
  const char* handle;
};

static Status ReadSourceAs(const SourceField& field, JsonView source, const JsonPath& path,
                           PersistentVolume& out) {
  out.source = field.source;
  MUSTER_RETURN_IF_ERROR(ReadField(source, path, field.handle, out.handle));
  if (field.source != VolumeSource::kCsi) return OkStatus();
  return ReadField(source, path, "driver", out.driver);
}

static Status ReadSource(JsonView spec, const JsonPath& path, PersistentVolume& out) {
  static constexpr std::array<SourceField, 6> kFields{{
      {VolumeSource::kCsi, "csi", "volumeHandle"},
      {VolumeSource::kAwsElasticBlockStore, "awsElasticBlockStore", "volumeID"},
      {VolumeSource::kGcePersistentDisk, "gcePersistentDisk", "pdName"},
      {VolumeSource::kAzureDisk, "azureDisk", "diskURI"},
      {VolumeSource::kCinder, "cinder", "volumeID"},
      {VolumeSource::kPortworx, "portworxVolume", "volumeID"},
  }};
  for (const SourceField& field : kFields) {
    MUSTER_RETURN_IF_ERROR(
        Inside(spec, path, field.key, [&](JsonView source, const JsonPath& source_path) {
          return ReadSourceAs(field, source, source_path, out);
        }));
  }
  return OkStatus();
}

static Status ReadVolumeAffinity(JsonView spec, const JsonPath& path, PersistentVolume& out) {
  return Inside(spec, path, "nodeAffinity", [&](JsonView affinity, const JsonPath& at) {
    return Inside(affinity, at, "required", [&](JsonView required, const JsonPath& there) {
      return ReadField(required, there, "nodeSelectorTerms", out.node_affinity.emplace());
    });
  });
}

static Status ReadVolumeSpec(JsonView spec, const JsonPath& path, PersistentVolume& out) {
  ResourceList capacity;
  MUSTER_RETURN_IF_ERROR(ReadField(spec, path, "capacity", capacity));
  if (const auto storage = capacity.find("storage"); storage != capacity.end()) {
    out.capacity = storage->second;
  }
  MUSTER_RETURN_IF_ERROR(ReadField(spec, path, "accessModes", out.access_modes));
  MUSTER_RETURN_IF_ERROR(ReadField(spec, path, "storageClassName", out.storage_class_name));
  MUSTER_RETURN_IF_ERROR(ReadField(spec, path, "volumeMode", out.volume_mode));
  MUSTER_RETURN_IF_ERROR(
      ReadField(spec, path, "volumeAttributesClassName", out.volume_attributes_class));
  MUSTER_RETURN_IF_ERROR(ReadField(spec, path, "claimRef", out.claim));
  MUSTER_RETURN_IF_ERROR(ReadVolumeAffinity(spec, path, out));
  return ReadSource(spec, path, out);
}

StatusOr<PersistentVolume> DecodePersistentVolume(JsonView object) {
  return Decode<PersistentVolume>(
      object, "PersistentVolume", [](JsonView volume, const JsonPath& path, PersistentVolume& out) {
        MUSTER_RETURN_IF_ERROR(
            Inside(volume, path, "spec", [&](JsonView spec, const JsonPath& spec_path) {
              return ReadVolumeSpec(spec, spec_path, out);
            }));
        return Inside(volume, path, "status", [&](JsonView status, const JsonPath& status_path) {
          return ReadField(status, status_path, "phase", out.phase);
        });
      });
}

static Status Read(JsonView value, const JsonPath& path, TopologySelectorRequirement& out) {
  return ReadFields(value, path, Into("key", out.key), Into("values", out.values));
}

static Status Read(JsonView value, const JsonPath& path, TopologySelectorTerm& out) {
  return ReadFields(value, path, Into("matchLabelExpressions", out.match_label_expressions));
}

StatusOr<StorageClass> DecodeStorageClass(JsonView object) {
  return Decode<StorageClass>(
      object, "StorageClass", [](JsonView storage_class, const JsonPath& path, StorageClass& out) {
        MUSTER_RETURN_IF_ERROR(ReadField(storage_class, path, "provisioner", out.provisioner));
        MUSTER_RETURN_IF_ERROR(
            ReadField(storage_class, path, "volumeBindingMode", out.volume_binding_mode));
        return ReadField(storage_class, path, "allowedTopologies", out.allowed_topologies);
      });
}

static Status Read(JsonView value, const JsonPath& path, CsiNodeDriver& out) {
  MUSTER_RETURN_IF_ERROR(CheckObject(value, path));
  MUSTER_RETURN_IF_ERROR(ReadField(value, path, "name", out.name));
  return Inside(value, path, "allocatable", [&](JsonView allocatable, const JsonPath& there) {
    return ReadField(allocatable, there, "count", out.allocatable_count);
  });
}

StatusOr<CsiNode> DecodeCsiNode(JsonView object) {
  return Decode<CsiNode>(object, "CSINode", [](JsonView node, const JsonPath& path, CsiNode& out) {
    return Inside(node, path, "spec", [&](JsonView spec, const JsonPath& spec_path) {
      return ReadField(spec, spec_path, "drivers", out.drivers);
    });
  });
}

StatusOr<CsiDriver> DecodeCsiDriver(JsonView object) {
  return Decode<CsiDriver>(
      object, "CSIDriver", [](JsonView driver, const JsonPath& path, CsiDriver& out) {
        return Inside(driver, path, "spec", [&](JsonView spec, const JsonPath& spec_path) {
          return ReadField(spec, spec_path, "storageCapacity", out.storage_capacity);
        });
      });
}

StatusOr<CsiStorageCapacity> DecodeCsiStorageCapacity(JsonView object) {
  return Decode<CsiStorageCapacity>(
      object, "CSIStorageCapacity",
      [](JsonView capacity, const JsonPath& path, CsiStorageCapacity& out) {
        MUSTER_RETURN_IF_ERROR(
            ReadField(capacity, path, "storageClassName", out.storage_class_name));
        MUSTER_RETURN_IF_ERROR(ReadField(capacity, path, "nodeTopology", out.node_topology));
        MUSTER_RETURN_IF_ERROR(ReadField(capacity, path, "capacity", out.capacity));
        return ReadField(capacity, path, "maximumVolumeSize", out.maximum_volume_size);
      });
}

StatusOr<VolumeAttachment> DecodeVolumeAttachment(JsonView object) {
  return Decode<VolumeAttachment>(
      object, "VolumeAttachment",
      [](JsonView attachment, const JsonPath& path, VolumeAttachment& out) {
        return Inside(attachment, path, "spec", [&](JsonView spec, const JsonPath& spec_path) {
          MUSTER_RETURN_IF_ERROR(ReadField(spec, spec_path, "attacher", out.attacher));
          MUSTER_RETURN_IF_ERROR(ReadField(spec, spec_path, "nodeName", out.node_name));
          return Inside(spec, spec_path, "source", [&](JsonView source, const JsonPath& there) {
            return ReadField(source, there, "persistentVolumeName", out.persistent_volume_name);
          });
        });
      });
}

StatusOr<Namespace> DecodeNamespace(JsonView object) {
  return Decode<Namespace>(object, "Namespace",
                           [](JsonView, const JsonPath&, Namespace&) { return OkStatus(); });
}

StatusOr<PodDisruptionBudget> DecodePodDisruptionBudget(JsonView object) {
  return Decode<PodDisruptionBudget>(
      object, "PodDisruptionBudget",
      [](JsonView budget, const JsonPath& path, PodDisruptionBudget& out) {
        MUSTER_RETURN_IF_ERROR(
            Inside(budget, path, "spec", [&](JsonView spec, const JsonPath& spec_path) {
              return ReadField(spec, spec_path, "selector", out.selector);
            }));
        return Inside(budget, path, "status", [&](JsonView status, const JsonPath& at) {
          StringMap disrupted;
          MUSTER_RETURN_IF_ERROR(ReadField(status, at, "disruptedPods", disrupted));
          for (const auto& [name, time] : disrupted) out.disrupted_pods.push_back(name);
          return ReadField(status, at, "disruptionsAllowed", out.disruptions_allowed);
        });
      });
}

StatusOr<PriorityClass> DecodePriorityClass(JsonView object) {
  return Decode<PriorityClass>(
      object, "PriorityClass",
      [](JsonView priority_class, const JsonPath& path, PriorityClass& out) {
        MUSTER_RETURN_IF_ERROR(ReadField(priority_class, path, "value", out.value));
        return ReadField(priority_class, path, "globalDefault", out.global_default);
      });
}

}  // namespace muster::api
