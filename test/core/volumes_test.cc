// Claims that wait for a first consumer: chosen with the node, waited for before the bind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "plugins/builtin_plugins.h"
#include "scheduler/core/scheduler_core.h"
#include "test/support/builders.h"

namespace muster::core {
namespace {

using namespace std::chrono_literals;
using testing::MakeNode;
using testing::MakePod;
using testing::Q;

api::PersistentVolumeClaim MakeClaim(const std::string& name, const std::string& storage_class) {
  api::PersistentVolumeClaim claim;
  claim.metadata.namespace_name = "default";
  claim.metadata.name = name;
  claim.metadata.uid = "uid-of-" + name;
  claim.metadata.resource_version = "1";
  claim.phase = "Pending";
  claim.spec.storage_class_name = storage_class;
  claim.spec.access_modes = {"ReadWriteOnce"};
  claim.spec.storage_request = Q("1Gi");
  return claim;
}

api::StorageClass MakeClass(const std::string& name, const std::string& provisioner) {
  api::StorageClass storage_class;
  storage_class.metadata.name = name;
  storage_class.provisioner = provisioner;
  storage_class.volume_binding_mode = api::kWaitForFirstConsumer;
  return storage_class;
}

api::PersistentVolume MakeLocalVolume(const std::string& name, const std::string& node) {
  api::PersistentVolume volume;
  volume.metadata.name = name;
  volume.metadata.uid = "uid-of-" + name;
  volume.metadata.resource_version = "1";
  volume.phase = "Available";
  volume.capacity = Q("1Gi");
  volume.access_modes = {"ReadWriteOnce"};
  volume.storage_class_name = "local";
  volume.node_affinity = {{{{{"kubernetes.io/hostname", "In", {node}}}, {}}}};
  return volume;
}

api::Pod MakePodWithClaim(const std::string& name, const std::string& claim) {
  api::Pod pod = MakePod(name, "1", "1Gi");
  api::Volume volume;
  volume.name = "data";
  volume.type = api::VolumeType::kPersistentVolumeClaim;
  volume.source = claim;
  pod.spec.volumes.push_back(volume);
  return pod;
}

class VolumesTest : public ::testing::Test {
 protected:
  VolumesTest() {
    std::vector<Event> events{NodeObserved{MakeNode("a", "8", "64Gi")},
                              NodeObserved{MakeNode("b", "8", "64Gi")},
                              ObjectObserved{MakeClass("made", "csi.example.com")},
                              ObjectObserved{MakeClass("local", api::kNoProvisioner)}};
    for (const ResourceKind kind : AllResourceKinds()) events.push_back(ResourceSynced{kind});
    Step(std::move(events));
  }

  void Step(std::vector<Event> events, Duration later = 1s) {
    now_ += later;
    StepResult result = core_.Step(now_, events);
    effects_ = std::move(result.effects);
    wake_at_ = result.wake_at;
  }

  template <class Effect>
  const Effect* Find() const {
    const auto found = std::find_if(effects_.begin(), effects_.end(), [](const auto& effect) {
      return std::holds_alternative<Effect>(effect);
    });
    return found == effects_.end() ? nullptr : &std::get<Effect>(*found);
  }

  /// The note of the step's warning.
  std::string Warning() const {
    const auto* event = Find<RecordEvent>();
    return event != nullptr && event->type == RecordEvent::Type::kWarning ? event->note : "";
  }

