// Frames from pbufs to the wire: two slots, repeats, stalls.
#include "tests/drivers/enc28j60/enc28j60_fixture.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::ByteVector;

constexpr base::Duration kLongestFrame{1'300};  // on the wire

class Enc28j60Transmit : public Enc28j60Fixture {
 protected:
  void SetUp() override { Start(); }

  void Wire() {
    Pass(kLongestFrame);
    chip_.Advance();
    mac_.ReapTransmitted();
  }
  Status Send(const ByteVector& frame) { return mac_.Transmit(MakePbuf(frame)); }
};

TEST_F(Enc28j60Transmit, EverySize) {
  for (size_t size = 60; size <= 1514; ++size) {
    const ByteVector frame = Frame(size, static_cast<uint8_t>(size));
    ASSERT_EQ(Send(frame), Status::kOk) << size;
    Wire();
    ASSERT_EQ(chip_.sent().size(), 1u) << size;
    ASSERT_EQ(chip_.sent().front(), frame) << size;
    chip_.sent().clear();
  }
  EXPECT_EQ(mac_.stats().tx_frames, 1455u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
  EXPECT_EQ(pools_.in_use(), 0u);
}

TEST_F(Enc28j60Transmit, ShortFramesArePadded) {
  ASSERT_EQ(Send(Frame(14)), Status::kOk);
  Wire();
  ASSERT_EQ(chip_.sent().size(), 1u);
  EXPECT_EQ(chip_.sent().front().size(), 60u);
}

TEST_F(Enc28j60Transmit, WhatIsNoFrameIsRefused) {
  EXPECT_EQ(Send(Frame(13)), Status::kInvalidArgument);
  EXPECT_EQ(mac_.Transmit(MakePbuf(ByteVector(1515))), Status::kInvalidArgument);
  Wire();
  EXPECT_TRUE(chip_.sent().empty());
}

TEST_F(Enc28j60Transmit, ChainsGoOutAsOneFrame) {
  const ByteVector frame = Frame(100);
  const base::ConstByteSpan bytes = frame;
  base::Pbuf packet = MakePbuf(bytes.first(14));
  packet.Chain(MakePbuf(bytes.subspan(14, 1)));
  packet.Chain(pools_.pools().Wrap(bytes.subspan(15, 0), base::Holder::kStack).value());
  packet.Chain(pools_.pools().Wrap(bytes.subspan(15), base::Holder::kStack).value());
  ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
  EXPECT_FALSE(packet);
  Wire();
  ASSERT_EQ(chip_.sent().size(), 1u);
  EXPECT_EQ(chip_.sent().front(), frame);
}

TEST_F(Enc28j60Transmit, TwoFramesHaveRoomAndGoOutInOrder) {
  EXPECT_EQ(mac_.transmit_room(), 2u);
  ASSERT_EQ(Send(Frame(1514, 1)), Status::kOk);
  EXPECT_EQ(mac_.transmit_room(), 1u);
  ASSERT_EQ(Send(Frame(1514, 2)), Status::kOk);
  EXPECT_EQ(mac_.transmit_room(), 0u);
  base::Pbuf third = MakePbuf(Frame(1514, 3));
  EXPECT_EQ(mac_.Transmit(std::move(third)), Status::kUnavailable);
  EXPECT_TRUE(third);
  EXPECT_EQ(mac_.stats().tx_no_room, 1u);
  Wire();
  EXPECT_EQ(mac_.transmit_room(), 1u);
  ASSERT_EQ(mac_.Transmit(std::move(third)), Status::kOk);
  Wire();
  Wire();
  Wire();
  ASSERT_EQ(chip_.sent().size(), 3u);
  for (uint8_t i = 0; i < 3; ++i) {
    EXPECT_EQ(chip_.sent()[i], Frame(1514, static_cast<uint8_t>(i + 1)));
  }
  EXPECT_EQ(mac_.transmit_room(), 2u);
}

// Nobody reaps; the end of the first is found when the third one comes.
TEST_F(Enc28j60Transmit, MakesRoomByItself) {
  ASSERT_EQ(Send(Frame(60, 1)), Status::kOk);
  ASSERT_EQ(Send(Frame(60, 2)), Status::kOk);
  Pass(kLongestFrame);
  EXPECT_EQ(Send(Frame(60, 3)), Status::kOk);
}

TEST_F(Enc28j60Transmit, LinkDownIsUnreachable) {
  chip_.Unplug();
  Run(300ms);
  EXPECT_EQ(Send(Frame(60)), Status::kUnreachable);
}

// Erratum 12: the transmitter is reset before each frame.
TEST_F(Enc28j60Transmit, EachTransmissionBeginsWithAReset) {
  const uint32_t before = chip_.transmit_resets();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Send(Frame(60)), Status::kOk);
    Wire();
  }
  EXPECT_EQ(chip_.transmit_resets(), before + 3);
  EXPECT_EQ(chip_.sent().size(), 3u);
}

