#include "stack/sequential/tcp.h"

#include "stack/sequential/tcp_reader.h"
#include "tests/agent/services/service_pair.h"

namespace stack {
namespace {

using agent::ServicePair;
using agent::TcpClient;
using base::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint16_t kPort = 2000;

// A connection whose end on the board tasks use; the test has the other.
class SequentialTcpTest : public testing::Test {
 protected:
  SequentialTcpTest() {
    TcpListener listener(hosts_.board());
    EXPECT_EQ(listener.Listen(kPort), Status::kOk);
    peer_.emplace(hosts_, kPort);
    EXPECT_TRUE(hosts_.RunUntil([&] {
      auto accepted = listener.Accept();
      if (accepted) {
        socket_ = std::move(*accepted);
      }
      return socket_.valid();
    }));
  }
  // What tasks refer to outlives them.
  ~SequentialTcpTest() override { tasks().DestroyAll(); }

  TaskGroup& tasks() { return hosts_.services().tasks(); }
  base::Instant In(base::Duration delay) { return hosts_.now() + delay; }

  template <typename... Arguments>
  void Start(Arguments&&... arguments) {
    EXPECT_EQ(tasks().Spawn(std::forward<Arguments>(arguments)...), Status::kOk);
    hosts_.RunFor(milliseconds(10));
  }
  // Of the last task, which must have ended.
  Status Outcome() {
    EXPECT_EQ(tasks().running(), 0u);
    return tasks().last_outcome();
  }