  SchedulerCore core_{CoreOptions{}, plugins::DefaultProfile()};
  Time now_{Duration(1h)};
  std::vector<Effect> effects_;
  std::optional<Time> wake_at_;
};

TEST_F(VolumesTest, APodIsBoundWhenTheProvisionerHasMadeItsVolume) {
  api::PersistentVolumeClaim claim = MakeClaim("c", "made");
  Step({ObjectObserved{claim}, PodObserved{MakePodWithClaim("p", "c")}});
  ASSERT_EQ(Find<BindPod>(), nullptr);
  ASSERT_NE(Find<SelectNode>(), nullptr);
  const SelectNode select = *Find<SelectNode>();
  EXPECT_EQ(select.claim, api::NameOf(claim.metadata));
  EXPECT_EQ(select.uid, "uid-of-c");
  EXPECT_EQ(select.resource_version, "1");

  Step({CallCompleted{select.call, {}}});
  EXPECT_EQ(Find<BindPod>(), nullptr);
  claim.metadata.annotations[api::kSelectedNodeAnnotation] = select.node;
  claim.metadata.resource_version = "2";
  Step({ObjectObserved{claim}});
  EXPECT_EQ(Find<BindPod>(), nullptr);
  claim.metadata.annotations[api::kBindCompletedAnnotation] = "yes";
  claim.metadata.resource_version = "3";
  claim.spec.volume_name = "v";
  Step({ObjectObserved{claim}});
  ASSERT_NE(Find<BindPod>(), nullptr);
  EXPECT_EQ(Find<BindPod>()->node, select.node);
}

TEST_F(VolumesTest, AVolumeThatIsThereIsKeptForTheClaimOfThePod) {
  api::PersistentVolumeClaim claim = MakeClaim("c", "local");
  Step({ObjectObserved{claim}, ObjectObserved{MakeLocalVolume("v", "b")},
        PodObserved{MakePodWithClaim("p", "c")}});
  ASSERT_NE(Find<KeepVolume>(), nullptr);
  const KeepVolume keep = *Find<KeepVolume>();
  EXPECT_EQ(keep.volume, "v");
  EXPECT_EQ(keep.claim.uid, "uid-of-c");
  EXPECT_FALSE(keep.was_kept);
  claim.metadata.annotations[api::kBindCompletedAnnotation] = "yes";
  claim.metadata.resource_version = "2";
  claim.spec.volume_name = "v";
  Step({CallCompleted{keep.call, {}}, ObjectObserved{claim}});
  ASSERT_NE(Find<BindPod>(), nullptr);
  EXPECT_EQ(Find<BindPod>()->node, "b");
}

TEST_F(VolumesTest, TwoPodsAreNotGivenTheSameVolume) {
  Step({ObjectObserved{MakeClaim("c", "local")}, ObjectObserved{MakeClaim("d", "local")},
        ObjectObserved{MakeLocalVolume("v", "b")}, PodObserved{MakePodWithClaim("p", "c")},
        PodObserved{MakePodWithClaim("q", "d")}});
  EXPECT_EQ(std::count_if(
                effects_.begin(), effects_.end(),
                [](const Effect& effect) { return std::holds_alternative<KeepVolume>(effect); }),
            1);
}

TEST_F(VolumesTest, AProvisionerThatTakesTheNodeAwaySendsThePodBackToTheQueue) {
  api::PersistentVolumeClaim claim = MakeClaim("c", "made");
  Step({ObjectObserved{claim}, PodObserved{MakePodWithClaim("p", "c")}});
  const SelectNode select = *Find<SelectNode>();
  Step({CallCompleted{select.call, {}}});
  claim.metadata.resource_version = "3";
  Step({ObjectObserved{claim}});
  EXPECT_EQ(Warning(),
            "running PreBind plugin \"VolumeBinding\": binding volumes: provisioning failed for "
            "PVC \"c\"");
  EXPECT_EQ(Find<BindPod>(), nullptr);
  ASSERT_TRUE(wake_at_.has_value());
  Step({}, *wake_at_ - now_);
  EXPECT_NE(Find<SelectNode>(), nullptr);
}

TEST_F(VolumesTest, ARefusedWriteSendsThePodBackToTheQueue) {
  Step({ObjectObserved{MakeClaim("c", "made")}, PodObserved{MakePodWithClaim("p", "c")}});
  Step({CallCompleted{Find<SelectNode>()->call, {CallResult::kConflict, "it has changed"}}});
  EXPECT_EQ(Warning(), "running PreBind plugin \"VolumeBinding\": binding volumes: it has changed");
}

TEST_F(VolumesTest, AVolumeThatNeverComesIsWaitedForTenMinutes) {
  api::PersistentVolumeClaim claim = MakeClaim("c", "made");
  Step({ObjectObserved{claim}, PodObserved{MakePodWithClaim("p", "c")}});
  const SelectNode select = *Find<SelectNode>();
  claim.metadata.annotations[api::kSelectedNodeAnnotation] = select.node;
  claim.metadata.resource_version = "2";
  Step({CallCompleted{select.call, {}}, ObjectObserved{claim}});
  Step({}, 590s);
  EXPECT_EQ(Warning(), "");
  Step({}, 10s);
  EXPECT_EQ(Warning(),
            "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded");
}

TEST_F(VolumesTest, ANodeThatGoesMeanwhileSendsThePodBackToTheQueue) {
  Step({ObjectObserved{MakeClaim("c", "made")}, PodObserved{MakePodWithClaim("p", "c")}});
  const std::string node = Find<SelectNode>()->node;
  Step({NodeGone{node}});
  EXPECT_NE(Warning().find("node \"" + node + "\" not found"), std::string::npos);
}

TEST_F(VolumesTest, APodThatIsDeletedMeanwhileLeavesNothingAssumed) {
  Step({ObjectObserved{MakeClaim("c", "local")}, ObjectObserved{MakeLocalVolume("v", "b")},
        PodObserved{MakePodWithClaim("p", "c")}});
  ASSERT_NE(Find<KeepVolume>(), nullptr);
  Step({PodGone{{"default", "p"}, "uid-of-p"}});
  Step({ObjectObserved{MakeClaim("d", "local")}, PodObserved{MakePodWithClaim("q", "d")}});
  ASSERT_NE(Find<KeepVolume>(), nullptr);
  EXPECT_EQ(Find<KeepVolume>()->claim.name, "d");
}

}  // namespace
}  // namespace muster::core
