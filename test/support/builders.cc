#include "test/support/builders.h"

#include "scheduler/base/check.h"

namespace muster::testing {

Quantity Q(std::string_view text) {
  const auto quantity = Quantity::Parse(text);
  MUSTER_CHECK(quantity.ok(), "a test's own quantity does not parse");
  return *quantity;
}

api::Node MakeNode(const std::string& name, const std::string& cpu, const std::string& memory) {
  api::Node node;
  node.metadata.name = name;
  node.metadata.uid = "uid-of-node-" + name;
  node.metadata.labels["kubernetes.io/hostname"] = name;
  node.allocatable = {{"cpu", Q(cpu)}, {"memory", Q(memory)}, {"pods", Q("110")}};
  return node;
}

api::PodSpec MakeSpec(const std::string& cpu, const std::string& memory) {
  api::PodSpec spec;
  spec.scheduler_name = "muster";
  api::Container container;
  container.name = "main";
  container.resources.requests = {{"cpu", Q(cpu)}, {"memory", Q(memory)}};
  spec.containers.push_back(container);
  return spec;
}

api::Pod MakePod(const std::string& name, const std::string& cpu, const std::string& memory) {
  api::Pod pod;
  pod.metadata.name = name;
  pod.metadata.namespace_name = "default";
  pod.metadata.uid = "uid-of-" + name;
  pod.spec = MakeSpec(cpu, memory);
  pod.status.phase = "Pending";
  return pod;
}

}  // namespace muster::testing
