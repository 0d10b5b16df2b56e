#include <gtest/gtest.h>

#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Ipv4Address;
using base::Status;

class ArpTest : public testing::Test {
 protected:
  ArpTest() { bench_.UseStaticAddress(); }

  void AnswerFrom(uint8_t host, const base::MacAddress& destination = AgentBench::kMac) {
    const base::MacAddress mac{{2, 0, 0, 0, 0, host}};
    const wire::ArpPacket reply{.operation = wire::kArpReply,
                                .sender_mac = mac,
                                .sender_ip = Ipv4Address::From(192, 0, 2, host),
                                .target_mac = AgentBench::kMac,
                                .target_ip = AgentBench::kIp};
    bench_.driver().Receive(test::EthernetFrame(
        {.destination = destination, .source = mac, .type = wire::kEtherTypeArp},
        test::WithHeader(reply, {})));
  }

  AgentBench bench_;
};

TEST_F(ArpTest, ProbeReportsEachAnswer) {
  bench_.StartPeer();
  const uint16_t job = bench_.Start<protocol::ProbeArp>(
      {.target = AgentBench::kPeerIp, .count = 3, .interval_ms = 100, .timeout_ms = 50});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto replies = bench_.Events<protocol::ArpReplied>(job);
  ASSERT_EQ(replies.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(replies[i].sequence, i);
    EXPECT_EQ(replies[i].mac, AgentBench::kPeerMac);
    EXPECT_FALSE(replies[i].broadcast);
  }
  EXPECT_EQ(bench_.Events<protocol::ArpProgress>(job).back().sent, 3);
  EXPECT_EQ(bench_.core().stack.tap(), nullptr);
}

TEST_F(ArpTest, ProbeNoticesABroadcastAnswer) {
  bench_.on_frame = [this](const test::Packet& packet, const test::ByteVector&) {
    if (packet.arp) {
      AnswerFrom(9, base::kMacBroadcast);
    }
    return true;
  };
  const uint16_t job = bench_.Start<protocol::ProbeArp>({.target = AgentBench::kPeerIp});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  EXPECT_TRUE(bench_.Events<protocol::ArpReplied>(job).at(0).broadcast);
}

TEST_F(ArpTest, DuplicateDetectionSendsNoAddressOfOurs) {
  const uint16_t job = bench_.Start<protocol::ProbeArp>(
      {.target = AgentBench::kPeerIp, .duplicate_detection = true});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  ASSERT_EQ(bench_.sent.size(), 1u);
  EXPECT_TRUE(bench_.sent[0].arp->sender_ip.is_unspecified());
}

TEST_F(ArpTest, ScanAsksEveryAddressOnceAndInOrder) {
  bench_.on_frame = [this](const test::Packet& packet, const test::ByteVector&) {
    const auto host = packet.arp ? packet.arp->target_ip.octet(3) : uint8_t{0};
    if (host == 20 || host == 30) {
      AnswerFrom(host);
    }
    return false;
  };
  const uint16_t job = bench_.Start<protocol::ScanArp>({.first = Ipv4Address::From(192, 0, 2, 10),
                                                        .last = Ipv4Address::From(192, 0, 2, 40),
                                                        .interval_us = 2000,
                                                        .timeout_ms = 500});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  ASSERT_EQ(bench_.sent.size(), 31u);
  for (size_t i = 0; i < bench_.sent.size(); ++i) {
    EXPECT_EQ(bench_.sent[i].arp->target_ip.octet(3), 10 + i);
  }
  const auto replies = bench_.Events<protocol::ArpReplied>(job);
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].address.octet(3), 20);
  EXPECT_EQ(replies[1].address.octet(3), 30);
  const auto progress = bench_.Events<protocol::ArpProgress>(job).back();
  EXPECT_EQ(progress.sent, 31);
  EXPECT_EQ(progress.received, 2);
}

TEST_F(ArpTest, ScanIsBounded) {
  const auto started = bench_.Call<protocol::ScanArp>(
      {.first = Ipv4Address::From(10, 0, 0, 0), .last = Ipv4Address::From(10, 0, 16, 0)});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), Status::kInvalidArgument);
}

TEST_F(ArpTest, TableShowsTheNeighbourUntilItIsFlushed) {
  bench_.StartPeer();
  bench_.PingPeer(1);
  bench_.RunFor(5s);
  const auto table = bench_.Call<protocol::GetArpTable>();
  ASSERT_TRUE(table);
  ASSERT_EQ(table->entries.size(), 1u);
  EXPECT_EQ(table->entries[0].address, AgentBench::kPeerIp);
  EXPECT_EQ(table->entries[0].mac, AgentBench::kPeerMac);
  EXPECT_EQ(table->entries[0].state, protocol::ArpEntryState::kReachable);
  EXPECT_EQ(table->entries[0].age_s, 5u);
  EXPECT_TRUE(bench_.Call<protocol::FlushArp>());
  EXPECT_TRUE(bench_.Call<protocol::GetArpTable>()->entries.empty());
}

}  // namespace
}  // namespace agent
