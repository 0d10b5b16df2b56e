#include <gtest/gtest.h>

#include "agent/handlers/ping_table.h"
#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Status;
using protocol::PingOutcome;
using protocol::PingStep;

constexpr base::Ipv4Address kPeer = AgentBench::kPeerIp;

class PingTest : public testing::Test {
 protected:
  PingTest() { bench_.UseStaticAddress(); }

  // What the peer answers to an echo request instead of the right thing.
  void AnswerWith(std::function<void(wire::IcmpHeader&, test::ByteVector&)> change,
                  int copies = 1) {
    bench_.StartPeer();
    bench_.on_frame = [=, this](const test::Packet& packet, const test::ByteVector&) {
      if (!packet.icmp) {
        return false;
      }
      wire::IcmpHeader header = *packet.icmp;
      test::ByteVector payload = packet.payload;
      header.type = wire::kIcmpEchoReply;
      header.checksum = 0;
      change(header, payload);
      for (int i = 0; i < copies; ++i) {
        Receive(wire::kProtocolIcmp, kPeer, test::IcmpPacket(header, payload));
      }
      return true;
    };
  }
  void Receive(uint8_t protocol, base::Ipv4Address from, const test::ByteVector& payload) {
    bench_.driver().Receive(test::EthernetFrame(
        {.destination = AgentBench::kMac,
         .source = AgentBench::kPeerMac,
         .type = wire::kEtherTypeIpv4},
        test::Ipv4Packet(
            {.ttl = 63, .protocol = protocol, .source = from, .destination = AgentBench::kIp},
            payload)));
  }

  AgentBench bench_;
};

TEST_F(PingTest, ReportsEachReplyAndTheTotals) {
  bench_.StartPeer();
  const uint16_t job = bench_.Start<protocol::Ping>({.target = kPeer, .count = 3, .size = 100});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto steps = bench_.Events<PingStep>(job);
  ASSERT_EQ(steps.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(steps[i].sequence, i + 1);
    EXPECT_EQ(steps[i].outcome, PingOutcome::kReply);
    EXPECT_EQ(steps[i].size, 100);
    EXPECT_EQ(steps[i].ttl, 63);
    EXPECT_EQ(steps[i].from, base::IpAddress(kPeer));
    EXPECT_EQ(steps[i].first_bad_offset, protocol::kNotCorrupted);
  }
  const auto totals = bench_.Events<protocol::PingEnd>(job);
  ASSERT_EQ(totals.size(), 1u);
  EXPECT_EQ(totals[0].transmitted, 3u);
  EXPECT_EQ(totals[0].received, 3u);
  EXPECT_EQ(totals[0].errors, 0u);
  EXPECT_EQ(bench_.buffers_in_use(), 0u);
}

TEST_F(PingTest, SaysWhereAReplyIsCorrupted) {
  AnswerWith([](wire::IcmpHeader&, test::ByteVector& payload) { payload[40] ^= std::byte{1}; });
  const uint16_t job = bench_.Start<protocol::Ping>({.target = kPeer, .count = 1});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  EXPECT_EQ(bench_.Events<PingStep>(job)[0].first_bad_offset, 40);
  EXPECT_EQ(bench_.Events<protocol::PingEnd>(job)[0].corrupted, 1u);
}

TEST_F(PingTest, SaysWhereAReplyIsShort) {
  AnswerWith([](wire::IcmpHeader&, test::ByteVector& payload) { payload.resize(20); });
  const uint16_t job = bench_.Start<protocol::Ping>({.target = kPeer, .count = 1});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  EXPECT_EQ(bench_.Events<PingStep>(job)[0].size, 20);
  EXPECT_EQ(bench_.Events<PingStep>(job)[0].first_bad_offset, 20);
}

TEST_F(PingTest, KnowsDuplicates) {
  AnswerWith([](wire::IcmpHeader&, test::ByteVector&) {}, 3);
  const uint16_t job = bench_.Start<protocol::Ping>({.target = kPeer, .count = 2});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto totals = bench_.Events<protocol::PingEnd>(job);
  EXPECT_EQ(totals[0].received, 2u);
  EXPECT_EQ(totals[0].duplicates, 2u) << "those behind the last reply come after the end";
}

