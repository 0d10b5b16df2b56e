#include <array>
#include <chrono>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>

#include "host-cli/peer/dns_peer.h"
#include "host-cli/peer/http_peer.h"
#include "host-cli/peer/peer_address.h"
#include "host-cli/peer/perf_peer.h"

namespace netctl {
namespace {

constexpr auto kLoopback = base::Ipv4Address::From(127, 0, 0, 1);

UniqueFd Connect(int type, uint16_t port) {
  UniqueFd fd(::socket(AF_INET, type, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(kLoopback.value);
  name.sin_port = htons(port);
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  return fd;
}

// Waits, bounded, until the peer has stored what the flow did.
PeerFlow FinishedFlow(const PerfPeer& peer) {
  for (int i = 0; i < 200; ++i) {
    const auto flows = peer.flows();
    if (!flows.empty() && (flows[0].finished || !flows[0].error.empty())) {
      return flows[0];
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return {};
}

TEST(PerfPeer, CountsWhatTheBoardSends) {
  PerfPeer peer({.address = kLoopback});
  {
    const UniqueFd board = Connect(SOCK_STREAM, peer.port());
    const std::string data = "s" + std::string(100'000, 'x');
    ASSERT_EQ(::send(board.get(), data.data(), data.size(), 0), static_cast<ssize_t>(data.size()));
  }
  const PeerFlow flow = FinishedFlow(peer);
  EXPECT_TRUE(flow.board_sends);
  EXPECT_TRUE(flow.finished);
  EXPECT_EQ(flow.bytes, 100'000u);
}

TEST(PerfPeer, SendsSoManyBytesToTheBoard) {
  PerfPeer peer({.address = kLoopback, .bytes = 200'000});
  uint64_t received = 0;
  {
    const UniqueFd board = Connect(SOCK_STREAM, peer.port());
    ASSERT_EQ(::send(board.get(), "r", 1, 0), 1);
    std::array<char, 4096> buffer;
    for (ssize_t count = 1; count > 0;) {
      count = ::recv(board.get(), buffer.data(), buffer.size(), 0);
      received += count > 0 ? static_cast<uint64_t>(count) : 0;
    }
  }
  EXPECT_EQ(received, 200'000u);
  const PeerFlow flow = FinishedFlow(peer);
  EXPECT_FALSE(flow.board_sends);
  EXPECT_TRUE(flow.finished);
}

TEST(PerfPeer, RefusesAStrangersFirstByte) {
  PerfPeer peer({.address = kLoopback});
  const UniqueFd stranger = Connect(SOCK_STREAM, peer.port());
  ASSERT_EQ(::send(stranger.get(), "G", 1, 0), 1);
  EXPECT_NE(FinishedFlow(peer).error, "");
}

TEST(HttpPeer, ServesTheBodyWhoseHashItNames) {
  const HttpPeer peer(kLoopback, 300'000, 7);
  httplib::Client client("127.0.0.1", peer.port());
  const auto response = client.Get(HttpPeer::kPath);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body.size(), 300'000u);
  EXPECT_EQ(Sha256Hex(response->body), peer.sha256());
}

// FIPS 180-2 appendix B.1.
TEST(HttpPeer, Sha256OfAbc) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DnsPeer, AnswersAnAddressQuery) {
  DnsPeer peer(kLoopback, base::Ipv4Address::From(192, 0, 2, 7));
  const UniqueFd board = Connect(SOCK_DGRAM, peer.port());
  const std::string query = std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12) +
                            std::string("\x01g\x02gw\x00\x00\x01\x00\x01", 10);
  ASSERT_EQ(::send(board.get(), query.data(), query.size(), 0), static_cast<ssize_t>(query.size()));
  ASSERT_TRUE(WaitReadable(board.get(), 2000));
  std::string answer(512, '\0');
  answer.resize(static_cast<size_t>(::recv(board.get(), answer.data(), answer.size(), 0)));
  EXPECT_EQ(answer.substr(0, 4), std::string("\x12\x34\x81\x80", 4));
  EXPECT_EQ(answer.substr(12, 10), query.substr(12));
  EXPECT_EQ(answer.substr(answer.size() - 4), std::string("\xc0\x00\x02\x07", 4));
  EXPECT_EQ(peer.queries(), 1u);
}

TEST(DnsPeer, IgnoresWhatIsNoQuery) {
  DnsPeer peer(kLoopback, kLoopback);
  const UniqueFd board = Connect(SOCK_DGRAM, peer.port());
  // A label that runs past the end, and a header alone.
  const std::string overrun = std::string("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12) +
                              "\x3f"
                              "abcdef";
  ASSERT_GT(::send(board.get(), overrun.data(), overrun.size(), 0), 0);
  ASSERT_GT(::send(board.get(), overrun.data(), 12, 0), 0);
  EXPECT_FALSE(WaitReadable(board.get(), 300));
  EXPECT_EQ(peer.queries(), 0u);
}

TEST(PeerAddress, UserModeNetworkLeadsToLoopback) {
  std::string why;
  const auto found = FindPeerAddress({.address = base::Ipv4Address::From(10, 0, 2, 15),
                                      .mask = base::Ipv4Address::Mask(24),
                                      .gateway = base::Ipv4Address::From(10, 0, 2, 2),
                                      .user_mode = true},
                                     std::nullopt, why);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bind, kLoopback);
  EXPECT_EQ(found->reached, base::Ipv4Address::From(10, 0, 2, 2));
}

TEST(PeerAddress, SaysWhatToDoWhenNothingFits) {
  std::string why;
  EXPECT_FALSE(FindPeerAddress(
      {.address = base::Ipv4Address::From(203, 0, 113, 5), .mask = base::Ipv4Address::Mask(32)},
      std::nullopt, why));
  EXPECT_NE(why.find("--peer"), std::string::npos);
}

}  // namespace
}  // namespace netctl
