#include "scheduler/api/qualified_name.h"

#include <gtest/gtest.h>

#include <string>

namespace muster::api {
namespace {

TEST(QualifiedName, HasAnOptionalDomainAndAName) {
  for (const char* name : {"app", "a", "A.b_c-d", "example.com/gpu", "a-b.c/X"}) {
    EXPECT_TRUE(IsQualifiedName(name)) << name;
  }
  for (const char* name : {"", "-a", "a-", "a b", "a/", "/a", "a/b/c", "UPPER.com/a", "a..b/c",
                           "-a.b/c", "a.-b/c", "a-.b/c", "a./c", "a_b/c"}) {
    EXPECT_FALSE(IsQualifiedName(name)) << name;
  }
  EXPECT_TRUE(IsQualifiedName(std::string(63, 'a')));
  EXPECT_FALSE(IsQualifiedName(std::string(64, 'a')));
  EXPECT_TRUE(IsQualifiedName(std::string(253, 'a') + "/a"));
  EXPECT_FALSE(IsQualifiedName(std::string(254, 'a') + "/a"));
}

TEST(LabelValue, MayBeEmpty) {
  EXPECT_TRUE(IsLabelValue(""));
  EXPECT_TRUE(IsLabelValue("v1.2_3"));
  EXPECT_FALSE(IsLabelValue("+5"));
  EXPECT_FALSE(IsLabelValue("a/b"));
}

TEST(ScalarResourceName, IsExtendedOrOneOfKubernetesOwn) {
  for (const char* name : {"example.com/gpu", "hugepages-2Mi", "attachable-volumes-csi-x",
                           "kubernetes.io/native", "x.kubernetes.io/y"}) {
    EXPECT_TRUE(IsScalarResourceName(name)) << name;
  }
  for (const char* name : {"bananas", "storage", "limits.cpu", "requests.example.com/x", "a b/c"}) {
    EXPECT_FALSE(IsScalarResourceName(name)) << name;
  }
}

}  // namespace
}  // namespace muster::api
