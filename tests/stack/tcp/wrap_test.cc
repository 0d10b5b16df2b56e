// Sequence numbers that pass 2^32 and 2^31 behave like any others.
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/tcp_peer.h"

namespace test {
namespace {

using base::Status;
using stack::TcpState;

// Text both ways, a loss each way, a window that closes, FIN: what is on the wire, with relative
// numbers.
std::string Exchange(uint32_t our_iss, uint32_t peer_iss) {
  TcpPeer peer({.our_iss = our_iss, .peer_iss = peer_iss});
  std::ostringstream log;
  const auto note = [&] {
    peer.Advance(base::Duration::zero());
    while (!peer.wire().Silent()) {
      PrintTo(peer.Next(), &log);
      log << '\n';
    }
  };
  peer.AcceptConnection({.receive_buffer = 4000, .send_buffer = 20'000});
  peer.Send(std::string(8000, 'o'));
  note();
  for (int i = 0; i < 4; ++i) {  // the second segment is lost
    peer.Inject({.flags = ".", .seq = 1, .ack = 1461});
  }
  note();
  peer.Inject({.flags = ".", .seq = 1, .ack = 8001, .window = 0});
  peer.Inject({.flags = ".", .seq = 1001, .ack = 8001, .window = 0, .size = 1000});
  peer.Inject({.flags = ".", .seq = 1, .ack = 8001, .window = 0, .size = 1000});
  note();
  log << peer.Read().size() << '\n';
  peer.Send("probe");
  peer.Advance(700ms);
  note();
  peer.Inject({.flags = ".", .seq = 2001, .ack = 8001, .window = 4000});
  peer.Advance(3s);  // lost: retransmissions
  note();
  peer.Inject({.flags = "F.", .seq = 2001, .ack = 8006});
  log << static_cast<int>(peer.socket().Close()) << '\n';
  note();
  peer.Inject({.flags = ".", .seq = 2002, .ack = 8007});
  log << peer.connections() << peer.buffers_in_use() << '\n';
  return log.str();
}

TEST(TcpWrap, EveryNumberInTurnCrossesTheEdge) {
  const std::string expected = Exchange(1'000'000, 2'000'000);
  EXPECT_GT(expected.size(), 500u);
  for (const uint32_t edge : {0u, 0x80000000u}) {
    for (const uint32_t before : {0u, 1u, 2u, 1460u, 1461u, 2920u, 7999u, 8000u, 8001u, 8006u}) {
      EXPECT_EQ(Exchange(edge - before, 2'000'000), expected) << edge << " " << before;
    }
    for (const uint32_t before : {0u, 1u, 2u, 1000u, 1001u, 2000u, 2001u, 4001u}) {
      EXPECT_EQ(Exchange(1'000'000, edge - before), expected) << edge << " " << before;
    }
  }
}

RC_GTEST_PROP(TcpWrapProperty, AnyNumbersDoTheSame, (uint32_t ours, uint32_t peers)) {
  static const std::string expected = Exchange(1'000'000, 2'000'000);
  RC_ASSERT(Exchange(ours, peers) == expected);
}

}  // namespace
}  // namespace test