// Erratum 13.
TEST_F(Enc28j60Transmit, LateCollisionIsTriedAgain) {
  chip_.CollideLate(2);
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  ASSERT_EQ(Send(Frame(800)), Status::kOk);
  Wire();
  Wire();
  EXPECT_TRUE(chip_.sent().empty());
  EXPECT_EQ(mac_.details().tx_repeats, 2u);
  Wire();
  Wire();
  ASSERT_EQ(chip_.sent().size(), 2u);
  EXPECT_EQ(chip_.sent()[0], Frame(700));
  EXPECT_EQ(chip_.sent()[1], Frame(800));
  EXPECT_EQ(mac_.details().tx_late_collisions, 2u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
  EXPECT_EQ(mac_.transmit_room(), 2u);
}

TEST_F(Enc28j60Transmit, LateCollisionsWithoutEndAreGivenUp) {
  chip_.CollideLate(16);
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  ASSERT_EQ(Send(Frame(800)), Status::kOk);
  for (int i = 0; i < 16; ++i) {
    Wire();
  }
  EXPECT_EQ(mac_.details().tx_late_collisions, 16u);
  EXPECT_EQ(mac_.details().tx_repeats, 15u);
  EXPECT_EQ(mac_.stats().tx_errors, 1u);
  Wire();
  ASSERT_EQ(chip_.sent().size(), 1u);
  EXPECT_EQ(chip_.sent()[0], Frame(800));
}

// The next frame has its own attempts.
TEST_F(Enc28j60Transmit, AttemptsAreCountedByFrame) {
  for (int frame = 0; frame < 3; ++frame) {
    chip_.CollideLate(10);
    ASSERT_EQ(Send(Frame(700)), Status::kOk);
    for (int i = 0; i < 11; ++i) {
      Wire();
    }
  }
  EXPECT_EQ(chip_.sent().size(), 3u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
}

TEST_F(Enc28j60Transmit, OtherErrorsAreCountedAndNotRepeated) {
  chip_.set_reg(0x20b, 0);  // MAMXFL: this frame is a giant
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  Wire();
  EXPECT_EQ(mac_.stats().tx_errors, 1u);
  EXPECT_EQ(mac_.details().tx_late_collisions + mac_.details().tx_repeats, 0u);
  EXPECT_EQ(mac_.transmit_room(), 2u);
  chip_.set_reg(0x20b, 5);
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  Wire();
  EXPECT_EQ(chip_.sent().size(), 1u);
}

TEST_F(Enc28j60Transmit, CollisionsAndAbortsAreReadFromTheStatusVector) {
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  Pass(kLongestFrame);
  chip_.Advance();
  const size_t vector = chip_.pointer(0x006) + 1u;  // behind ETXND
  chip_.buffer().at(vector + 2) = std::byte{0x8f};
  chip_.buffer().at(vector + 3) = std::byte{0x10};  // too many collisions
  chip_.set_reg(0x01c, 0x02);                       // TXERIF alone
  mac_.ReapTransmitted();
  EXPECT_EQ(mac_.details().tx_collisions, 15u);
  EXPECT_EQ(mac_.details().tx_excessive_collisions, 1u);
  EXPECT_EQ(mac_.details().tx_repeats, 0u);
  EXPECT_EQ(mac_.stats().tx_errors, 1u);
  EXPECT_EQ(mac_.transmit_room(), 2u);
}

// Erratum 12: what never ends is started once more.
TEST_F(Enc28j60Transmit, StalledTransmissionIsStartedAgain) {
  chip_.StallTransmitter(1);
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  Run(400ms);
  EXPECT_EQ(mac_.details().tx_stalls, 0u);
  Run(400ms);
  EXPECT_EQ(mac_.details().tx_stalls, 1u);
  ASSERT_EQ(chip_.sent().size(), 1u);
  EXPECT_EQ(chip_.sent()[0], Frame(700));
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
  EXPECT_EQ(mac_.details().chip_restarts, 0u);
}

TEST_F(Enc28j60Transmit, SecondStallRestartsTheChip) {
  chip_.StallTransmitter(2);
  ASSERT_EQ(Send(Frame(700)), Status::kOk);
  ASSERT_EQ(Send(Frame(800)), Status::kOk);
  Run(2s);
  EXPECT_EQ(mac_.details().tx_stalls, 2u);
  EXPECT_EQ(mac_.details().chip_restarts, 1u);
  EXPECT_EQ(mac_.stats().tx_errors, 2u);
  EXPECT_EQ(mac_.transmit_room(), 2u);
  ASSERT_TRUE(mac_.link().is_up());
  ASSERT_EQ(Send(Frame(900)), Status::kOk);
  Wire();
  EXPECT_EQ(chip_.sent().back(), Frame(900));
}

// Frames that follow each other closely are no stall.
TEST_F(Enc28j60Transmit, BusyTransmitterIsNotStalled) {
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(Send(Frame(60)), Status::kOk);
    Run(1ms);
  }
  EXPECT_EQ(mac_.details().tx_stalls, 0u);
  EXPECT_EQ(mac_.details().chip_restarts, 0u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
}

TEST_F(Enc28j60Transmit, SurvivesStallsAndFalseCollisions) {
  for (const char* const fault : {"tx-stall", "false-late-collision"}) {
    chip_.SetFault(fault, true);
    chip_.sent().clear();
    for (size_t i = 0; i < 50; ++i) {
      ASSERT_EQ(Send(Frame(700, static_cast<uint8_t>(i))), Status::kOk);
      Run(1s);
      // Somebody answers.
      ASSERT_TRUE(chip_.Deliver(Frame(60)));
      ASSERT_TRUE(mac_.Receive());
    }
    EXPECT_EQ(chip_.sent().size(), 50u) << fault;
    chip_.SetFault(fault, false);
  }
  EXPECT_GT(mac_.details().tx_stalls, 0u);
  EXPECT_GT(mac_.details().tx_repeats, 0u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
}

}  // namespace
}  // namespace drivers
