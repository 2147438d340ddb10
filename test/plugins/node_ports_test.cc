#include "plugins/node_ports/node_ports.h"

#include <gtest/gtest.h>

#include "plugins/node_name/node_name.h"
#include "test/plugins/filter_world.h"

namespace muster::plugins {
namespace {

using muster::testing::FilterWorld;
using muster::testing::LabelledPod;

using Capacities = std::map<std::string, std::int64_t>;
using Reasons = std::map<std::string, std::string>;

constexpr const char* kNoPorts = "node(s) didn't have free ports for the requested pod ports";

api::Pod WithPort(std::int32_t port, const std::string& protocol, const std::string& address) {
  api::Pod pod = LabelledPod({});
  pod.spec.containers.front().host_ports.push_back({port, protocol, address});
  return pod;
}

TEST(NodeName, OnlyTheNodeThatThePodNamesWillDo) {
  FilterWorld world(MakeNodeName());
  world.AddNode("a", {});
  world.AddNode("b", {});
  api::Pod pod = LabelledPod({});
  EXPECT_TRUE(world.HasNothingToSay(pod));
  pod.spec.node_name = "b";
  EXPECT_EQ(world.Capacities(pod), (Capacities{{"a", 0}, {"b", 100}}));
  EXPECT_EQ(world.Reasons(pod),
            (Reasons{{"a", "node(s) didn't match the requested node name (final)"}, {"b", ""}}));
}

TEST(NodePorts, PortsCollideWithTheSameNumberProtocolAndAddress) {
  struct Case {
    api::HostPort a;
    api::HostPort b;
    bool collide;
  };
  for (const Case& c : std::vector<Case>{
           {{80, "TCP", ""}, {80, "", "0.0.0.0"}, true},
           {{80, "TCP", ""}, {81, "TCP", ""}, false},
           {{80, "TCP", ""}, {80, "UDP", ""}, false},
           {{80, "TCP", "10.0.0.1"}, {80, "TCP", "10.0.0.1"}, true},
           {{80, "TCP", "10.0.0.1"}, {80, "TCP", "10.0.0.2"}, false},
           {{80, "TCP", "10.0.0.1"}, {80, "TCP", "0.0.0.0"}, true},
           {{80, "TCP", "::"}, {80, "TCP", "10.0.0.1"}, false},  // only the IPv4 wildcard is one
           {{0, "TCP", ""}, {0, "TCP", ""}, false},
       }) {
    EXPECT_EQ(Collide(c.a, c.b), c.collide) << c.a.port << c.a.host_ip << " " << c.b.host_ip;
    EXPECT_EQ(Collide(c.b, c.a), c.collide) << c.a.port << c.a.host_ip << " " << c.b.host_ip;
  }
}

TEST(NodePorts, ANodeTakesOnePodOfASetAndNoneWhereThePortIsHeld) {
  FilterWorld world(MakeNodePorts());
  world.AddNode("free", {});
  world.AddNode("held", {});
  world.Run(WithPort(7078, "TCP", "10.0.0.1"), "held");
  const api::Pod pod = WithPort(7078, "", "");
  EXPECT_EQ(world.Capacities(pod), (Capacities{{"free", 1}, {"held", 0}}));
  EXPECT_EQ(world.Reasons(pod), (Reasons{{"free", ""}, {"held", kNoPorts}}));
}

TEST(NodePorts, PlacesHeldForAbsentPodsHoldTheirPorts) {
  FilterWorld world(MakeNodePorts());
  world.AddNode("a", {});
  const api::Pod pod = WithPort(7078, "TCP", "");
  world.Model().HoldPlaces(world.Node("a"), world.Info(pod), 1);
  EXPECT_EQ(world.Capacities(pod), (Capacities{{"a", 0}}));
}

TEST(NodePorts, SidecarsHoldPortsAndOtherInitContainersDoNot) {
  FilterWorld world(MakeNodePorts());
  world.AddNode("a", {});
  api::Pod running = LabelledPod({});
  running.spec.init_containers.push_back(WithPort(80, "", "").spec.containers.front());
  EXPECT_TRUE(world.HasNothingToSay(running));
  world.Run(running, "a");
  EXPECT_EQ(world.Capacities(WithPort(80, "", "")), (Capacities{{"a", 1}}));
  running.spec.init_containers.front().restart_policy = "Always";
  world.Run(running, "a");
  EXPECT_EQ(world.Capacities(WithPort(80, "", "")), (Capacities{{"a", 0}}));
}

}  // namespace
}  // namespace muster::plugins
