// When the chip pulls its line, and when the main loop may sleep.
#include "tests/drivers/enc28j60/enc28j60_fixture.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;

class Enc28j60Interrupt : public Enc28j60Fixture {
 protected:
  void SetUp() override {
    Start();
    // What the start has left to look at.
    for (int i = 0; i < 3 && !mac_.ArmInterrupt(); ++i) {
      Poll();
    }
    ASSERT_TRUE(mac_.ArmInterrupt());
    ASSERT_TRUE(is_quiet());
  }
  bool is_quiet() {
    chip_.Advance();
    return chip_.interrupt_pin();
  }
};

TEST_F(Enc28j60Interrupt, FramePullsTheLineUntilItIsServed) {
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  EXPECT_FALSE(is_quiet());
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_TRUE(mac_.Receive());
  EXPECT_TRUE(is_quiet());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_TRUE(is_quiet());
}

// 12.1: INTIE is off while frames are taken, so that one that comes meanwhile makes an edge.
TEST_F(Enc28j60Interrupt, LineIsLetGoWhileServing) {
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ASSERT_FALSE(is_quiet());
  EXPECT_TRUE(mac_.Receive());
  EXPECT_TRUE(is_quiet());
  EXPECT_EQ(reg(0x01b) & 0x80, 0);
}

TEST_F(Enc28j60Interrupt, FrameBetweenLookAndArmingIsWork) {
  mac_.Receive();
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_TRUE(is_quiet());
}

TEST_F(Enc28j60Interrupt, PollLetsTheLineGo) {
  mac_.CheckLink();
  Poll();
  EXPECT_EQ(reg(0x01b) & 0x80, 0);
}

TEST_F(Enc28j60Interrupt, LinkChangePullsTheLine) {
  chip_.Unplug();
  EXPECT_FALSE(is_quiet());
  EXPECT_FALSE(mac_.ArmInterrupt());
  Poll();
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_TRUE(is_quiet());
}

// Sleeping on a full-size frame in the second slot would leave the wire idle.
TEST_F(Enc28j60Interrupt, EndOfATransmissionPullsTheLineWhereSomebodyWaits) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kOk);
  ASSERT_TRUE(mac_.ArmInterrupt());
  Pass(2ms);
  EXPECT_TRUE(is_quiet());

  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kOk);
  ASSERT_TRUE(mac_.ArmInterrupt());
  ASSERT_TRUE(is_quiet());
  Pass(2ms);
  EXPECT_FALSE(is_quiet());
  mac_.ReapTransmitted();
  EXPECT_TRUE(is_quiet());
  EXPECT_EQ(mac_.transmit_room(), 1u);
}

TEST_F(Enc28j60Interrupt, RoomForARefusedFrameIsWork) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kUnavailable);
  ASSERT_TRUE(mac_.ArmInterrupt());
  Pass(2ms);
  EXPECT_FALSE(is_quiet());
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.transmit_room(), 1u);
  EXPECT_TRUE(mac_.ArmInterrupt());
}

TEST_F(Enc28j60Interrupt, TransmitErrorPullsTheLine) {
  chip_.CollideLate(1);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(1514))), Status::kOk);
  ASSERT_TRUE(mac_.ArmInterrupt());
  Pass(2ms);
  EXPECT_FALSE(is_quiet());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.details().tx_repeats, 1u);
  EXPECT_TRUE(is_quiet());
}

TEST_F(Enc28j60Interrupt, RingThatRanOverIsCountedAndDoesNotKeepTheLoopAwake) {
  for (int i = 0; i < 5; ++i) {
    chip_.Deliver(Frame(1514));
  }
  EXPECT_FALSE(is_quiet());
  while (mac_.Receive()) {
  }
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_TRUE(is_quiet());
  EXPECT_EQ(mac_.stats().rx_overrun, 1u);
}

// Erratum 6 lets PKTIF say nothing now and then; EPKTCNT is what counts.
TEST_F(Enc28j60Interrupt, PacketFlagIsNotTrusted) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(chip_.Deliver(Frame(60)));
    ASSERT_FALSE(mac_.ArmInterrupt());
    ASSERT_TRUE(mac_.Receive());
  }
}

TEST_F(Enc28j60Interrupt, NewSettingsAreWork) {
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  EXPECT_FALSE(mac_.ArmInterrupt());
  Poll();
  EXPECT_TRUE(mac_.ArmInterrupt());
}

// The chip is left alone while it resets, and the next Poll has its own time.
TEST_F(Enc28j60Interrupt, RestartIsDrivenByPollAlone) {
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  EXPECT_FALSE(mac_.ArmInterrupt());
  Poll();
  EXPECT_TRUE(mac_.ArmInterrupt());
}

}  // namespace
}  // namespace drivers
