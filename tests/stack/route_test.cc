#include "stack/route.h"

#include <gtest/gtest.h>

#include "stack/netif.h"
#include "tests/support/fake_ethernet_driver.h"
#include "tests/support/packets.h"
#include "tests/support/test_pools.h"

namespace test {
namespace {

using base::Status;

class Routes {
 public:
  Routes() {
    eth0.SetIpv4(
        {.address = "192.0.2.1"_ip, .mask = Ipv4Address::Mask(24), .gateway = "192.0.2.254"_ip});
    eth1.SetIpv4(
        {.address = "10.0.0.1"_ip, .mask = Ipv4Address::Mask(8), .gateway = "10.0.0.254"_ip});
  }
  base::Result<stack::Route> Find(Ipv4Address destination) {
    return stack::FindRoute(interfaces_, destination);
  }
  void ExpectRoute(Ipv4Address destination, stack::NetIf& netif, Ipv4Address next_hop) {
    const auto route = Find(destination);
    ASSERT_TRUE(route);
    EXPECT_EQ(route->netif, &netif);
    EXPECT_EQ(route->next_hop, next_hop);
    EXPECT_EQ(route->source, netif.ipv4().address);
  }
  void SetLink(FakeEthernetDriver& driver, bool up) {
    driver.SetLink(up);
    driver.Poll(base::Instant{});
  }

  TestPools pools;
  FakeEthernetDriver driver0{pools.pools(), MacAddress{{2, 0, 0, 0, 0, 1}}};
  FakeEthernetDriver driver1{pools.pools(), MacAddress{{2, 0, 0, 0, 0, 2}}};
  stack::NetIf eth0{driver0, "eth0"};
  stack::NetIf eth1{driver1, "eth1"};

 private:
  std::array<stack::NetIf*, 2> interfaces_{&eth0, &eth1};
};

TEST(FindRoute, OnLinkGoesThere) {
  Routes routes;
  routes.ExpectRoute("192.0.2.9"_ip, routes.eth0, "192.0.2.9"_ip);
  routes.ExpectRoute("10.9.9.9"_ip, routes.eth1, "10.9.9.9"_ip);
}

TEST(FindRoute, TheRestGoesToTheFirstGateway) {
  Routes routes;
  routes.ExpectRoute("198.51.100.1"_ip, routes.eth0, "192.0.2.254"_ip);
  routes.eth0.SetIpv4({.address = "192.0.2.1"_ip, .mask = Ipv4Address::Mask(24)});
  routes.ExpectRoute("198.51.100.1"_ip, routes.eth1, "10.0.0.254"_ip);
}

TEST(FindRoute, AnInterfaceWithALinkComesFirst) {
  Routes routes;
  routes.SetLink(routes.driver0, false);
  routes.ExpectRoute("198.51.100.1"_ip, routes.eth1, "10.0.0.254"_ip);
  routes.ExpectRoute(base::kIpv4Broadcast, routes.eth1, base::kIpv4Broadcast);
  // But a subnet is where it is.
  routes.ExpectRoute("192.0.2.9"_ip, routes.eth0, "192.0.2.9"_ip);
}

TEST(FindRoute, GroupsLeaveByTheFirstInterface) {
  Routes routes;
  routes.ExpectRoute("239.1.1.1"_ip, routes.eth0, "239.1.1.1"_ip);
  routes.ExpectRoute(base::kIpv4Broadcast, routes.eth0, base::kIpv4Broadcast);
}

TEST(FindRoute, NothingLeadsToOurselvesOrNowhere) {
  Routes routes;
  for (const Ipv4Address destination :
       {"192.0.2.1"_ip, "10.0.0.1"_ip, "127.0.0.1"_ip, "0.0.0.0"_ip, "0.1.2.3"_ip}) {
    EXPECT_EQ(routes.Find(destination).error(), Status::kUnreachable);
  }
  routes.eth0.SetIpv4({});
  routes.eth1.SetIpv4({});
  EXPECT_EQ(routes.Find("192.0.2.9"_ip).error(), Status::kUnreachable);
}

}  // namespace
}  // namespace test
