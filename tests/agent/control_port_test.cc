// Two control channels on one agent: who holds the board, and that nothing of one session reaches
// the other although they share their buffers.
#include "agent/control_port.h"

#include <array>
#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace agent {
namespace {

using protocol::EndReason;
using protocol::SessionState;
using protocol::Stream;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""s;
using test::ByteVector;

// A channel that is two queues.
class ScriptedUart final : public drivers::Uart {
 public:
  explicit ScriptedUart(bool polled) : polled_(polled) {}
  size_t Read(base::ByteSpan out) override {
    const size_t count = std::min(out.size(), to_agent.size());
    std::copy_n(to_agent.begin(), count, out.begin());
    to_agent.erase(to_agent.begin(), to_agent.begin() + static_cast<ptrdiff_t>(count));
    return count;
  }
  size_t Write(base::ConstByteSpan data) override {
    test::AppendTo(to_host, data);
    return data.size();
  }
  size_t write_room() const override { return 4096; }
  const drivers::UartStats& stats() const override { return stats_; }
  bool is_polled() const override { return polled_; }

  std::deque<std::byte> to_agent;
  ByteVector to_host;

 private:
  const bool polled_;
  drivers::UartStats stats_;
};

// The program at the other end of a channel.
class Host : private protocol::TextSink {
 public:
  Host(ScriptedUart& channel, std::string_view name) : channel_(channel), name_(name) {}

  void Connect(uint32_t id, base::Instant now, bool takeover = false) {
    session_.Connect(id,
                     {.protocol_version = 1,
                      .takeover = takeover,
                      .receive_buffer = 1 << 16,
                      .holder = std::string_view(name_)},
                     now);
  }
  void Ask(std::string_view request) {
    EXPECT_EQ(session_.Send(Stream::kRequests, test::ToBytes(request)), base::Status::kOk);
  }
  // What the host has to say goes out now.
  void Flush(base::Instant now) {
    std::array<std::byte, 4096> bytes;
    for (size_t n = session_.TakeOutput(bytes, now); n != 0; n = session_.TakeOutput(bytes, now)) {
      channel_.to_agent.insert(channel_.to_agent.end(), bytes.begin(),
                               bytes.begin() + static_cast<ptrdiff_t>(n));
    }
  }
  void Poll(base::Instant now) {
    session_.OnBytes(std::exchange(channel_.to_host, {}), now);
    protocol::ReceivedMessage message;
    while (session_.Receive(message)) {
      answers.push_back(test::ToText(test::ToVector(message.bytes)));
      session_.Release();
    }
    session_.Poll(now);
    Flush(now);
  }
  protocol::Session& session() { return session_; }

  std::vector<std::string> answers;
  std::string text;

 private:
  static constexpr protocol::SessionSizes kSizes = {
      .send = {4096, 0, 0}, .receive = {4096, 4096, 4096}, .message = 2048, .window = 16};

  void OnText(std::string_view more) override { text += more; }

  ScriptedUart& channel_;
  std::string name_;
  protocol::ChannelStats stats_;
  protocol::SessionStorage<kSizes> memory_;
  protocol::Session session_{protocol::Role::kHost, memory_.buffers(), *this, stats_};
};

class ControlPortTest : public testing::Test {
 protected:
  ControlPortTest() {
    port_.Introduce({.protocol_version = 1, .receive_buffer = 4096, .largest_message = 2048});
  }

  // One round of the agent's loop, then of both hosts. The agent keeps the requests.
  void Round() {
    port_.MoveInput(now_);
    protocol::ReceivedMessage message;
    while (port_.session().Receive(message)) {
      requests_.push_back(test::ToText(test::ToVector(message.bytes)));
      port_.session().Release();
    }
    port_.Poll(now_);
    port_.MoveOutput(now_);
    for (Host* host : {&ann_, &bob_}) {
      if (!silent_[host == &bob_]) {
        host->Poll(now_);
      }
    }
  }
  void RunFor(base::Duration duration) {
    for (const base::Instant end = now_ + duration; now_ < end; now_ += 5ms) {
      Round();
    }
  }
  void ConnectAnn() {
    ann_.Connect(1, now_);
    RunFor(100ms);
    ASSERT_EQ(ann_.session().state(), SessionState::kEstablished);
  }
  void Answer(std::string_view text) {
    EXPECT_EQ(port_.SendMessage(Stream::kRequests, test::ToBytes(text)), base::Status::kOk);
  }

