#pragma once

#include <cstdint>
#include <span>

#include "scheduler/model/node_table.h"

namespace muster::model {

/// CountThatFit for many nodes: lowers capacity[i] to the number of pods that ask `request` and fit
/// into what is free on node first+i. Cost: one pass over a column for each resource that is asked.
void LimitByRoom(const NodeTable& nodes, const ResourceVector& request, NodeIndex first,
                 std::span<std::int64_t> capacity);

}  // namespace muster::model
