#include "scheduler/model/statement.h"

namespace muster::model {

void Statement::Reserve(NodeIndex node, const PodInfoPtr& info, std::int64_t count) {
  model_.HoldPlaces(node, info, count);
  undo_.push_back({node, info, count});
}

void Statement::RollbackTo(Checkpoint checkpoint) {
  while (undo_.size() > checkpoint) {
    const Reserved& last = undo_.back();
    model_.HoldPlaces(last.node, last.info, -last.count);
    undo_.pop_back();
  }
}

}  // namespace muster::model
