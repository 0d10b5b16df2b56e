#include "stack/icmp.h"

#include <gtest/gtest.h>

#include "tests/support/test_host.h"

namespace test {
namespace {

TEST(IcmpEcho, AnswersInPlace) {
  Wire wire;
  wire.IntroducePeer();
  wire.InjectIpv4(
      {.protocol = wire::kProtocolIcmp},
      IcmpPacket({.type = wire::kIcmpEchoRequest, .identifier = 7, .sequence = 3}, Pattern(57)));
  const Packet reply = wire.Next();
  EXPECT_EQ(reply.ethernet.destination, Wire::kPeerMac);
  EXPECT_EQ(reply.ipv4->source, wire.host().ip());
  EXPECT_EQ(reply.ipv4->destination, Wire::kPeerIp);
  EXPECT_EQ(reply.icmp->type, wire::kIcmpEchoReply);
  EXPECT_EQ(reply.icmp->identifier, 7);
  EXPECT_EQ(reply.icmp->sequence, 3);
  EXPECT_EQ(reply.payload, Pattern(57));
  EXPECT_TRUE(reply.checksums);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

}  // namespace
}  // namespace test
