#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scheduler/placement/packing.h"
#include "scheduler/placement/rank_set.h"
#include "scheduler/topology/topology_tree.h"

namespace muster::placement {

/// The nodes of one topology level in the order of packing, domain by domain: by room, then size,
/// then name. Nodes without room, or in no domain, are not in it.
/// Memory: 8 bytes a node, and a bit a node for each room that occurs.
class DomainOrder {
 public:
  /// Rooms and sizes from this on are alike.
  static constexpr std::int64_t kRoomMax = 1023;
  /// Alike rooms have equal classes, larger ones larger classes.
  static std::uint32_t ClassOf(std::int64_t room) {
    return static_cast<std::uint32_t>(room < kRoomMax ? room : kRoomMax);
  }

  /// The nodes of a level, and how they are divided. Borrowed until the order is built anew.
  struct Division {
    std::span<const model::NodeIndex> by_size;         // all nodes by size, then name
    std::span<const topology::DomainIndex> domain_of;  // by NodeIndex; empty: all are in domain 0
    topology::DomainIndex domain_count = 1;
  };
  /// Starts anew, with these rooms by NodeIndex. Cost: O(nodes + domains).
  void Build(const Division& division, std::span<const std::int64_t> room);

  /// The node has room for this many; 0 and nodes without a domain are left out. `Leave` takes what
  /// `Enter` was given.
  void Enter(model::NodeIndex node, std::int64_t room);
  void Leave(model::NodeIndex node, std::int64_t room);

  /// Of a domain's nodes those with the least room, in order. Cost: O(limit + rooms that occur).
  template <class Visit>  // bool(NodeIndex): false to stop
  void WalkTightest(topology::DomainIndex domain, Visit visit) const {
    for (auto room = occurring_.FirstFrom(0); room; room = occurring_.FirstFrom(*room + 1)) {
      const RankSet& ranks = by_room_[*room];
      for (auto rank = ranks.FirstFrom(begin_[domain]); rank && *rank < begin_[domain + 1];
           rank = ranks.FirstFrom(*rank + 1)) {
        if (!visit(by_rank_[*rank])) return;
      }
    }
  }

  /// The candidates of a domain. Borrows all arguments, by NodeIndex; valid while nothing changes.
  class Walk : public RoomOrder {
   public:
    Walk(const DomainOrder& order, topology::DomainIndex domain, std::span<const std::int64_t> room,
         std::span<const std::int64_t> size);
    std::size_t ClassCount() const override { return classes_.size(); }
    std::optional<Candidate> Next(std::size_t room_class) override;

   private:
    struct Class {
      const RankSet* ranks = nullptr;
      std::uint32_t next = 0;
    };
    const DomainOrder& order_;
    std::uint32_t end_;
    std::span<const std::int64_t> room_;
    std::span<const std::int64_t> size_;
    std::vector<Class> classes_;
  };

 private:
  void Rank(const Division& division, std::size_t nodes);
  void Insert(std::uint32_t rank, std::int64_t room);
  topology::DomainIndex DomainOf(model::NodeIndex node) const {
    return domain_of_.empty() ? 0 : domain_of_[node];
  }

  std::span<const topology::DomainIndex> domain_of_;
  std::vector<std::uint32_t> rank_;  // by NodeIndex
  std::vector<model::NodeIndex> by_rank_;
  std::vector<std::uint32_t> begin_;  // ranks of a domain: [begin_[d], begin_[d + 1])
  std::vector<RankSet> by_room_;      // ranks of the nodes with that room
  RankSet occurring_;                 // the rooms of by_room_ that are not empty
};

}  // namespace muster::placement
