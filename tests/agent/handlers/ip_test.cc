#include <gtest/gtest.h>

#include "agent/ip_settings.h"
#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Ipv4Address;
using base::Status;
using test::operator""_ip;

constexpr Ipv4Address kMask24 = Ipv4Address::Mask(24);

TEST(IsHostConfig, TakesWhatAHostMayHave) {
  EXPECT_TRUE(IsHostConfig({.address = "192.0.2.1"_ip, .mask = kMask24}));
  EXPECT_TRUE(
      IsHostConfig({.address = "192.0.2.1"_ip, .mask = kMask24, .gateway = "192.0.2.254"_ip}));
  EXPECT_TRUE(IsHostConfig({.address = "192.0.2.0"_ip, .mask = Ipv4Address::Mask(31)}));
  EXPECT_TRUE(IsHostConfig({.address = "192.0.2.5"_ip, .mask = Ipv4Address::Mask(32)}));
}

TEST(IsHostConfig, RefusesWhatNoHostMayHave) {
  for (const Ipv4Address address : {"0.0.0.0"_ip, "127.0.0.1"_ip, "224.0.0.1"_ip,
                                    "255.255.255.255"_ip, "192.0.2.0"_ip, "192.0.2.255"_ip}) {
    EXPECT_FALSE(IsHostConfig({.address = address, .mask = kMask24}));
  }
  EXPECT_FALSE(IsHostConfig({.address = "192.0.2.1"_ip, .mask = "255.0.255.0"_ip}));
  EXPECT_FALSE(IsHostConfig({.address = "192.0.2.1"_ip, .mask = "0.0.0.0"_ip}));
  EXPECT_FALSE(
      IsHostConfig({.address = "192.0.2.1"_ip, .mask = kMask24, .gateway = "198.51.100.1"_ip}));
  EXPECT_FALSE(
      IsHostConfig({.address = "192.0.2.1"_ip, .mask = kMask24, .gateway = "192.0.2.1"_ip}));
  EXPECT_FALSE(
      IsHostConfig({.address = "192.0.2.1"_ip, .mask = kMask24, .dns = {"224.0.0.251"_ip}}));
}

TEST(IpRequests, DhcpRunsFromTheStart) {
  AgentBench bench;
  bench.RunFor(1s);
  const auto status = bench.Call<protocol::GetIp>();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->settings.source, protocol::AddressSource::kDhcp);
  EXPECT_EQ(status->dhcp, protocol::DhcpState::kSelecting);
  ASSERT_FALSE(bench.sent.empty());
  EXPECT_EQ(bench.sent[0].udp->destination_port, 67);
}

TEST(IpRequests, StaticSettingsEndDhcp) {
  AgentBench bench;
  EXPECT_TRUE(bench.Call<protocol::SetIp>({.source = protocol::AddressSource::kStatic,
                                           .address = "192.0.2.1"_ip,
                                           .mask = kMask24,
                                           .gateway = "192.0.2.254"_ip}));
  const auto status = bench.Call<protocol::GetIp>();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->settings.source, protocol::AddressSource::kStatic);
  EXPECT_EQ(status->settings.address, "192.0.2.1"_ip);
  EXPECT_EQ(status->settings.gateway, "192.0.2.254"_ip);
  EXPECT_EQ(status->dhcp, protocol::DhcpState::kOff);
  bench.RunFor(5s);
  bench.sent.clear();
  bench.RunFor(60s);
  EXPECT_TRUE(bench.sent.empty());

  EXPECT_TRUE(bench.Call<protocol::SetIp>({.source = protocol::AddressSource::kNone}));
  EXPECT_EQ(bench.Call<protocol::GetIp>()->settings.source, protocol::AddressSource::kNone);
  EXPECT_TRUE(bench.Call<protocol::SetIp>({.source = protocol::AddressSource::kDhcp}));
  EXPECT_EQ(bench.Call<protocol::GetIp>()->settings.source, protocol::AddressSource::kDhcp);
}

TEST(DhcpJob, EndsWithoutAServer) {
  AgentBench bench;
  const uint16_t job = bench.Start<protocol::RunDhcp>({.timeout_ms = 3000});
  EXPECT_EQ(bench.Finish(job), Status::kDeadlineExceeded);
  const auto steps = bench.Events<protocol::DhcpStep>(job);
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps[0].message, protocol::DhcpMessage::kDiscover);
}

TEST(DhcpJob, NeedsALink) {
  AgentBench bench;
  bench.driver().SetLink(false);
  bench.RunFor(1s);
  const uint16_t job = bench.Start<protocol::RunDhcp>({});
  EXPECT_EQ(bench.Finish(job), Status::kUnreachable);
}

TEST(DnsJob, NeedsAServer) {
  AgentBench bench;
  bench.UseStaticAddress();
  const uint16_t job =
      bench.Start<protocol::ResolveName>({.name = std::string_view("board.example")});
  EXPECT_EQ(bench.Finish(job), Status::kUnreachable);
}

}  // namespace
}  // namespace agent
