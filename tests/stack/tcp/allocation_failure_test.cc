// The n-th allocation fails, for every n: no crash, no leak, and in the end the data arrives or the
// connection ends with an error.
#include <gtest/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

// Handshake, text both ways with a loss, close. Returns whether all of it went well.
bool Scenario(TcpPeer& peer, uint32_t fail_at) {
  auto& pools = peer.wire().host().pools();
  pools.FailAllocation(fail_at);
  peer.Listen();
  std::optional<stack::TcpSocket> socket;
  std::string received;
  bool sent = false;
  // The peer repeats what is not acknowledged, as a TCP does.
  for (int round = 0; round < 40; ++round) {
    if (!socket) {
      peer.Inject({.flags = "S", .seq = 0, .mss = 1460});
      peer.Inject({.flags = ".", .seq = 1, .ack = 1});
      if (auto accepted = peer.listener().Accept()) {
        socket.emplace(std::move(*accepted));
      }
    } else {
      peer.Inject({.flags = ".", .seq = 4, .ack = 1, .payload = "def"});
      peer.Inject({.flags = ".", .seq = 1, .ack = 1, .payload = "abc"});
      peer.Inject({.flags = ".", .seq = 2, .ack = 1, .payload = "bcdefg"});
      std::byte bytes[16];
      if (const auto count = socket->Receive(base::ByteSpan(bytes))) {
        received += ToText(base::ConstByteSpan(bytes).first(*count));
      }
      if (!sent) {
        const auto count = socket->Send(base::AsBytes(std::string_view("answer")));
        sent = count && *count == 6;
      }
    }
    peer.Advance(250ms);
    peer.Drain();
    if (socket && sent && received == "abcdefg") {
      break;
    }
  }
  EXPECT_EQ(received, "abcdefg");
  EXPECT_TRUE(sent);
  if (!socket) {
    return false;
  }
  for (int i = 0; i < 2; ++i) {
    peer.Inject({.flags = ".", .seq = 8, .ack = 7});
  }
  EXPECT_TRUE(socket->all_acknowledged()) << fail_at;
  EXPECT_EQ(socket->Close(), Status::kOk);
  peer.Advance(250ms);
  for (int i = 0; i < 3; ++i) {
    peer.Inject({.flags = "F.", .seq = 8, .ack = 8});
  }
  peer.Advance(61s);
  return true;
}

TEST(TcpAllocationFailure, EveryAllocationInTurn) {
  uint32_t allocations = 0;
  {
    TcpPeer peer;
    EXPECT_TRUE(Scenario(peer, 0));
    for (base::PbufPool* pool : peer.wire().host().pools().pools()) {
      allocations += pool->stats().allocated;
    }
    allocations += peer.wire().host().pools().part_stats().allocated;
  }
  ASSERT_GT(allocations, 20u);
  for (uint32_t n = 1; n <= allocations + 5; ++n) {
    TcpPeer peer;
    EXPECT_TRUE(Scenario(peer, n)) << n;
    peer.Advance(200s);
    EXPECT_EQ(peer.connections(), 0u) << n;
    EXPECT_EQ(peer.buffers_in_use(), 0u) << n;
  }
}

// No buffer at all for a while: nothing is lost, everything goes on afterwards.
TEST(TcpAllocationFailure, EmptyPoolsOnlyDelay) {
  TcpPeer peer;
  peer.AcceptConnection();
  std::vector<base::Pbuf> held;
  while (auto buffer = peer.wire().host().pools().Allocate(0, 100, base::Holder::kApplication)) {
    held.push_back(std::move(*buffer));
  }
  EXPECT_EQ(peer.socket().Send(base::AsBytes(std::string_view("x"))).error(), Status::kUnavailable);
  held.pop_back();
  peer.Send("one buffer");
  EXPECT_EQ(peer.Next(), (Segment{.flags = "P.", .seq = 1, .ack = 1, .payload = "one buffer"}));
  held.clear();
  peer.Inject({.flags = ".", .seq = 1, .ack = 11});
  EXPECT_EQ(peer.buffers_in_use(), 0u);
}

}  // namespace
}  // namespace test
