#include "plugins/image_locality/image_locality.h"

#include <algorithm>
#include <vector>

namespace muster::plugins {
namespace {

constexpr std::int64_t kSumMin = Mebibytes(23).value;
constexpr std::int64_t kSumMaxPerContainer = Mebibytes(1000).value;

/// Adds what the image is worth on each node that has it; `sums` is by NodeIndex.
void AddImage(const model::NodeTable& nodes, const std::string& image,
              std::vector<std::int64_t>& sums) {
  const auto having = nodes.Images().NodesWith(NormalizedImageName(image));
  const double spread =
      static_cast<double>(having.size()) / static_cast<double>(nodes.PresentCount());
  for (const model::ImageTable::OnNode& entry : having) {
    sums[entry.node] += static_cast<std::int64_t>(static_cast<double>(entry.size.value) * spread);
  }
}

class ImageLocality final : public framework::ScorePlugin {
 public:
  std::string_view Name() const override { return "ImageLocality"; }

  bool Score(const framework::PodSetView& pod_set, const model::ClusterModel& model,
             std::span<const model::NodeIndex> nodes,
             std::span<std::int64_t> scores) const override {
    const api::PodSpec& spec = pod_set.pod.spec;
    const auto containers =
        static_cast<std::int64_t>(spec.containers.size() + spec.init_containers.size());
    if (containers == 0) return false;
    std::vector<std::int64_t> sums(model.Nodes().Size(), 0);
    for (const api::Container& container : spec.init_containers) {
      AddImage(model.Nodes(), container.image, sums);
    }
    for (const api::Container& container : spec.containers) {
      AddImage(model.Nodes(), container.image, sums);
    }
    for (const api::Volume& volume : spec.volumes) {
      if (volume.type == api::VolumeType::kImage) AddImage(model.Nodes(), volume.source, sums);
    }
    const std::int64_t sum_max = kSumMaxPerContainer * containers;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::int64_t sum = std::clamp(sums[nodes[i]], kSumMin, sum_max);
      scores[i] = framework::kNodeScoreMax * (sum - kSumMin) / (sum_max - kSumMin);
    }
    return true;
  }
};

}  // namespace

std::string NormalizedImageName(std::string_view image) {
  // npos counts as -1, as in Go's LastIndex.
  const std::size_t colon = image.rfind(':') + 1;
  const std::size_t slash = image.rfind('/') + 1;
  return std::string(image) + (colon <= slash ? ":latest" : "");
}

std::unique_ptr<framework::ScorePlugin> MakeImageLocality() {
  return std::make_unique<ImageLocality>();
}

}  // namespace muster::plugins
