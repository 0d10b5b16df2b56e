// Messages over a session: order, size, windows, credit, speed.
#include <gtest/gtest.h>

#include "protocol/message.h"
#include "protocol/session.h"
#include "tests/protocol/traffic.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::LineFaults;
using test::PipeChannel;

double Seconds(base::Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

TEST(Transfer, EveryMessageOnceAndInOrder) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  traffic.from_host(Stream::kRequests).count = 300;
  for (const Stream stream : {Stream::kRequests, Stream::kEvents, Stream::kBulk}) {
    traffic.from_agent(stream).count = 300;
    traffic.from_agent(stream).size = [](uint32_t index) { return 1 + index * 7 % 1900; };
  }
  ASSERT_TRUE(traffic.RunUntilDone(seconds(60)));
  EXPECT_EQ(traffic.wrong(), 0u);
  EXPECT_EQ(pipe.host_end().stats.tx_retransmits, 0u);
  EXPECT_EQ(pipe.agent_end().stats.tx_retransmits, 0u);
  EXPECT_EQ(pipe.host_end().stats.rx_out_of_order, 0u);
  EXPECT_EQ(pipe.host_end().stats.rx_no_credit, 0u);
}

TEST(Transfer, AnyChunksGiveTheSame) {
  for (const size_t chunk : std::initializer_list<size_t>{1, 2, 3, 7, 25, 511, 512, 513, 4096, 0}) {
    PipeChannel pipe;
    pipe.set_fifo(4096);
    pipe.set_chunk(chunk);
    ASSERT_TRUE(pipe.Establish());
    Traffic traffic(pipe);
    traffic.set_echo(true);
    traffic.from_host(Stream::kRequests).count = 50;
    traffic.from_agent(Stream::kBulk).count = 20;
    traffic.from_agent(Stream::kBulk).size = [](uint32_t) { return size_t{1539}; };
    ASSERT_TRUE(traffic.RunUntilDone(seconds(60))) << chunk;
    EXPECT_EQ(traffic.wrong(), 0u);
  }
}

TEST(Transfer, MessagesOfEverySizeThatFits) {
  PipeChannel pipe;
  pipe.set_fifo(4096);
  ASSERT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  traffic.from_agent(Stream::kBulk).count = 2000;
  traffic.from_agent(Stream::kBulk).size = [](uint32_t index) { return 1 + index; };
  traffic.from_host(Stream::kRequests).count = 2000;
  traffic.from_host(Stream::kRequests).size = [](uint32_t index) { return 2000 - index; };
  ASSERT_TRUE(traffic.RunUntilDone(seconds(100)));
  EXPECT_EQ(traffic.wrong(), 0u);
}

TEST(Transfer, SendSaysWhatDoesNotFit) {
  PipeChannel pipe;
  EXPECT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(10)), base::Status::kClosed);
  ASSERT_TRUE(pipe.Establish());
  EXPECT_EQ(pipe.host().Send(Stream::kRequests, {}), base::Status::kInvalidArgument);
  // The agent said that 3072 bytes are its largest message.
  EXPECT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(3073)),
            base::Status::kInvalidArgument);
  EXPECT_EQ(pipe.host().room(Stream::kRequests), 3072u);
  // The test agent's ring for events has 2048 bytes.
  EXPECT_EQ(pipe.agent().Send(Stream::kEvents, test::Pattern(2047)),
            base::Status::kInvalidArgument);
  EXPECT_EQ(pipe.agent().room(Stream::kEvents), 2046u);
  EXPECT_EQ(pipe.agent().Send(Stream::kEvents, test::Pattern(2046)), base::Status::kOk);
  EXPECT_EQ(pipe.agent().room(Stream::kEvents), 0u);
  EXPECT_EQ(pipe.agent().Send(Stream::kEvents, test::Pattern(1)), base::Status::kUnavailable);
  EXPECT_FALSE(pipe.agent().all_acknowledged());
  pipe.RunFor(milliseconds(100));
  EXPECT_TRUE(pipe.agent().all_acknowledged());
}

