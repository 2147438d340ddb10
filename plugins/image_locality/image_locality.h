#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "scheduler/framework/score.h"

namespace muster::plugins {

/// Prefers nodes that have the pod's images already, the larger the better, and less the fewer
/// nodes have them, so that one node does not draw all pods of an image.
/// Source: kube-scheduler framework/plugins/imagelocality. Where nodes report different sizes of
/// one image, each node's own counts; kube-scheduler takes the one that it happened to see first.
std::unique_ptr<framework::ScorePlugin> MakeImageLocality();

/// The name under which nodes report an image: ":latest" is added where no tag is given.
std::string NormalizedImageName(std::string_view image);

}  // namespace muster::plugins
