#pragma once

#include <cstdint>

namespace muster::model {

/// The place of a node in the columns of NodeTable. Valid as long as the node exists or anything is
/// accounted on it.
using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = UINT32_MAX;

}  // namespace muster::model
