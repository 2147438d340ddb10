#include "scheduler/kube/known_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace muster::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class KnownObjectsTest : public ::testing::Test {
 protected:
  static SeenObject Seen(const std::string& name, const std::string& uid,
                         const std::string& version) {
    api::Pod pod;
    pod.metadata.name = name;
    pod.metadata.namespace_name = "ns";
    pod.metadata.uid = uid;
    pod.metadata.resource_version = version;
    return {{"ns", name}, uid, version, core::PodObserved{pod}};
  }

  /// What was emitted since the last call: "+name uid version" and "-name uid".
  std::vector<std::string> Emitted() { return std::exchange(emitted_, {}); }

  void Emit(const core::Event& event) {
    if (const auto* seen = std::get_if<core::PodObserved>(&event)) {
      emitted_.push_back("+" + seen->pod.metadata.name + " " + seen->pod.metadata.uid + " " +
                         seen->pod.metadata.resource_version);
    } else if (const auto* gone = std::get_if<core::PodGone>(&event)) {
      emitted_.push_back("-" + gone->name.name + " " + gone->uid);
    }
  }

  std::vector<std::string> emitted_;
  KnownObjects known_{core::ResourceKind::kPod, [this](const core::Event& event) { Emit(event); }};
};

TEST(IsNewerVersion, LongerDigitsAreNewerAndOtherFormsOnlyDiffer) {
  EXPECT_TRUE(IsNewerVersion("10", "9"));
  EXPECT_FALSE(IsNewerVersion("9", "10"));
  EXPECT_FALSE(IsNewerVersion("10", "10"));
  EXPECT_TRUE(IsNewerVersion("99999999999999999999999999", "9"));
  EXPECT_TRUE(IsNewerVersion("abc", "10"));
  EXPECT_FALSE(IsNewerVersion("abc", "abc"));
}

TEST_F(KnownObjectsTest, WhatIsNotNewerIsDropped) {
  known_.Observe(Seen("a", "u1", "10"));
  known_.Observe(Seen("a", "u1", "9"));
  known_.Observe(Seen("a", "u1", "10"));
  known_.Observe(Seen("a", "u1", "11"));
  EXPECT_THAT(Emitted(), ElementsAre("+a u1 10", "+a u1 11"));
}

TEST_F(KnownObjectsTest, ANewUidUnderAKnownNameEndsTheOldObjectFirst) {
  known_.Observe(Seen("a", "u1", "10"));
  known_.Observe(Seen("a", "u2", "12"));
  EXPECT_THAT(Emitted(), ElementsAre("+a u1 10", "-a u1", "+a u2 12"));
  // The late end of the old one, and the old one itself, change nothing.
  known_.Remove({"ns", "a"}, "u1", "11");
  known_.Observe(Seen("a", "u1", "11"));
  EXPECT_THAT(Emitted(), IsEmpty());
  EXPECT_EQ(known_.size(), 1u);
}

TEST_F(KnownObjectsTest, ADeletedObjectIsGoneOnce) {
  known_.Observe(Seen("a", "u1", "10"));
  known_.Remove({"ns", "a"}, "u1", "11");
  known_.Remove({"ns", "a"}, "u1", "11");
  known_.Remove({"ns", "never"}, "u9", "11");
  EXPECT_THAT(Emitted(), ElementsAre("+a u1 10", "-a u1"));
  EXPECT_EQ(known_.size(), 0u);
}

TEST_F(KnownObjectsTest, AReplaceReportsTheVanishedAndOnlyTheChanged) {
  for (const char* name : {"a", "b", "c"}) known_.Observe(Seen(name, "u", "10"));
  Emitted();
  known_.BeginReplace();
  known_.ObserveListed(Seen("b", "u", "10"));
  known_.ObserveListed(Seen("c", "u", "15"));
  known_.ObserveListed(Seen("d", "u", "16"));
  known_.FinishReplace();
  EXPECT_THAT(Emitted(), ElementsAre("+c u 15", "+d u 16", "-a u"));
  EXPECT_EQ(known_.size(), 3u);
}

TEST_F(KnownObjectsTest, AListThatBrokeOffLosesNothing) {
  for (const char* name : {"a", "b"}) known_.Observe(Seen(name, "u", "10"));
  known_.BeginReplace();
  known_.ObserveListed(Seen("a", "u", "10"));
  known_.BeginReplace();
  known_.ObserveListed(Seen("b", "u", "10"));
  Emitted();
  known_.FinishReplace();
  EXPECT_THAT(Emitted(), ElementsAre("-a u"));
}

TEST_F(KnownObjectsTest, AListedObjectThatCannotBeDecodedIsNotGone) {
  known_.Observe(Seen("a", "u", "10"));
  known_.BeginReplace();
  known_.KeepListed({"ns", "a"});
  known_.KeepListed({"ns", "unknown"});
  Emitted();
  known_.FinishReplace();
  EXPECT_THAT(Emitted(), IsEmpty());
  EXPECT_EQ(known_.size(), 1u);
}

TEST_F(KnownObjectsTest, AListFromAStoreThatWasSetBackIsTheTruth) {
  known_.Observe(Seen("a", "u", "100"));
  Emitted();
  known_.BeginReplace();
  known_.ObserveListed(Seen("a", "u", "7"));
  known_.FinishReplace();
  known_.Observe(Seen("a", "u", "8"));
  EXPECT_THAT(Emitted(), ElementsAre("+a u 7", "+a u 8"));
}

}  // namespace
}  // namespace muster::kube
