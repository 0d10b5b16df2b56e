#include "agent/services/udp_echo.h"

#include "gtest/gtest.h"
#include "tests/agent/services/service_runtime.h"

namespace agent {
namespace {

using base::Status;
using test::ToBytes;

class UdpEchoTest : public testing::Test {
 protected:
  UdpEchoTest() {
    wire_.IntroducePeer();
    EXPECT_EQ(services_.Run(echo_), Status::kOk);
    wire_.Advance(base::Duration(0));
  }

  test::Wire wire_;
  ServiceRuntime services_{wire_.host()};
  UdpEcho echo_{wire_.stack()};
};

TEST_F(UdpEchoTest, SendsADatagramBack) {
  wire_.InjectUdp(4000, UdpEcho::kPort, ToBytes("hello"));
  const test::Packet answer = wire_.Next();
  ASSERT_TRUE(answer.udp);
  EXPECT_EQ(answer.ipv4->destination, test::Wire::kPeerIp);
  EXPECT_EQ(answer.udp->source_port, UdpEcho::kPort);
  EXPECT_EQ(answer.udp->destination_port, 4000);
  EXPECT_EQ(answer.text(), "hello");
  EXPECT_TRUE(answer.checksums);
  EXPECT_TRUE(wire_.Silent());
  EXPECT_EQ(echo_.stats().echoed, 1u);
}

TEST_F(UdpEchoTest, EchoesAnEmptyDatagram) {
  wire_.InjectUdp(4000, UdpEcho::kPort, {});
  EXPECT_EQ(wire_.Next().text(), "");
  EXPECT_TRUE(wire_.Silent());
}

TEST_F(UdpEchoTest, DoesNotAnswerServicesThatMayAnswerInTurn) {
  for (const uint16_t port : std::initializer_list<uint16_t>{7, 19, 53}) {
    wire_.InjectUdp(port, UdpEcho::kPort, ToBytes("x"));
    EXPECT_TRUE(wire_.Silent()) << port;
  }
  EXPECT_EQ(echo_.stats().loop_refused, 3u);
}

TEST_F(UdpEchoTest, DoesNotAnswerABroadcast) {
  wire_.InjectIpv4({.protocol = wire::kProtocolUdp, .destination = base::kIpv4Broadcast},
                   test::UdpPacket({.source_port = 4000, .destination_port = UdpEcho::kPort},
                                   test::Wire::kPeerIp, base::kIpv4Broadcast, ToBytes("x")));
  EXPECT_TRUE(wire_.Silent());
  EXPECT_EQ(echo_.stats().to_group, 1u);
}

TEST_F(UdpEchoTest, CountsWhatCouldNotBeSent) {
  wire_.host().driver().LimitRoom(0);  // the MAC is full, and so is the queue in front of it soon
  for (size_t i = 0; i < stack::kOutputQueueFrames + 3; ++i) {
    wire_.InjectUdp(4000, UdpEcho::kPort, ToBytes("x"));
  }
  EXPECT_EQ(echo_.stats().echoed, stack::kOutputQueueFrames);
  EXPECT_EQ(echo_.stats().not_sent, 3u);
  wire_.host().driver().LimitRoom(100);
  wire_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(wire_.host().buffers_in_use(), 0u);
}

TEST_F(UdpEchoTest, GivesThePortBackWhenCancelled) {
  services_.tasks().CancelAll();
  wire_.Advance(base::Duration(0));
  EXPECT_EQ(services_.tasks().running(), 0u);
  EXPECT_EQ(services_.frame_bytes(), 0u);
  stack::UdpSocket other(wire_.stack());
  EXPECT_EQ(other.Bind(UdpEcho::kPort), Status::kOk);
}

TEST_F(UdpEchoTest, EndsWhenThePortIsTaken) {
  UdpEcho second(wire_.stack());
  EXPECT_EQ(services_.Run(second), Status::kOk);
  wire_.Advance(base::Duration(0));
  EXPECT_EQ(services_.tasks().last_outcome(), Status::kBusy);
}

}  // namespace
}  // namespace agent
