#include "bench/simulation/core_scheduler.h"

#include "plugins/builtin_plugins.h"

namespace muster::bench {
namespace {

class CoreScheduler : public Scheduler {
 public:
  explicit CoreScheduler(const core::CoreOptions& options)
      : core_(options, plugins::DefaultProfile()) {}

  core::StepResult Step(Time now, std::span<const core::Event> events) override {
    return core_.Step(now, events);
  }

 private:
  core::SchedulerCore core_;
};

}  // namespace

SchedulerFactory MusterFactory(const core::CoreOptions& options) {
  return [options] { return std::make_unique<CoreScheduler>(options); };
}

}  // namespace muster::bench
