#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/api/objects.h"
#include "scheduler/model/node_index.h"

namespace muster::model {

/// Which nodes have which images, by the names that nodes report. Forgets an image that no node
/// has. Cost: a look-up is O(1); Set is O(images of the node x log nodes), and little when nothing
/// has changed. Threading: one thread.
class ImageTable {
 public:
  struct OnNode {
    NodeIndex node = kNoNode;
    Bytes size;
    bool operator==(const OnNode&) const = default;
  };

  /// Takes over what the node has now. Of images of one name the first counts.
  void Set(NodeIndex node, const std::vector<api::ContainerImage>& images);

  /// The nodes that have an image of this name, by index.
  std::span<const OnNode> NodesWith(std::string_view name) const;
  std::size_t ImageCount() const { return ids_.size(); }

 private:
  using ImageId = std::uint32_t;
  struct Image {
    std::string name;
    std::vector<OnNode> nodes;  // by index
  };
  struct Held {
    ImageId image = 0;
    Bytes size;
    bool operator==(const Held&) const = default;
  };

  std::vector<Held> Intern(const std::vector<api::ContainerImage>& images);
  void Put(NodeIndex node, const Held& held);
  void Take(NodeIndex node, ImageId image);

  std::vector<Image> images_;
  std::vector<ImageId> free_ids_;
  absl::flat_hash_map<std::string, ImageId> ids_;  // lookup only
  std::vector<std::vector<Held>> on_node_;         // by NodeIndex; sorted by image
};

}  // namespace muster::model
