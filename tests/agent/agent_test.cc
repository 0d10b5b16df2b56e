// The agent as a host sees it: sessions, jobs, console text.
#include <gtest/gtest.h>

#include "protocol/schema_hash.h"
#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Status;

TEST(Agent, IntroducesItself) {
  AgentBench bench;
  const protocol::HelloReply& reply = bench.host().peer();
  EXPECT_EQ(reply.board.view(), "bench");
  EXPECT_EQ(reply.boot_counter, 1u);
  EXPECT_EQ(reply.schema_hash, protocol::kSchemaHash);

  const auto info = bench.Call<protocol::GetInfo>();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->board.view(), "bench");
  EXPECT_EQ(info->build_id, reply.build_id);
  EXPECT_EQ(info->limits.jobs, 4);
  ASSERT_EQ(info->interfaces.size(), 1u);
  EXPECT_EQ(info->interfaces[0].name.view(), "eth0");
  EXPECT_EQ(info->interfaces[0].driver.view(), "fake");
  EXPECT_EQ(info->interfaces[0].mac, AgentBench::kMac);
}

TEST(Agent, WritesItsBannerAsText) {
  AgentBench bench;
  bench.RunFor(1s);
  EXPECT_NE(bench.text.find("netctl agent"), std::string::npos);
  EXPECT_NE(bench.text.find("on bench, boot 1, reset power-on"), std::string::npos);
}

TEST(Agent, WritesTextBetweenFramesOnly) {
  AgentBench bench;
  bench.UseStaticAddress();
  const uint16_t job = bench.Start<protocol::CaptureFrames>({});
  for (int i = 0; i < 200; ++i) {
    bench.core().log.Write(bench.now(), "a line of text");
    bench.driver().Receive(test::ByteVector(1000));
    bench.RunFor(10ms);
  }
  EXPECT_EQ(bench.host().state(), protocol::SessionState::kEstablished);
  EXPECT_EQ(bench.Events<protocol::FrameCaptured>(job).size(), 200u);
  size_t lines = 0;
  for (size_t at = bench.text.find("a line of text\r\n"); at != std::string::npos;
       at = bench.text.find("a line of text\r\n", at + 1)) {
    ++lines;
  }
  EXPECT_EQ(lines, 200u);
}

TEST(Agent, AnswersInOrderAndOnce) {
  AgentBench bench;
  std::vector<uint16_t> numbers;
  for (int i = 0; i < 40; ++i) {
    numbers.push_back(bench.SendRequest<protocol::GetArpTable>({}));
  }
  bench.RunFor(1s);
  ASSERT_EQ(bench.responses.size(), numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(bench.responses[i].header.request, numbers[i]);
  }
}

TEST(Agent, RestartsOnceTheAnswerHasArrived) {
  AgentBench bench;
  EXPECT_FALSE(bench.app().restart_due(bench.now()));
  EXPECT_TRUE(bench.Call<protocol::ResetBoard>());
  bench.RunFor(100ms);
  EXPECT_TRUE(bench.app().restart_due(bench.now()));
}

TEST(Agent, RestartsWithoutAnAcknowledgmentAfterAWhile) {
  AgentBench bench;
  bench.SendRequest<protocol::ResetBoard>({});
  bench.RunUntil([&] { return bench.core().restart_requested; });
  bench.CutLine();
  bench.RunFor(100ms);
  EXPECT_FALSE(bench.app().restart_due(bench.now()));
  bench.RunFor(App::kRestartPatience);
  EXPECT_TRUE(bench.app().restart_due(bench.now()));
}

TEST(Jobs, EndWhenTheHostCancels) {
  AgentBench bench;
  bench.UseStaticAddress();
  bench.StartPeer();
  const uint16_t job = bench.Start<protocol::Ping>({.target = AgentBench::kPeerIp});
  bench.RunFor(2500ms);
  EXPECT_TRUE(bench.Call<protocol::CancelJob>({.request = job}));
  EXPECT_EQ(bench.Finish(job), Status::kCancelled);
  const auto totals = bench.Events<protocol::PingEnd>(job);
  ASSERT_EQ(totals.size(), 1u);
  EXPECT_EQ(totals[0].transmitted, 3u);
  EXPECT_EQ(bench.events.back().header.id, protocol::JobEnded::kId);

  const auto again = bench.Call<protocol::CancelJob>({.request = job});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), Status::kNotFound);
}

TEST(Jobs, AreBounded) {
  AgentBench bench;
  bench.UseStaticAddress();
  for (int i = 0; i < 4; ++i) {
    bench.Start<protocol::ProbeArp>({.target = AgentBench::kPeerIp, .count = 0});
  }
  const auto fifth = bench.Call<protocol::ProbeArp>({.target = AgentBench::kPeerIp, .count = 0});
  ASSERT_FALSE(fifth);
  EXPECT_EQ(fifth.error(), Status::kResourceExhausted);
}

