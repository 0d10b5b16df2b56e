// Calls, jobs and events through a port.
#include "host-cli/client.h"

#include <csignal>

#include <gtest/gtest.h>

#include "host-cli/interrupt.h"
#include "tests/support/fake_agent.h"

namespace netctl {
namespace {

using test::FakeAgent;

class AgentPort : public MessagePort {
 public:
  explicit AgentPort(FakeAgent& agent) : agent_(agent) {}
  Expected<void> Send(const Message& message) override {
    for (auto& answer : agent_.Ask({message.header, message.fields})) {
      waiting.push_back({answer.header, std::move(answer.fields)});
    }
    return {};
  }
  Expected<std::optional<Message>> Receive(base::Instant, std::span<pollfd>) override {
    if (waiting.empty()) {
      return std::nullopt;
    }
    Message message = std::move(waiting.front());
    waiting.pop_front();
    return message;
  }
  void set_text_sink(TextSink) override {}
  const Peer& peer() const override { return peer_; }

  std::deque<Message> waiting;

 private:
  FakeAgent& agent_;
  Peer peer_;
};

class ClientTest : public testing::Test {
 protected:
  void TearDown() override { SimulateInterrupt(0); }
  Client MakeClient() {
    return Client(
        [this](const MessagePort::TextSink&) -> Expected<std::unique_ptr<MessagePort>> {
          auto port = std::make_unique<AgentPort>(agent_);
          port_ = port.get();
          return port;
        },
        base::kNever);
  }
  static test::AgentMessage Reply(uint16_t sequence) {
    return FakeAgent::Event<protocol::PingStep>({.sequence = sequence});
  }

  FakeAgent agent_;
  AgentPort* port_ = nullptr;
};

TEST_F(ClientTest, AJobDeliversItsEventsAndItsEnd) {
  agent_.OnJob<protocol::Ping>({Reply(1), Reply(2)}, base::Status::kUnreachable);
  Client client = MakeClient();
  auto job = client.StartJob<protocol::Ping>({.count = 2}).value();
  EXPECT_EQ(job.Next().value()->As<protocol::PingStep>()->sequence, 1);
  const auto second = job.Next().value();
  EXPECT_FALSE(second->As<protocol::PingEnd>());
  EXPECT_EQ(second->As<protocol::PingStep>()->sequence, 2);
  EXPECT_FALSE(job.Next().value());
  EXPECT_TRUE(job.ended());
  EXPECT_EQ(job.status(), base::Status::kUnreachable);
  EXPECT_FALSE(job.Next().value());
}

TEST_F(ClientTest, AJobThatIsRefusedDoesNotStart) {
  agent_.Answer<protocol::Ping>(std::unexpected(base::Status::kBusy));
  Client client = MakeClient();
  const auto job = client.StartJob<protocol::Ping>();
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, ExitCode::kBusy);
  EXPECT_EQ(job.error().status, base::Status::kBusy);
}

TEST_F(ClientTest, LettingGoOfAJobCancelsIt) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  Client client = MakeClient();
  {
    const auto job = client.StartJob<protocol::Ping>().value();
    EXPECT_EQ(agent_.running_jobs(), 1U);
  }
  EXPECT_EQ(agent_.running_jobs(), 0U);
}

TEST_F(ClientTest, ASignalCancelsTheJobAndItsRestIsDelivered) {
  agent_.OnJob<protocol::Ping>({Reply(1)}, base::Status::kUnavailable);
  Client client = MakeClient();
  auto job = client.StartJob<protocol::Ping>().value();
  EXPECT_TRUE(job.Next().value());
  SimulateInterrupt(SIGINT);
  EXPECT_FALSE(job.Next().value());
  EXPECT_EQ(job.status(), base::Status::kCancelled);
}

TEST_F(ClientTest, CleanUpGoesOnBehindASignal) {
  agent_.Answer<protocol::ResetStats>(protocol::Empty{});
  Client client = MakeClient();
  SimulateInterrupt(SIGINT);
  EXPECT_EQ(client.Call<protocol::ResetStats>().error().code, ExitCode::kInterrupted);
  EXPECT_TRUE(client.Call<protocol::ResetStats>());
}

TEST_F(ClientTest, TwoJobsDoNotMixTheirEvents) {
  agent_.OnJob<protocol::Ping>({Reply(7)});
  agent_.OnJob<protocol::RunDhcp>({FakeAgent::Event<protocol::DhcpStep>({.time_us = 9})});
  Client client = MakeClient();
  auto ping = client.StartJob<protocol::Ping>().value();
  auto dhcp = client.StartJob<protocol::RunDhcp>().value();
  EXPECT_EQ(dhcp.Next().value()->As<protocol::DhcpStep>()->time_us, 9U);
  EXPECT_EQ(ping.Next().value()->As<protocol::PingStep>()->sequence, 7);
}

TEST_F(ClientTest, AnUnansweredJobTimesOut) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  Client client = MakeClient();
  auto job = client.StartJob<protocol::Ping>().value();
  EXPECT_EQ(job.Next(std::chrono::milliseconds(1)).error().code, ExitCode::kTimeout);
}

TEST_F(ClientTest, UnaskedEventsGoToTheirSubscriber) {
  agent_.Answer<protocol::ResetStats>(protocol::Empty{});
  Client client = MakeClient();
  ASSERT_TRUE(client.Connect());
  auto change = FakeAgent::Event<protocol::LinkChanged>({.interface = 1, .time_us = 5});
  port_->waiting.push_back({change.header, change.fields});
  uint64_t seen = 0;
  client.OnEvent<protocol::LinkChanged>(
      [&seen](const protocol::LinkChange& link) { seen = link.time_us; });
  EXPECT_TRUE(client.Call<protocol::ResetStats>());
  EXPECT_EQ(seen, 5U);
}

TEST_F(ClientTest, LateEventsOfACancelledJobAreDropped) {
  agent_.OnJob<protocol::Ping>({}, base::Status::kUnavailable);
  agent_.Answer<protocol::ResetStats>(protocol::Empty{});
  Client client = MakeClient();
  {
    const auto job = client.StartJob<protocol::Ping>().value();
  }
  EXPECT_TRUE(client.Call<protocol::ResetStats>());
  EXPECT_TRUE(port_->waiting.empty());
}

}  // namespace
}  // namespace netctl
