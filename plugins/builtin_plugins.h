#pragma once

#include "scheduler/framework/profile.h"

namespace muster::plugins {

/// Every plugin that Muster ships, in kube-scheduler's order. To add one, write it in a folder of
/// its own and name it in builtin_plugins.cc.
framework::Profile DefaultProfile();

}  // namespace muster::plugins