TEST(Transfer, MessageStaysUntilItIsReleased) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish());
  ASSERT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(600)), base::Status::kOk);
  ASSERT_EQ(pipe.host().Send(Stream::kRequests, test::ToBytes("next")), base::Status::kOk);
  ReceivedMessage first;
  ASSERT_TRUE(pipe.RunUntil([&] { return pipe.agent().Receive(first); }, seconds(1)));
  pipe.RunFor(milliseconds(200));
  EXPECT_EQ(test::ToVector(first.bytes), test::Pattern(600));
  ReceivedMessage second;
  EXPECT_FALSE(pipe.agent().Receive(second));
  pipe.agent().Release();
  ASSERT_TRUE(pipe.agent().Receive(second));
  EXPECT_EQ(test::ToText(second.bytes), "next");
}

TEST(Transfer, SequenceNumbersWrap) {
  PipeChannel pipe;
  pipe.set_fifo(4096);
  ASSERT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  traffic.set_echo(true);
  traffic.from_host(Stream::kRequests).count = 70'000;
  traffic.from_host(Stream::kRequests).size = [](uint32_t) { return size_t{8}; };
  traffic.from_agent(Stream::kRequests).size = [](uint32_t) { return size_t{8}; };
  ASSERT_TRUE(traffic.RunUntilDone(seconds(3600)));
  EXPECT_EQ(traffic.wrong(), 0u);
  EXPECT_EQ(pipe.host_end().stats.rx_out_of_order, 0u);
}

