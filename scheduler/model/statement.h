#pragma once

#include <cstdint>
#include <vector>

#include "scheduler/model/cluster_model.h"

namespace muster::model {

/// Tentative placement on the live model: places that were reserved through a Statement are given
/// back when it is destroyed, unless it was committed. The only way in which placement adds to the
/// model. Ownership: borrows the model and must not outlive it. Threading: one thread.
class Statement {
 public:
  using Checkpoint = std::size_t;

  explicit Statement(ClusterModel& model) : model_(model) {}
  ~Statement() { RollbackTo(0); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Holds `count` places for such pods on the node.
  void Reserve(NodeIndex node, const PodInfoPtr& info, std::int64_t count);

  Checkpoint Mark() const { return undo_.size(); }
  /// Gives back everything reserved since the checkpoint.
  void RollbackTo(Checkpoint checkpoint);
  /// Keeps everything: the held places are the caller's to give back from now on.
  void Commit() && { undo_.clear(); }

 private:
  struct Reserved {
    NodeIndex node = kNoNode;
    PodInfoPtr info;
    std::int64_t count = 0;
  };

  ClusterModel& model_;
  std::vector<Reserved> undo_;
};

}  // namespace muster::model
