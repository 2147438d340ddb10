#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"

/// Kubernetes objects for tests, in one line each.
namespace muster::testing {

/// Parses a quantity that the test knows to be right; aborts otherwise.
Quantity Q(std::string_view text);

/// A node with 110 pods: MakeNode("a", "4", "16Gi").
api::Node MakeNode(const std::string& name, const std::string& cpu, const std::string& memory);

/// A pending pod of schedulerName muster with one container.
api::Pod MakePod(const std::string& name, const std::string& cpu, const std::string& memory);

/// The spec of a pod that asks these amounts.
api::PodSpec MakeSpec(const std::string& cpu, const std::string& memory);

}  // namespace muster::testing
