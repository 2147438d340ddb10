#include "scheduler/model/room.h"

#include <algorithm>

namespace muster::model {
namespace {

/// The quotient of whole numbers below 2^53, rounded down, is exact in doubles: a/b is at least
/// 1/b below the next whole number k, and 1/b is more than the rounding error of a value near k.
void LimitByColumn(std::span<const double> free, std::int64_t ask,
                   std::span<std::int64_t> capacity) {
  if (ask <= 0) return;
  const auto divisor = static_cast<double>(ask);
  for (std::size_t i = 0; i < capacity.size(); ++i) {
    const double have = std::max(free[i], 0.0);
    capacity[i] = std::min(capacity[i], static_cast<std::int64_t>(have / divisor));
  }
}

}  // namespace

void LimitByRoom(const NodeTable& nodes, const ResourceVector& request, NodeIndex first,
                 std::span<std::int64_t> capacity) {
  const NodeTable::FreeColumns& free = nodes.FreeByColumn();
  const auto part = [&](const std::vector<double>& column) {
    return std::span(column).subspan(first, capacity.size());
  };
  LimitByColumn(part(free.pods), request.pods, capacity);
  LimitByColumn(part(free.cpu), request.cpu.value, capacity);
  LimitByColumn(part(free.memory), request.memory.value, capacity);
  LimitByColumn(part(free.ephemeral_storage), request.ephemeral_storage.value, capacity);
  for (const ExtendedAmount& entry : request.extended) {
    for (NodeIndex i = 0; i < capacity.size(); ++i) {
      if (capacity[i] == 0) continue;
      const std::int64_t have = nodes.Allocatable(first + i).Extended(entry.resource) -
                                nodes.Requested(first + i).Extended(entry.resource);
      if (entry.amount > 0) {
        capacity[i] = std::min(capacity[i], std::max<std::int64_t>(have, 0) / entry.amount);
      }
    }
  }
}

}  // namespace muster::model