TEST(Jobs, EndWithinTheLeaseWhenTheHostIsGone) {
  AgentBench bench;
  bench.UseStaticAddress();
  const size_t idle = bench.core().runtime.arena.stats().in_use;
  bench.Start<protocol::ProbeArp>({.target = AgentBench::kPeerIp, .count = 0, .interval_ms = 100});
  bench.Start<protocol::CaptureFrames>({});
  EXPECT_GT(bench.core().runtime.arena.stats().in_use, idle);
  EXPECT_NE(bench.core().stack.tap(), nullptr);
  bench.CutLine();
  bench.RunFor(protocol::kLease + 1s);
  EXPECT_EQ(bench.core().runtime.arena.stats().in_use, idle);
  EXPECT_EQ(bench.core().stack.tap(), nullptr);
  bench.sent.clear();
  bench.RunFor(1s);
  EXPECT_TRUE(bench.sent.empty());
}

TEST(Jobs, EndWhenAnotherSessionBegins) {
  AgentBench bench;
  bench.UseStaticAddress();
  const size_t idle = bench.core().runtime.arena.stats().in_use;
  const uint16_t job = bench.Start<protocol::Ping>({.target = AgentBench::kPeerIp});
  bench.OpenSession(2);
  ASSERT_TRUE(
      bench.RunUntil([&] { return bench.host().state() == protocol::SessionState::kEstablished; }));
  bench.events.clear();
  bench.RunFor(3s);
  EXPECT_EQ(bench.core().runtime.arena.stats().in_use, idle);
  EXPECT_FALSE(bench.End(job)) << "the new session hears of a job that it did not start";
}

// A host on the second channel, which nothing but this test moves.
class SecondHost : private protocol::TextSink {
 public:
  explicit SecondHost(AgentBench& bench) : bench_(bench) {}

  // Opens a session, whoever has one; false: it was refused.
  bool TakeOver() {
    session_.Connect(2,
                     {.protocol_version = protocol::kVersion,
                      .schema_hash = protocol::kSchemaHash,
                      .takeover = true,
                      .receive_buffer = 1 << 16},
                     bench_.now());
    return RunUntil([this] { return session_.state() == protocol::SessionState::kEstablished; });
  }
  bool RunUntil(const std::function<bool()>& done) {
    return bench_.RunUntil([&] {
      Move();
      return done();
    });
  }

  size_t messages = 0;
  std::string text;

 private:
  static constexpr protocol::SessionSizes kSizes = {.send = {2048, 0, 0},
                                                    .receive = {8192, 8192, 16384},
                                                    .message = protocol::kMaxMessage,
                                                    .window = 16};

  void OnText(std::string_view more) override { text += more; }
  void Move() {
    FakeUart& line = bench_.second_uart();
    session_.OnBytes(std::exchange(line.to_host, {}), bench_.now());
    for (protocol::ReceivedMessage message; session_.Receive(message); session_.Release()) {
      ++messages;
    }
    session_.Poll(bench_.now());
    std::array<std::byte, 4096> bytes;
    line.Deliver(std::span(bytes).first(session_.TakeOutput(bytes, bench_.now())));
  }

  AgentBench& bench_;
  protocol::ChannelStats stats_;
  protocol::SessionStorage<kSizes> memory_;
  protocol::Session session_{protocol::Role::kHost, memory_.buffers(), *this, stats_};
};

TEST(Jobs, EndWhenAnotherChannelTakesTheBoardOver) {
  AgentBench bench;
  bench.UseStaticAddress();
  const size_t idle = bench.core().runtime.arena.stats().in_use;
  bench.Start<protocol::ProbeArp>({.target = AgentBench::kPeerIp, .count = 0, .interval_ms = 100});
  bench.Start<protocol::CaptureFrames>({});
  EXPECT_GT(bench.core().runtime.arena.stats().in_use, idle);

  SecondHost second(bench);
  ASSERT_TRUE(second.TakeOver());
  bench.sent.clear();
  EXPECT_TRUE(second.RunUntil(
      [&] { return bench.host().end_reason() == protocol::EndReason::kTakenOver; }));
  EXPECT_EQ(bench.core().runtime.arena.stats().in_use, idle);
  EXPECT_EQ(bench.core().stack.tap(), nullptr);
  EXPECT_TRUE(bench.sent.empty());
  EXPECT_EQ(second.messages, 0u) << "the new session hears of a job that it did not start";
  EXPECT_NE(second.text.find("netctl agent"), std::string::npos);
}

TEST(Jobs, WaitForAChannelThatIsSlow) {
  AgentBench bench;
  bench.UseStaticAddress();
  bench.StartPeer();
  const uint16_t job = bench.Start<protocol::Ping>(
      {.target = AgentBench::kPeerIp, .count = 300, .interval_us = 1000});
  EXPECT_EQ(bench.Finish(job), Status::kOk);
  const auto steps = bench.Events<protocol::PingStep>(job);
  ASSERT_EQ(steps.size(), 300u);
  for (size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(steps[i].sequence, i + 1);
  }
}

}  // namespace
}  // namespace agent
