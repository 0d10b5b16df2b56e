#include "agent/random_frames.h"

#include <array>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/packets.h"

namespace agent {
namespace {

using test::operator""_ip;
using test::operator""_mac;

constexpr FrameTarget kTarget{.mac = "02:00:00:00:00:01"_mac,
                              .address = "192.0.2.1"_ip,
                              .mask = base::Ipv4Address::Mask(24),
                              .keep_out = {"192.0.2.254"_ip}};

std::vector<test::ByteVector> Make(uint32_t seed, size_t count) {
  RandomFrames frames(seed, kTarget);
  std::vector<test::ByteVector> made;
  std::array<std::byte, RandomFrames::kMaxSize> bytes;
  for (size_t i = 0; i < count; ++i) {
    made.push_back(test::ToVector(std::span(bytes).first(frames.Make(bytes))));
  }
  return made;
}

TEST(RandomFrames, AreTheSameForTheSameSeed) {
  EXPECT_EQ(Make(7, 200), Make(7, 200));
  EXPECT_NE(Make(7, 200), Make(8, 200));
}

TEST(RandomFrames, AreMostlyForTheBoardAndOftenFaultless) {
  size_t for_board = 0;
  size_t right = 0;
  std::set<uint8_t> protocols;
  const auto frames = Make(1, 2000);
  for (const test::ByteVector& frame : frames) {
    ASSERT_GE(frame.size(), 1u);
    ASSERT_LE(frame.size(), RandomFrames::kMaxSize);
    if (frame.size() < 34) {
      continue;
    }
    const test::Packet packet = test::ParseFrame(frame);
    for_board += packet.ethernet.destination == kTarget.mac ? 1 : 0;
    if (packet.ipv4 && packet.checksums && packet.ipv4->destination == kTarget.address) {
      ++right;
      protocols.insert(packet.ipv4->protocol);
    }
  }
  EXPECT_GT(for_board, frames.size() / 2);
  EXPECT_GT(right, frames.size() / 4);
  EXPECT_LT(right, frames.size() * 9 / 10);  // the others have defects
  EXPECT_TRUE(protocols.contains(wire::kProtocolIcmp));
  EXPECT_TRUE(protocols.contains(wire::kProtocolTcp));
  EXPECT_TRUE(protocols.contains(wire::kProtocolUdp));
}

TEST(RandomFrames, NeverForgeTheGateway) {
  for (const test::ByteVector& frame : Make(3, 5000)) {
    const test::Packet packet = test::ParseFrame(frame);
    if (packet.arp && packet.arp->is_ipv4_over_ethernet()) {
      EXPECT_NE(packet.arp->sender_ip, "192.0.2.254"_ip);
    }
  }
}

}  // namespace
}  // namespace agent