TEST_F(PingTest, TimesOut) {
  bench_.StartPeer();
  bench_.on_frame = [](const test::Packet& packet, const test::ByteVector&) {
    return packet.icmp.has_value();
  };
  const base::Instant start = bench_.now();
  const uint16_t job = bench_.Start<protocol::Ping>(
      {.target = kPeer, .count = 2, .interval_us = 1'000'000, .timeout_us = 700'000});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto steps = bench_.Events<PingStep>(job);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].outcome, PingOutcome::kTimeout);
  EXPECT_EQ(steps[0].size, 56);
  EXPECT_EQ(steps[1].sequence, 2);
  EXPECT_EQ(bench_.Events<protocol::PingEnd>(job)[0].received, 0u);
  EXPECT_LT(bench_.now() - start, 2s);
}

TEST_F(PingTest, ReportsWhatIcmpSays) {
  bench_.StartPeer();
  bench_.on_frame = [this](const test::Packet& packet, const test::ByteVector& frame) {
    if (!packet.icmp) {
      return false;
    }
    const base::ConstByteSpan quoted = base::ConstByteSpan(frame).subspan(14, 28);
    Receive(wire::kProtocolIcmp, kPeer,
            test::IcmpPacket({.type = wire::kIcmpTimeExceeded}, quoted));
    return true;
  };
  const uint16_t job = bench_.Start<protocol::Ping>({.target = kPeer, .count = 1, .ttl = 1});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto steps = bench_.Events<PingStep>(job);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].outcome, PingOutcome::kTimeExceeded);
  EXPECT_EQ(steps[0].from, base::IpAddress(kPeer));
  EXPECT_EQ(bench_.Events<protocol::PingEnd>(job)[0].errors, 1u);
}

TEST_F(PingTest, SaysWhenThereIsNoRoute) {
  const uint16_t job = bench_.Start<protocol::Ping>(
      {.target = base::Ipv4Address::From(198, 51, 100, 1), .count = 1});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto steps = bench_.Events<PingStep>(job);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].outcome, PingOutcome::kNotSent);
  EXPECT_EQ(steps[0].code, static_cast<uint8_t>(Status::kUnreachable));
  EXPECT_TRUE(bench_.sent.empty());
}

TEST_F(PingTest, SweepsSizesBeyondTheMtu) {
  bench_.StartPeer();
  const uint16_t job = bench_.Start<protocol::Ping>({.target = kPeer,
                                                     .interval_us = 100'000,
                                                     .timeout_us = 200'000,
                                                     .size = 1000,
                                                     .size_step = 3000,
                                                     .size_last = 8000});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  const auto steps = bench_.Events<PingStep>(job);
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].size, 1000);
  EXPECT_EQ(steps[1].size, 4000);
  EXPECT_EQ(steps[2].size, 7000);
  size_t fragments = 0;
  for (const test::Packet& packet : bench_.sent) {
    fragments += packet.ipv4 && packet.ipv4->is_fragment() ? 1 : 0;
  }
  EXPECT_EQ(fragments, 3u + 5u);
  EXPECT_EQ(bench_.buffers_in_use(), 0u);
}

TEST_F(PingTest, FloodsAsFastAsItIsAnswered) {
  bench_.StartPeer();
  const base::Instant start = bench_.now();
  const uint16_t job =
      bench_.Start<protocol::Ping>({.target = kPeer, .count = 500, .interval_us = 0});
  EXPECT_EQ(bench_.Finish(job), Status::kOk);
  EXPECT_EQ(bench_.Events<protocol::PingEnd>(job)[0].received, 500u);
  EXPECT_LT(bench_.now() - start, 2s);
}

TEST_F(PingTest, RefusesWhatMakesNoSense) {
  for (const protocol::PingRequest& request :
       {protocol::PingRequest{.target = kPeer, .size = protocol::kMaxPingSize + 1},
        protocol::PingRequest{.target = kPeer, .ttl = 0},
        protocol::PingRequest{.target = kPeer, .timeout_us = 0},
        protocol::PingRequest{.target = kPeer, .size = 100, .size_step = 1, .size_last = 50},
        protocol::PingRequest{}}) {
    const auto started = bench_.Call<protocol::Ping>(request);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error(), Status::kInvalidArgument);
  }
}

TEST(PingTable, TakesAReplyBehindItsTimeOutForNothing) {
  PingTable table(1s);
  table.Add(1, 0, base::Instant{});
  protocol::PingReply report;
  EXPECT_FALSE(table.TakeOverdue(base::Instant{} + 999ms, report));
  EXPECT_EQ(table.next_timeout(), base::Instant{} + 1s);
  EXPECT_TRUE(table.TakeOverdue(base::Instant{} + 1s, report));
  EXPECT_EQ(report.outcome, PingOutcome::kTimeout);
  EXPECT_TRUE(table.empty());
  const stack::EchoReply late{.sequence = 1, .error_type = 3};
  EXPECT_FALSE(table.OnReply(late, report));
}

TEST(PingTable, HoldsBackWhenAsManyWaitAsItKnows) {
  PingTable table(1s);
  for (uint16_t i = 1; i <= PingTable::kMaxOpen; ++i) {
    EXPECT_TRUE(table.HasRoom(i));
    table.Add(i, 0, base::Instant{});
  }
  EXPECT_FALSE(table.HasRoom(PingTable::kMaxOpen + 1));
  table.Drop(1);
  EXPECT_TRUE(table.HasRoom(PingTable::kMaxOpen + 1));
}

}  // namespace
}  // namespace agent