// A capture that fills the line, and requests beside it.
TEST(Transfer, BulkDoesNotStarveRequests) {
  PipeChannel pipe(LineFaults{.baud = 115'200});
  ASSERT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  traffic.set_echo(true);
  traffic.from_agent(Stream::kBulk).count = 1'000'000;
  traffic.from_agent(Stream::kBulk).size = [](uint32_t) { return size_t{1539}; };
  traffic.from_agent(Stream::kEvents).count = 1'000'000;
  traffic.from_agent(Stream::kEvents).size = [](uint32_t) { return size_t{60}; };
  pipe.RunFor(seconds(5));
  for (int i = 0; i < 20; ++i) {
    ++traffic.from_host(Stream::kRequests).count;
    const base::Instant asked = pipe.now();
    ASSERT_TRUE(pipe.RunUntil(
        [&] {
          return traffic.from_agent(Stream::kRequests).received ==
                 traffic.from_host(Stream::kRequests).count;
        },
        seconds(5)));
    // The request's own time, one or two frames of bulk before the response, and the response.
    EXPECT_LE(pipe.now() - asked, milliseconds(130));
    pipe.RunFor(milliseconds(137));
  }
  EXPECT_GT(traffic.from_agent(Stream::kEvents).bytes, 10'000u);
  EXPECT_GT(traffic.from_agent(Stream::kBulk).bytes, 20'000u);
  EXPECT_EQ(traffic.wrong(), 0u);
}

// Nobody reads bulk at the host: its credit is used up, requests go on.
TEST(Transfer, UnreadBulkHoldsNothingElseUp) {
  PipeChannel pipe;
  pipe.set_fifo(4096);
  ASSERT_TRUE(pipe.Establish());
  uint32_t sent = 0;
  pipe.set_work([&] {
    while (pipe.agent().Send(Stream::kBulk, NumberedMessage(Stream::kBulk, sent, 1000)) ==
           base::Status::kOk) {
      ++sent;
    }
  });
  pipe.RunFor(seconds(5));
  const uint32_t stuck = sent;
  EXPECT_GT(stuck, 50u);
  EXPECT_LT(stuck, 80u);
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(pipe.host().Send(Stream::kRequests, test::Pattern(50)), base::Status::kOk);
    ReceivedMessage message;
    ASSERT_TRUE(pipe.RunUntil([&] { return pipe.agent().Receive(message); }, milliseconds(100)));
    pipe.agent().Release();
  }
  pipe.RunFor(seconds(30));
  EXPECT_EQ(sent, stuck);
  EXPECT_EQ(pipe.host().state(), SessionState::kEstablished);
  EXPECT_EQ(pipe.host_end().stats.rx_no_credit, 0u);
}

double BulkShareOfLine(uint32_t baud, size_t message, bool from_agent) {
  PipeChannel pipe(LineFaults{.baud = baud});
  EXPECT_TRUE(pipe.Establish());
  Traffic traffic(pipe);
  Flow& flow = from_agent ? traffic.from_agent(Stream::kBulk) : traffic.from_host(Stream::kBulk);
  flow.count = 1'000'000;
  flow.size = [message](uint32_t) { return message; };
  pipe.RunFor(seconds(2));
  const uint64_t before = flow.bytes;
  const base::Instant start = pipe.now();
  pipe.RunFor(seconds(30));
  EXPECT_EQ(traffic.wrong(), 0u);
  EXPECT_EQ(pipe.agent_end().stats.tx_retransmits, 0u);
  EXPECT_EQ(pipe.host_end().stats.tx_retransmits, 0u);
  return static_cast<double>(flow.bytes - before) / (Seconds(pipe.now() - start) * baud / 10);
}

TEST(Transfer, BulkGetsNinetyFivePercentOfTheLine) {
  EXPECT_GE(BulkShareOfLine(115'200, 3 * kMaxFramePayload, true), 0.95);
  EXPECT_GE(BulkShareOfLine(500'000, 3 * kMaxFramePayload, true), 0.95);
  EXPECT_GE(BulkShareOfLine(115'200, 3 * kMaxFramePayload, false), 0.95);
}

// Slow, fast and long lines: no frame is sent twice because a time-out was too short.
TEST(Transfer, NothingIsSentTwiceOnAGoodLine) {
  const LineFaults lines[] = {{.baud = 9600},
                              {.baud = 2'000'000},
                              {.delay = milliseconds(250)},
                              {.baud = 57'600, .delay = milliseconds(80)},
                              {.delay = std::chrono::microseconds(10)}};
  for (const LineFaults& line : lines) {
    PipeChannel pipe(line);
    ASSERT_TRUE(pipe.Establish());
    Traffic traffic(pipe);
    traffic.set_echo(true);
    traffic.from_agent(Stream::kBulk).count = 60;
    traffic.from_agent(Stream::kBulk).size = [](uint32_t) { return size_t{1539}; };
    traffic.from_host(Stream::kRequests).count = 60;
    ASSERT_TRUE(traffic.RunUntilDone(seconds(300))) << line.baud;
    EXPECT_EQ(traffic.wrong(), 0u);
    EXPECT_EQ(pipe.host_end().stats.tx_retransmits, 0u) << line.baud;
    EXPECT_EQ(pipe.agent_end().stats.tx_retransmits, 0u) << line.baud;
  }
}

// Encoded bytes that the agent has not read never exceed what it said it can hold.
TEST(Transfer, BytesInFlightFitThePeersBuffer) {
  for (const uint32_t buffer : {256u, 1024u, 4096u}) {
    PipeChannel pipe;
    pipe.set_fifo(1 << 20);
    HelloReply reply = test::TestReply(1);
    reply.receive_buffer = buffer;
    pipe.agent().set_hello_reply(reply);
    ASSERT_TRUE(pipe.Establish());
    pipe.RunFor(milliseconds(10));
    pipe.agent_end().stats = {};
    std::vector<std::byte> out(1 << 16);
    while (pipe.host().Send(Stream::kRequests, test::Pattern(400)) == base::Status::kOk) {
    }
    size_t unread = 0;
    for (int i = 0; i < 10; ++i) {  // the first time-out comes later
      unread += pipe.host().TakeOutput(out, pipe.now());
    }
    EXPECT_GT(unread, 60u);
    EXPECT_LE(unread, buffer - 128);
  }
}

}  // namespace
}  // namespace protocol