  static constexpr protocol::SessionSizes kSizes = {
      .send = {4096, 0, 0}, .receive = {4096, 0, 0}, .message = 2048, .window = 16};

  base::Instant now_{};
  std::array<bool, 2> silent_{};  // this host is gone
  ScriptedUart uart_{false};
  ScriptedUart rtt_{true};
  Host ann_{uart_, "ann@uart"};
  Host bob_{rtt_, "bob@rtt"};
  base::Executor executor_;
  protocol::SessionStorage<kSizes> memory_;
  std::array<std::byte, protocol::kMaxEvent> event_memory_;
  std::array<ControlLine, 2> lines_{ControlLine(uart_, memory_.buffers()),
                                    ControlLine(rtt_, memory_.buffers())};
  ControlPort port_{lines_, executor_, event_memory_};
  std::vector<std::string> requests_;
};

TEST_F(ControlPortTest, AnyChannelMayHoldTheBoard) {
  bob_.Connect(7, now_);
  RunFor(100ms);
  ASSERT_EQ(bob_.session().state(), SessionState::kEstablished);
  EXPECT_TRUE(port_.established());
  EXPECT_EQ(port_.session().session_id(), 7u);
  EXPECT_EQ(port_.generation(), 1u);
  bob_.Ask("who are you");
  RunFor(50ms);
  EXPECT_EQ(requests_, std::vector<std::string>{"who are you"});
  Answer("the agent");
  RunFor(50ms);
  EXPECT_EQ(bob_.answers, std::vector<std::string>{"the agent"});
  EXPECT_TRUE(uart_.to_host.empty()) << "the other channel hears of it";
}

TEST_F(ControlPortTest, TellsTheSecondHostWhoHoldsTheBoard) {
  ConnectAnn();
  bob_.Connect(2, now_);
  RunFor(100ms);
  EXPECT_EQ(bob_.session().state(), SessionState::kBusy);
  EXPECT_EQ(bob_.session().busy_holder(), "ann@uart");
  EXPECT_EQ(ann_.session().state(), SessionState::kEstablished);
  EXPECT_EQ(port_.generation(), 1u);
  ann_.Ask("still here");
  RunFor(50ms);
  EXPECT_EQ(requests_, std::vector<std::string>{"still here"});
}

TEST_F(ControlPortTest, StaysBusyAsLongAsTheHolderLives) {
  ConnectAnn();
  RunFor(10s);
  bob_.Connect(2, now_);
  RunFor(100ms);
  EXPECT_EQ(bob_.session().state(), SessionState::kBusy);
}

TEST_F(ControlPortTest, IsFreeAfterBye) {
  ConnectAnn();
  ann_.session().Close();
  RunFor(50ms);
  bob_.Connect(2, now_);
  RunFor(100ms);
  EXPECT_EQ(bob_.session().state(), SessionState::kEstablished);
  EXPECT_EQ(port_.generation(), 2u);
}

TEST_F(ControlPortTest, IsFreeAfterTheLease) {
  ConnectAnn();
  silent_[0] = true;
  RunFor(protocol::kLease - 200ms);
  bob_.Connect(2, now_);
  RunFor(100ms);
  EXPECT_EQ(bob_.session().state(), SessionState::kBusy);
  RunFor(200ms);
  bob_.Connect(3, now_);
  RunFor(100ms);
  EXPECT_EQ(bob_.session().state(), SessionState::kEstablished);
  EXPECT_EQ(bob_.session().session_id(), 3u);
}

TEST_F(ControlPortTest, TakeoverEndsTheOtherSession) {
  ConnectAnn();
  bob_.Connect(2, now_, true);
  RunFor(100ms);
  EXPECT_EQ(bob_.session().state(), SessionState::kEstablished);
  EXPECT_EQ(port_.generation(), 2u);
  // Ann learns it from the answer to whatever she sends next, a heartbeat at the latest.
  RunFor(protocol::kHeartbeat + 100ms);
  EXPECT_EQ(ann_.session().state(), SessionState::kDead);
  EXPECT_EQ(ann_.session().end_reason(), EndReason::kTakenOver);
  EXPECT_EQ(ann_.session().busy_holder(), "bob@rtt");
  EXPECT_EQ(bob_.session().state(), SessionState::kEstablished);
}

TEST_F(ControlPortTest, TakesTheBoardBack) {
  ConnectAnn();
  for (uint32_t id = 2; id < 40; id += 2) {
    bob_.Connect(id, now_, true);
    RunFor(50ms);
    ASSERT_EQ(bob_.session().state(), SessionState::kEstablished);
    bob_.Ask("b" + std::to_string(id));
    ann_.Connect(id + 1, now_, true);
    RunFor(50ms);
    ASSERT_EQ(ann_.session().state(), SessionState::kEstablished);
    ann_.Ask("a" + std::to_string(id));
    RunFor(50ms);
    ASSERT_EQ(requests_.back(), "a" + std::to_string(id));
  }
  EXPECT_EQ(port_.generation(), 39u);
}

// The buffers hold what Ann asked and what she has not acknowledged when Bob's HELLO and request
// come in one chunk: each of them sees its own bytes or none.
TEST_F(ControlPortTest, NothingOfTheOldSessionReachesTheNewOne) {
  ConnectAnn();
  silent_[0] = true;
  for (int i = 0; i < 3; ++i) {
    Answer("for ann " + std::string(500, 'a'));
    ann_.Ask("from ann " + std::string(400, 'a'));
  }
  ann_.Flush(now_);
  const test::ByteVector from_ann(uart_.to_agent.begin(), uart_.to_agent.end());

  // Bob's bytes as they are when his HELLO has been answered: recorded on an agent of their own.
  bob_.Connect(2, now_, true);
  bob_.Flush(now_);
  uart_.to_agent.clear();
  const test::ByteVector hello(rtt_.to_agent.begin(), rtt_.to_agent.end());
  RunFor(20ms);
  bob_.Ask("from bob");
  bob_.Flush(now_);
  const test::ByteVector request(rtt_.to_agent.begin(), rtt_.to_agent.end());
  ASSERT_EQ(bob_.session().state(), SessionState::kEstablished);
  RunFor(20ms);
  ASSERT_EQ(requests_, std::vector<std::string>{"from bob"});

  // Once more, with everything at once on both channels.
  for (const bool ann_first : {true, false}) {
    protocol::SessionStorage<kSizes> memory;
    std::array<ControlLine, 2> lines{ControlLine(ann_first ? uart_ : rtt_, memory.buffers()),
                                     ControlLine(ann_first ? rtt_ : uart_, memory.buffers())};
    ControlPort port(lines, executor_, event_memory_);
    Host ann(uart_, "ann");
    uart_.to_agent.clear();
    rtt_.to_agent.clear();
    ann.Connect(1, now_);
    ann.Flush(now_);
    port.MoveInput(now_);
    ASSERT_EQ(port.session().session_id(), 1u);
    EXPECT_EQ(port.SendMessage(Stream::kRequests, test::ToBytes("for ann")), base::Status::kOk);
    uart_.to_agent.insert(uart_.to_agent.end(), from_ann.begin(), from_ann.end());
    rtt_.to_agent.insert(rtt_.to_agent.end(), hello.begin(), hello.end());
    rtt_.to_agent.insert(rtt_.to_agent.end(), request.begin(), request.end());
    ASSERT_LE(rtt_.to_agent.size(), ControlLine::kChunk) << "not one chunk any more";
    rtt_.to_host.clear();
    port.MoveInput(now_);
    ASSERT_EQ(port.session().session_id(), 2u);
    protocol::ReceivedMessage message;
    ASSERT_TRUE(port.session().Receive(message));
    EXPECT_EQ(test::ToText(test::ToVector(message.bytes)), "from bob");
    port.session().Release();
    EXPECT_FALSE(port.session().Receive(message));
    for (ControlLine& line : lines) {
      EXPECT_EQ(line.established(), &line == &port.holder());
    }
    port.MoveOutput(now_);
    const std::string to_bob = test::ToText(rtt_.to_host);
    EXPECT_EQ(to_bob.find("for ann"), std::string::npos);
  }
}

// Even a session that was over when its bytes had been read has had the buffers.
TEST_F(ControlPortTest, ATakeoverThatEndsAtOnceStillEndsTheOther) {
  ConnectAnn();
  bob_.Connect(2, now_, true);
  bob_.Flush(now_);
  bob_.session().Close();
  bob_.Flush(now_);
  ASSERT_LE(rtt_.to_agent.size(), ControlLine::kChunk);
  silent_ = {true, true};
  Round();
  EXPECT_FALSE(port_.established());
  EXPECT_FALSE(lines_[0].established());
  EXPECT_EQ(port_.generation(), 2u);
}

TEST_F(ControlPortTest, TextGoesToAllChannels) {
  for (ControlLine& line : lines_) {
    line.TakeLine("eth0: link up\r\n");
  }
  RunFor(20ms);
  EXPECT_EQ(ann_.text, "eth0: link up\r\n");
  EXPECT_EQ(bob_.text, "eth0: link up\r\n");
}

TEST_F(ControlPortTest, LinesWithoutRoomAreDroppedAndCounted) {
  ControlLine& line = lines_[0];
  const std::string text(ControlLine::kTextBytes - 10, 'x');
  line.TakeLine(text);
  EXPECT_EQ(line.stats().tx_text_no_room, 0u);
  line.TakeLine("eth0: link up\r\n");
  EXPECT_EQ(line.stats().tx_text_no_room, 1u);
  RunFor(1s);
  EXPECT_EQ(ann_.text, text);
}

TEST_F(ControlPortTest, LooksOftenAtAPolledChannelThatIsInUse) {
  now_ += 1s;
  EXPECT_EQ(port_.Poll(now_) - now_, 2ms);
  // Bytes of any kind.
  rtt_.to_agent.push_back(std::byte{0});
  port_.MoveInput(now_);
  EXPECT_EQ(port_.Poll(now_) - now_, 250us);
  now_ += 99ms;
  EXPECT_EQ(port_.Poll(now_) - now_, 250us);
  now_ += 1ms;
  EXPECT_EQ(port_.Poll(now_) - now_, 2ms);
  // A session, also while it is silent.
  bob_.Connect(2, now_);
  RunFor(50ms);
  silent_ = {true, true};
  RunFor(1s);
  EXPECT_LE(port_.Poll(now_) - now_, 250us);
  // One on the other channel does not count.
  silent_ = {false, true};
  ann_.Connect(3, now_, true);
  RunFor(50ms);
  rtt_.to_agent.clear();
  now_ += 100ms;
  EXPECT_EQ(port_.Poll(now_) - now_, 2ms);
}

TEST(ControlPortAlone, SleepsWhereInterruptsTell) {
  ScriptedUart uart(false);
  base::Executor executor;
  protocol::SessionStorage<protocol::SessionSizes{
      .send = {4096, 0, 0}, .receive = {4096, 0, 0}, .message = 2048, .window = 16}>
      memory;
  std::array<ControlLine, 1> lines{ControlLine(uart, memory.buffers())};
  ControlPort port(lines, executor, {});
  EXPECT_EQ(port.Poll(base::Instant{}), base::kNever);
}

}  // namespace
}  // namespace agent
