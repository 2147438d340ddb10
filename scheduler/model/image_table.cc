#include "scheduler/model/image_table.h"

#include <algorithm>

namespace muster::model {
namespace {

/// Larger than any image, and a sum over the containers of a pod cannot overflow.
constexpr std::int64_t kImageBytesMax = std::int64_t{1} << 50;

auto FindNode(std::vector<ImageTable::OnNode>& nodes, NodeIndex node) {
  return std::lower_bound(
      nodes.begin(), nodes.end(), node,
      [](const ImageTable::OnNode& entry, NodeIndex index) { return entry.node < index; });
}

}  // namespace

void ImageTable::Set(NodeIndex node, const std::vector<api::ContainerImage>& images) {
  if (node >= on_node_.size()) on_node_.resize(node + 1);
  std::vector<Held> after = Intern(images);
  std::vector<Held>& before = on_node_[node];
  if (after == before) return;
  // First put, then take: an image that stays must not be forgotten in between.
  for (const Held& held : after) Put(node, held);
  for (const Held& held : before) {
    const auto stays =
        std::lower_bound(after.begin(), after.end(), held.image,
                         [](const Held& entry, ImageId image) { return entry.image < image; });
    if (stays == after.end() || stays->image != held.image) Take(node, held.image);
  }
  before = std::move(after);
}

std::vector<ImageTable::Held> ImageTable::Intern(const std::vector<api::ContainerImage>& images) {
  std::vector<Held> held;
  for (const api::ContainerImage& image : images) {
    const Bytes size{std::clamp<std::int64_t>(image.size.value, 0, kImageBytesMax)};
    for (const std::string& name : image.names) {
      const auto known = ids_.find(name);
      if (known != ids_.end()) {
        held.push_back({known->second, size});
        continue;
      }
      ImageId id = static_cast<ImageId>(images_.size());
      if (free_ids_.empty()) {
        images_.emplace_back();
      } else {
        id = free_ids_.back();
        free_ids_.pop_back();
      }
      images_[id].name = name;
      ids_.emplace(name, id);
      held.push_back({id, size});
    }
  }
  std::stable_sort(held.begin(), held.end(),
                   [](const Held& a, const Held& b) { return a.image < b.image; });
  held.erase(std::unique(held.begin(), held.end(),
                         [](const Held& a, const Held& b) { return a.image == b.image; }),
             held.end());
  return held;
}

void ImageTable::Put(NodeIndex node, const Held& held) {
  std::vector<OnNode>& nodes = images_[held.image].nodes;
  const auto position = FindNode(nodes, node);
  if (position != nodes.end() && position->node == node) {
    position->size = held.size;
  } else {
    nodes.insert(position, {node, held.size});
  }
}

void ImageTable::Take(NodeIndex node, ImageId image) {
  std::vector<OnNode>& nodes = images_[image].nodes;
  nodes.erase(FindNode(nodes, node));
  if (!nodes.empty()) return;
  ids_.erase(images_[image].name);
  images_[image] = Image{};
  free_ids_.push_back(image);
}

std::span<const ImageTable::OnNode> ImageTable::NodesWith(std::string_view name) const {
  const auto found = ids_.find(std::string(name));
  if (found == ids_.end()) return {};
  return images_[found->second].nodes;
}

}  // namespace muster::model
