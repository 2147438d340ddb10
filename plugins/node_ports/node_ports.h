#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes on which a pod holds one of the host ports that this pod wants. Two pods of one
/// set never share a node, because they want the same ports.
/// Source: kube-scheduler, plugins/nodeports.
std::unique_ptr<framework::FilterPlugin> MakeNodePorts();

/// True when the two cannot be held on one node: the same port and protocol, and the same address
/// or one of them every address ("" or 0.0.0.0).
/// Source: k8s.io/kube-scheduler framework/types.go, HostPortInfo.CheckConflict.
bool Collide(const api::HostPort& a, const api::HostPort& b);

}  // namespace muster::plugins
