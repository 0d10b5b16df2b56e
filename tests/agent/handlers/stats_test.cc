#include <gtest/gtest.h>

#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

TEST(StatsRequests, CountEveryLayer) {
  AgentBench bench;
  bench.UseStaticAddress();
  bench.StartPeer();
  bench.PingPeer(2);
  const auto stats = bench.Call<protocol::GetStats>();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->stack.icmp.tx_echo_requests, 2u);
  EXPECT_EQ(stats->stack.icmp.rx_echo_replies, 2u);
  ASSERT_EQ(stats->interfaces.size(), 1u);
  EXPECT_GE(stats->interfaces[0].ethernet.rx_frames, 3u);
  EXPECT_GT(stats->channel.rx_frames, 0u);
}

TEST(StatsRequests, ResetStartsAllOfThemAtZero) {
  AgentBench bench;
  bench.UseStaticAddress();
  bench.StartPeer();
  bench.PingPeer(2);
  EXPECT_TRUE(bench.Call<protocol::ResetStats>());
  const auto stats = bench.Call<protocol::GetStats>();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->stack.icmp.tx_echo_requests, 0u);
  EXPECT_EQ(stats->interfaces[0].ethernet.rx_frames, 0u);
  for (const uint32_t value : stats->interfaces[0].driver) {
    EXPECT_EQ(value, 0u);
  }
}

TEST(StatsRequests, NameTheCountersOfADriver) {
  AgentBench bench;
  const auto names = bench.Call<protocol::DescribeDriver>();
  ASSERT_TRUE(names);
  const auto stats = bench.Call<protocol::GetStats>();
  ASSERT_EQ(names->names.size(), stats->interfaces[0].driver.size());
  EXPECT_EQ(names->names[0].view(), "resets");
  EXPECT_FALSE(bench.Call<protocol::DescribeDriver>({.interface = 1}));
}

TEST(StatsRequests, PoolsSayWhoHoldsABuffer) {
  AgentBench bench;
  bench.UseStaticAddress();
  auto held = bench.core().stack.pools().Allocate(0, 1000, base::Holder::kApplication);
  ASSERT_TRUE(held);
  const auto report = bench.Call<protocol::GetPools>();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->pools.size(), 3u);
  EXPECT_EQ(report->pools[0].buffer_size, kSmallBuffer);
  EXPECT_EQ(report->pools[1].buffer_size, kBigBuffer);
  EXPECT_EQ(report->pools[1].in_use, 1);
  EXPECT_EQ(report->pools[1].held[static_cast<size_t>(base::Holder::kApplication)], 1);
  EXPECT_EQ(report->pools[2].buffer_size, 0);
}

TEST(StatsRequests, ListListenersInPages) {
  AgentBench bench;
  bench.RunFor(1s);
  const auto list = bench.Call<protocol::GetConnections>();
  ASSERT_TRUE(list);
  EXPECT_EQ(list->total, 3);  // discard, character generator, web server
  EXPECT_EQ(list->tcp.size(), 3u);
  EXPECT_EQ(bench.Call<protocol::GetConnections>({.first = 2})->tcp.size(), 1u);
  EXPECT_EQ(bench.Call<protocol::GetConnections>({.first = 3})->tcp.size(), 0u);
}

}  // namespace
}  // namespace agent