  ServicePair hosts_{{.delay = milliseconds(1)}};
  TcpSocket socket_;
  std::optional<TcpClient> peer_;
};

Task<Status> AcceptOne(TaskContext&, TcpListener& listener, base::Instant deadline,
                       TcpSocket& accepted) {
  base::Result<TcpSocket> socket = co_await Accept(listener, deadline);
  if (!socket) {
    co_return socket.error();
  }
  accepted = std::move(*socket);
  co_return Status::kOk;
}

TEST_F(SequentialTcpTest, AcceptAwaitsAConnection) {
  TcpListener listener(hosts_.board());
  EXPECT_EQ(listener.Listen(3000), Status::kOk);
  TcpSocket accepted;
  Start(AcceptOne, listener, base::kNever, accepted);
  EXPECT_FALSE(accepted.valid());
  TcpClient client(hosts_, 3000);
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(accepted.remote(), client.socket().local());
}

TEST_F(SequentialTcpTest, AcceptEndsWithTheListener) {
  TcpListener listener(hosts_.board());
  EXPECT_EQ(listener.Listen(3000), Status::kOk);
  TcpSocket accepted;
  Start(AcceptOne, listener, base::kNever, accepted);
  listener.Close();
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(Outcome(), Status::kClosed);
}

Task<Status> ConnectOnce(TaskContext&, Stack& stack, base::SocketAddress remote,
                         base::Instant deadline) {
  base::Result<TcpSocket> socket = stack.tcp().Connect(remote);
  if (!socket) {
    co_return socket.error();
  }
  const Status status = co_await Connected(*socket, deadline);
  co_return status;
}

TEST_F(SequentialTcpTest, ConnectedAwaitsTheHandshake) {
  TcpListener listener(hosts_.peer());
  EXPECT_EQ(listener.Listen(3000), Status::kOk);
  Start(ConnectOnce, hosts_.board(), base::SocketAddress{hosts_.peer_ip(), 3000}, base::kNever);
  EXPECT_EQ(Outcome(), Status::kOk);
  Start(ConnectOnce, hosts_.board(), base::SocketAddress{hosts_.peer_ip(), 3001}, base::kNever);
  EXPECT_EQ(Outcome(), Status::kRefused);
}

TEST_F(SequentialTcpTest, ConnectedHasADeadline) {
  Start(ConnectOnce, hosts_.board(),
        base::SocketAddress{base::IpAddress(test::TestHost::IpOf(77)), 1}, In(milliseconds(500)));
  EXPECT_EQ(tasks().running(), 1u);
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(Outcome(), Status::kDeadlineExceeded);
}

Task<Status> ReceiveOnce(TaskContext&, TcpSocket& socket, std::string& text,
                         base::Instant deadline) {
  base::Result<base::Pbuf> data = co_await Receive(socket, deadline);
  if (!data) {
    co_return data.error();
  }
  text = test::ToText(data->bytes());
  std::array<std::byte, 3> rest;
  const base::Result<size_t> count = co_await Receive(socket, rest, deadline);
  if (!count) {
    co_return count.error();
  }
  text += test::ToText(base::ConstByteSpan(rest).first(*count));
  co_return Status::kOk;
}

TEST_F(SequentialTcpTest, ReceiveAwaitsBytes) {
  std::string text;
  Start(ReceiveOnce, socket_, text, base::kNever);
  peer_->Send("abc");
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(text, "abc");
  peer_->Send("defgh");
  hosts_.RunFor(seconds(1));  // Nagle waits for the delayed acknowledgment
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(text, "abcdef");
  EXPECT_EQ(socket_.receive_queued(), 2u);  // the rest stays where it is
}

TEST_F(SequentialTcpTest, ReceiveEndsWithItsDeadlineAndLosesNothing) {
  std::string text;
  Start(ReceiveOnce, socket_, text, In(milliseconds(100)));
  hosts_.RunFor(milliseconds(200));
  EXPECT_EQ(Outcome(), Status::kDeadlineExceeded);
  peer_->Send("late");
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(socket_.receive_queued(), 4u);
}

Task<Status> ReceiveThree(TaskContext&, TcpSocket& socket, std::string& text) {
  std::array<std::byte, 3> out;
  const Status status = co_await ReceiveExactly(socket, out, base::kNever);
  text = test::ToText(out);
  co_return status;
}

TEST_F(SequentialTcpTest, ReceiveExactlyAwaitsTheLastByte) {
  std::string text;
  Start(ReceiveThree, socket_, text);
  peer_->Send("a");
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(tasks().running(), 1u);
  peer_->Send("bcd");
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(text, "abc");
}

TEST_F(SequentialTcpTest, ReceiveExactlyTellsAnEndWithinFromAnEndBefore) {
  std::string text;
  Start(ReceiveThree, socket_, text);
  peer_->Send("ab");
  EXPECT_EQ(peer_->socket().CloseSend(), Status::kOk);
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(Outcome(), Status::kDataLoss);
  Start(ReceiveThree, socket_, text);
  EXPECT_EQ(Outcome(), Status::kClosed);
}

Task<Status> SendAndClose(TaskContext&, TcpSocket& socket, base::ConstByteSpan data) {
  Status status = co_await Send(socket, data, base::kNever);
  if (status == Status::kOk) {
    status = socket.CloseSend();
  }
  if (status == Status::kOk) {
    status = co_await Acknowledged(socket, base::kNever);
  }
  co_return status;
}

TEST_F(SequentialTcpTest, SendQueuesAllOfItAndAcknowledgedAwaitsItsFin) {
  const test::ByteVector data = test::Pattern(100'000);
  Start(SendAndClose, socket_, base::ConstByteSpan(data));
  EXPECT_EQ(tasks().running(), 1u);  // far more than the send buffer
  peer_->ReadAll();
  EXPECT_EQ(test::ToBytes(peer_->received()), data);
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(Outcome(), Status::kOk);
}

TEST_F(SequentialTcpTest, SendAndAcknowledgedEndWithTheConnection) {
  const test::ByteVector data = test::Pattern(100'000);
  Start(SendAndClose, socket_, base::ConstByteSpan(data));
  peer_->socket().Abort();
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(Outcome(), Status::kReset);
  EXPECT_EQ(
      tasks().Spawn([this](TaskContext& context) { return SendAndClose(context, socket_, {}); }),
      Status::kOk);
  hosts_.RunFor(milliseconds(10));
  EXPECT_EQ(Outcome(), Status::kReset);
}

Task<Status> SendPackets(TaskContext&, TcpSocket& socket, base::PbufPools& pools, int count) {
  for (int i = 0; i < count; ++i) {
    base::Result<base::Pbuf> packet = pools.Allocate(100, 1000, base::Holder::kApplication);
    if (!packet) {
      co_return packet.error();
    }
    std::ranges::fill(packet->Append(1000), static_cast<std::byte>('a' + i % 26));
    const Status status = co_await Send(socket, *packet, base::kNever);
    if (status != Status::kOk) {
      co_return status;
    }
  }
  co_return Status::kOk;
}

TEST_F(SequentialTcpTest, SendsPacketsWithoutACopy) {
  Start(SendPackets, socket_, hosts_.board().pools(), 30);
  EXPECT_TRUE(hosts_.RunUntil([&] {
    peer_->Take();
    return peer_->received().size() == 30'000;
  }));
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(peer_->received().substr(i * 1000, 1000),
              std::string(1000, static_cast<char>('a' + i % 26)));
  }
  EXPECT_EQ(Outcome(), Status::kOk);
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(hosts_.hosts().a().buffers_in_use(), 0u);
}

Task<Status> ReadLines(TaskContext&, TcpReader& reader, std::vector<std::string>& lines) {
  while (true) {
    std::array<char, 12> memory;
    const base::Result<std::string_view> line = co_await ReadLine(reader, memory, base::kNever);
    if (!line) {
      co_return line.error();
    }
    lines.emplace_back(*line);
  }
}

TEST_F(SequentialTcpTest, ReadsLinesHoweverTheyAreCutIntoSegments) {
  TcpReader reader(socket_);
  std::vector<std::string> lines;
  Start(ReadLines, reader, lines);
  for (const std::string_view piece : {"one\r\ntw", "o\r", "\n\n", "\r\nfour\nfi", "ve"}) {
    peer_->Send(piece);
    hosts_.RunFor(seconds(1));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "", "", "four"}));
  EXPECT_EQ(peer_->socket().CloseSend(), Status::kOk);
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(Outcome(), Status::kDataLoss);  // "five" has no end
}

TEST_F(SequentialTcpTest, TheEndBetweenLinesIsNoLoss) {
  TcpReader reader(socket_);
  std::vector<std::string> lines;
  Start(ReadLines, reader, lines);
  peer_->Send("one\n");
  EXPECT_EQ(peer_->socket().CloseSend(), Status::kOk);
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(Outcome(), Status::kClosed);
  EXPECT_EQ(lines, std::vector<std::string>{"one"});
}

TEST_F(SequentialTcpTest, ALineMayFillItsMemory) {
  TcpReader reader(socket_);
  std::vector<std::string> lines;
  Start(ReadLines, reader, lines);
  peer_->Send("0123456789\r\n0123456789a\r\n");
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(lines, std::vector<std::string>{"0123456789"});
  EXPECT_EQ(Outcome(), Status::kResourceExhausted);  // 13 bytes with its end
}

Task<Status> SkipOne(TaskContext& context, TcpReader& reader, size_t& limit, std::string& cut,
                     std::vector<std::string>& lines) {
  std::array<char, 4> memory;
  const base::Result<std::string_view> line = co_await ReadLine(reader, memory, base::kNever);
  cut.assign(memory.data(), memory.size());
  if (line || line.error() != Status::kResourceExhausted) {
    co_return Status::kInvalidArgument;
  }
  const Status skipped = co_await SkipLine(reader, limit, base::kNever);
  if (skipped != Status::kOk) {
    co_return skipped;
  }
  co_return co_await ReadLines(context, reader, lines);
}

TEST_F(SequentialTcpTest, SkipsTheRestOfALongLine) {
  TcpReader reader(socket_);
  size_t limit = 100;
  std::string cut;
  std::vector<std::string> lines;
  Start(SkipOne, reader, limit, cut, lines);
  peer_->Send("abcdefgh");
  hosts_.RunFor(milliseconds(100));
  peer_->Send("ij\nnext\n");
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(cut, "abcd");
  EXPECT_EQ(limit, 93u);  // "efghij" and its end
  EXPECT_EQ(lines, std::vector<std::string>{"next"});
}

TEST_F(SequentialTcpTest, SkipsNoMoreThanItsLimit) {
  TcpReader reader(socket_);
  size_t limit = 5;
  std::string cut;
  std::vector<std::string> lines;
  Start(SkipOne, reader, limit, cut, lines);
  peer_->Send("abcdefghijklm\n");
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(Outcome(), Status::kResourceExhausted);
  EXPECT_EQ(limit, 0u);
}

TEST_F(SequentialTcpTest, PeekLooksAndConsumeTakes) {
  TcpReader reader(socket_);
  EXPECT_EQ(reader.Peek().error(), Status::kUnavailable);
  peer_->Send("abcdef");
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(test::ToText(*reader.Peek()), "abcdef");
  EXPECT_EQ(test::ToText(*reader.Peek()), "abcdef");
  reader.Consume(4);
  EXPECT_EQ(test::ToText(*reader.Peek()), "ef");
  reader.Consume(2);
  EXPECT_EQ(hosts_.hosts().a().buffers_in_use(), 0u);
  EXPECT_EQ(reader.Peek().error(), Status::kUnavailable);
}

}  // namespace
}  // namespace stack
