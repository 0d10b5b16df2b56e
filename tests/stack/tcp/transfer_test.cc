// Megabytes between two of our stacks over a bad cable: equal content, no buffer lost.
#include <random>

#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

// Not periodic in anything a segment or buffer is.
std::byte ByteAt(size_t position) { return static_cast<std::byte>((position * 2654435761u) >> 13); }

// Two hosts with TCP; a sends to b, and b to a when asked.
class TransferPair {
 public:
  TransferPair(const CableFaults& faults, uint64_t seed) : pair_(faults, seed) {}

  void Open(const stack::TcpOptions& options) {
    pair_.RunFor(1s);  // the links are up, the addresses announced
    pair_.RunFor(0s);  // and the stacks know what time it is
    listener_.emplace(pair_.b().stack(), options);
    ASSERT_EQ(listener_->Listen(80), Status::kOk);
    auto connected = a_.Connect({TestHost::IpOf(2), 80}, options);
    ASSERT_TRUE(connected);
    client_ = std::move(*connected);
    ASSERT_TRUE(pair_.RunUntil([&] { return listener_->info().receive_queued != 0; }, 3600s));
    server_ = std::move(*listener_->Accept());
  }

  // `size` bytes from a to b, and the same back when `both`. Returns the time it took.
  base::Duration Transfer(size_t size, bool both) {
    const base::Instant start = pair_.now();
    Flow there{client_, server_, size};
    Flow back{server_, client_, both ? size : 0};
    const bool done = pair_.RunUntil(
        [&] {
          Move(there);
          Move(back);
          return there.done() && back.done();
        },
        std::chrono::hours(100));
    EXPECT_TRUE(done) << "stuck after " << there.received << " and " << back.received;
    EXPECT_FALSE(there.damaged || back.damaged);
    return pair_.now() - start;
  }

  void Close() {
    EXPECT_EQ(client_.Close(), Status::kOk);
    ASSERT_TRUE(pair_.RunUntil([&] { return server_.state() == TcpState::kCloseWait; }, 3600s));
    EXPECT_EQ(server_.Close(), Status::kOk);
    pair_.RunFor(600s);
    listener_->Close();
  }

  Pair& pair() { return pair_; }
  stack::TcpSocket& client() { return client_; }
  size_t buffers_in_use() { return pair_.a().buffers_in_use() + pair_.b().buffers_in_use(); }

 private:
  struct Flow {
    stack::TcpSocket& from;
    stack::TcpSocket& to;
    size_t size;
    size_t sent = 0;
    size_t received = 0;
    bool damaged = false;
    bool done() const { return received == size; }
  };

  void Move(Flow& flow) {
    ByteVector block;
    while (flow.sent < flow.size) {
      block.resize(std::min<size_t>(1 + engine_() % 5000, flow.size - flow.sent));
      for (size_t i = 0; i < block.size(); ++i) {
        block[i] = ByteAt(flow.sent + i);
      }
      const auto count = flow.from.Send(base::ConstByteSpan(block));
      if (!count) {
        break;
      }
      flow.sent += *count;
    }
    while (auto packet = flow.to.Receive()) {
      packet->ForEachPart([&](base::ConstByteSpan part) {
        for (const std::byte byte : part) {
          flow.damaged |= byte != ByteAt(flow.received++);
        }
      });
    }
  }

  Pair pair_;
  stack::TcpStorage<4> storage_a_;
  stack::TcpStorage<4> storage_b_;
  stack::Tcp a_{pair_.a().stack(), storage_a_.memory()};
  stack::Tcp b_{pair_.b().stack(), storage_b_.memory()};
  std::optional<stack::TcpListener> listener_;
  stack::TcpSocket client_;
  stack::TcpSocket server_;
  std::mt19937 engine_{7};
};

// A long patience: at 30 % loss ten timeouts in a row do happen.
constexpr stack::TcpOptions kLargeBuffers{
    .receive_buffer = 40'000, .send_buffer = 40'000, .user_timeout = 3600s};

void RunTransfer(const CableFaults& faults, size_t size, bool both, uint64_t seed = 1) {
  TransferPair transfer(faults, seed);
  transfer.Open(kLargeBuffers);
  transfer.Transfer(size, both);
  transfer.Close();
  EXPECT_EQ(transfer.buffers_in_use(), 0u);
}

TEST(TcpTransfer, CleanCableNeedsNoRetransmission) {
  TransferPair transfer({.delay = 1ms, .bits_per_second = 100'000'000}, 1);
  transfer.Open(kLargeBuffers);
  const base::Duration time = transfer.Transfer(8'000'000, false);
  EXPECT_EQ(transfer.client().info().retransmits, 0u);
  // 40000 bytes a round trip of 2 ms are 20 MB/s; the cable carries 12.
  EXPECT_LT(time, 900ms);
  transfer.Close();
  EXPECT_EQ(transfer.buffers_in_use(), 0u);
}

TEST(TcpTransfer, BothDirectionsAtOnce) {
  RunTransfer({.delay = 1ms, .bits_per_second = 100'000'000}, 2'000'000, true);
}

TEST(TcpTransfer, NoDelayAtAll) { RunTransfer({}, 1'000'000, true); }

class TcpTransferLoss : public ::testing::TestWithParam<int> {};

TEST_P(TcpTransferLoss, ContentIsEqual) {
  const double loss = GetParam() / 100.0;
  RunTransfer({.delay = 2ms, .loss = loss}, GetParam() > 10 ? 300'000 : 1'000'000, true);
}
INSTANTIATE_TEST_SUITE_P(Percent, TcpTransferLoss, ::testing::Values(1, 2, 5, 10, 20, 30));

TEST(TcpTransfer, Reordered) {
  RunTransfer({.delay = 2ms, .reorder = 0.25, .reorder_by = 3ms}, 1'000'000, true);
}

TEST(TcpTransfer, Duplicated) { RunTransfer({.delay = 2ms, .duplicate = 0.3}, 1'000'000, true); }

// One flipped bit, which the checksum sees always.
TEST(TcpTransfer, Corrupted) { RunTransfer({.delay = 2ms, .corrupt = 0.02}, 500'000, true); }

TEST(TcpTransfer, Everything) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    RunTransfer({.delay = 2ms,
                 .loss = 0.05,
                 .duplicate = 0.05,
                 .reorder = 0.25,
                 .corrupt = 0.01,
                 .bits_per_second = 10'000'000},
                150'000, true, seed);
  }
}

TEST(TcpTransfer, SmallBuffersOfABoard) {
  TransferPair transfer({.delay = 1ms, .loss = 0.01}, 3);
  transfer.Open({.receive_buffer = 2 * 1460, .send_buffer = 2 * 1460});
  transfer.Transfer(300'000, true);
  transfer.Close();
  EXPECT_EQ(transfer.buffers_in_use(), 0u);
}

}  // namespace
}  // namespace test
