#pragma once

#include <memory>

#include "scheduler/framework/plugin.h"

namespace muster::plugins {

/// Refuses nodes by the required affinity and anti-affinity between pods: of the pod itself, and of
/// the pods that run or are placed with it (anti-affinity works both ways).
/// Cost: nothing where neither the pod nor any other has such rules; else one walk over the nodes,
/// and over all pods when the pod has rules of its own; then O(topology keys) a node.
/// Source: kube-scheduler 1.36, plugins/interpodaffinity.
std::unique_ptr<framework::FilterPlugin> MakeInterPodAffinity();

}  // namespace muster::plugins
