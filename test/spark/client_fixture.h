#pragma once

#include <string>
#include <vector>

#include "scheduler/api/objects.h"

/// A driver pod as a person writes it: spark-defaults.conf and a template in a ConfigMap at
/// /opt/spark/conf.
namespace muster::spark {

inline api::Pod MakeClientDriver(const std::vector<std::string>& args) {
  api::Pod pod;
  pod.metadata.name = "etl";
  pod.metadata.namespace_name = "jobs";
  pod.metadata.uid = "u1";
  pod.status.pod_ip = "10.1.2.3";
  api::Container container;
  container.name = "driver";
  container.command = {"/opt/spark/bin/spark-submit"};
  container.args = args;
  container.volume_mounts.push_back({"conf", "/opt/spark/conf", ""});
  pod.spec.containers.push_back(container);
  api::Volume volume;
  volume.name = "conf";
  volume.config_map_name = "etl-conf";
  pod.spec.volumes.push_back(volume);
  return pod;
}

}  // namespace muster::spark
