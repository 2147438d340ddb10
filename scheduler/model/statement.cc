#include "scheduler/model/statement.h"

namespace muster::model {

void Statement::Reserve(NodeIndex node, const ResourceVector& amounts, std::int64_t count) {
  model_.Nodes().Account(node, amounts, count);
  undo_.push_back({node, amounts, count});
}

void Statement::RollbackTo(Checkpoint checkpoint) {
  while (undo_.size() > checkpoint) {
    const Reserved& last = undo_.back();
    model_.Nodes().Account(last.node, last.amounts, -last.count);
    undo_.pop_back();
  }
}

}  // namespace muster::model
