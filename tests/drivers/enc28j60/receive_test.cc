// Frames from the wire to pbufs: lengths, the ring, and every way to lose one.
#include "tests/drivers/enc28j60/enc28j60_fixture.h"
#include "tests/support/enc28j60_model_registers.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::ByteVector;

constexpr uint16_t kRingEnd = 0x141b;

class Enc28j60Receive : public Enc28j60Fixture {
 protected:
  void SetUp() override { Start(); }

  std::vector<base::Pbuf> TakeBuffers() {
    std::vector<base::Pbuf> taken;
    while (auto packet = pools_.pools().Allocate(2, 8, base::Holder::kApplication)) {
      taken.push_back(std::move(*packet));
    }
    return taken;
  }
  // Of the frame that is read next.
  void PatchHeader(size_t offset, int value) {
    const uint16_t last = chip_.pointer(0x00c);  // ERXRDPT, one before it
    const size_t at = last == kRingEnd ? 0 : last + 1u;
    chip_.buffer().at(at + offset) = static_cast<std::byte>(value);
  }
};

void ExpectFrame(const base::Result<base::Pbuf>& frame, const ByteVector& sent) {
  ASSERT_TRUE(frame);
  EXPECT_EQ(test::ToVector(frame->bytes()), sent);
  EXPECT_FALSE(frame->is_chain());
  EXPECT_GE(frame->headroom(), stack::EthernetDriver::kReceiveHeadroom);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data() + 14) % 4, 0u);
  EXPECT_EQ(frame->holder(), base::Holder::kStack);
  EXPECT_FALSE(frame->has_sum());
}

TEST_F(Enc28j60Receive, NothingWaits) { EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable); }

TEST_F(Enc28j60Receive, EverySize) {
  for (size_t size = 14; size <= 1514; ++size) {
    const ByteVector sent = Frame(size, static_cast<uint8_t>(size));
    ASSERT_TRUE(chip_.Deliver(sent));
    ExpectFrame(mac_.Receive(), sent);
    ASSERT_EQ(chip_.packet_count(), 0) << size;
  }
  EXPECT_EQ(mac_.stats().rx_frames, 1501u);
  EXPECT_EQ(mac_.details().rx_restarts, 0u);
  EXPECT_EQ(pools_.in_use(), 0u);
}

TEST_F(Enc28j60Receive, TakesTheSmallestBufferThatFits) {
  chip_.Deliver(Frame(60));
  chip_.Deliver(Frame(1514));
  const auto small = mac_.Receive();
  const auto large = mac_.Receive();
  EXPECT_EQ(pools_.pools().pools()[0]->stats().in_use, 1u);
  EXPECT_EQ(pools_.pools().pools()[1]->stats().in_use, 1u);
}

TEST_F(Enc28j60Receive, InOrderAcrossTheRingsEnd) {
  uint8_t next_sent = 0;
  uint8_t next_read = 0;
  for (int round = 0; round < 60; ++round) {
    while (next_sent - next_read < 4 && chip_.Deliver(Frame(60 + next_sent * 5u, next_sent))) {
      ++next_sent;
    }
    ExpectFrame(mac_.Receive(), Frame(60 + next_read * 5u, next_read));
    ++next_read;
  }
  EXPECT_EQ(mac_.details().rx_pointer_errors, 0u);
}

// Erratum 14: where the frame ends with the ring, the byte before the next one is the ring's last.
TEST_F(Enc28j60Receive, GivesMemoryBackWithAnOddPointer) {
  // 5148 bytes are 3 of 1524, and one of 576 with its header and check sequence.
  for (const size_t size : {1514u, 1514u, 1514u, 566u}) {
    ASSERT_TRUE(chip_.Deliver(Frame(size)));
    ASSERT_TRUE(mac_.Receive());
    EXPECT_EQ(chip_.pointer(0x00c) % 2, 1);
  }
  EXPECT_EQ(chip_.pointer(0x00c), kRingEnd);
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ExpectFrame(mac_.Receive(), Frame(60));
  EXPECT_EQ(chip_.pointer(0x00c), 69);
}

TEST_F(Enc28j60Receive, ThreeLargestFramesFit) {
  size_t kept = 0;
  while (chip_.Deliver(Frame(1514))) {
    ++kept;
  }
  EXPECT_EQ(kept, mac_.capabilities().receive_window_frames);
}

TEST_F(Enc28j60Receive, CountsThatTheRingRanOverAndGoesOn) {
  for (int i = 0; i < 5; ++i) {
    chip_.Deliver(Frame(1514));
  }
  Run(300ms);
  EXPECT_EQ(mac_.stats().rx_overrun, 1u);
  for (int i = 0; i < 3; ++i) {
    ExpectFrame(mac_.Receive(), Frame(1514));
  }
  ASSERT_TRUE(chip_.Deliver(Frame(99)));
  ExpectFrame(mac_.Receive(), Frame(99));
  EXPECT_EQ(mac_.details().rx_restarts, 0u);
}

TEST_F(Enc28j60Receive, CountsBufferErrors) {
  chip_.set_reg(0x01d, 0x40);
  Run(300ms);
  EXPECT_EQ(mac_.details().buffer_errors, 1u);
  EXPECT_EQ(reg(0x01d) & 0x40, 0);
}

TEST_F(Enc28j60Receive, WithoutBufferTheFrameIsCountedAndTheNextOneWhole) {
  {
    const auto taken = TakeBuffers();
    chip_.Deliver(Frame(200));
    chip_.Deliver(Frame(1514));
    EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
    EXPECT_EQ(mac_.stats().rx_no_buffer, 2u);
    EXPECT_EQ(chip_.packet_count(), 0);
  }
  chip_.Deliver(Frame(333, 7));
  ExpectFrame(mac_.Receive(), Frame(333, 7));
  EXPECT_EQ(mac_.stats().rx_frames, 1u);
}

TEST_F(Enc28j60Receive, FramesThatTheChipCallsBadAreCountedByCause) {
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  Poll();
  chip_.set_reg(0x118, 0);  // lets wrong check sequences in
  ASSERT_TRUE(chip_.Deliver(Frame(100), test::enc28j60_model::kVectorCrcError));
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.stats().rx_errors, 1u);
  EXPECT_EQ(mac_.details().rx_crc_errors, 1u);

  ASSERT_TRUE(chip_.Deliver(Frame(100)));
  PatchHeader(4, 0x81);  // OK, but something was missed
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  ASSERT_TRUE(chip_.Deliver(Frame(100)));
  PatchHeader(4, 0x00);  // not said to be OK
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.stats().rx_errors, 3u);
  EXPECT_EQ(mac_.details().rx_drop_events, 1u);
  EXPECT_EQ(mac_.details().rx_pointer_errors, 0u);

  ASSERT_TRUE(chip_.Deliver(Frame(100)));
  ExpectFrame(mac_.Receive(), Frame(100));
}

TEST_F(Enc28j60Receive, FramesThatCannotBeEthernetAreCounted) {
  ASSERT_TRUE(chip_.Deliver(Frame(13)));
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.stats().rx_too_short, 1u);
  chip_.set_reg(0x20a, 0xf3);  // MAMXFL lets one more byte in
  ASSERT_TRUE(chip_.Deliver(Frame(1515)));
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  EXPECT_EQ(mac_.details().rx_restarts, 0u);
}

// Known under load: from then on every pointer is wrong.
TEST_F(Enc28j60Receive, PointerThatCannotBeRestartsTheReceiver) {
  for (const auto& [offset, value] : {std::pair{0, 0x44}, {1, 0x20}, {2, 0x42}, {3, 0x30}}) {
    const uint32_t restarts = mac_.details().rx_restarts;
    ASSERT_TRUE(chip_.Deliver(Frame(60)));
    ASSERT_TRUE(chip_.Deliver(Frame(80)));
    ASSERT_TRUE(chip_.Deliver(Frame(90)));
    PatchHeader(static_cast<size_t>(offset), value);
    EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
    EXPECT_EQ(mac_.details().rx_restarts, restarts + 1);
    EXPECT_EQ(chip_.packet_count(), 0);
    EXPECT_EQ(chip_.pointer(0x00e), 0);
    EXPECT_EQ(chip_.pointer(0x00c), kRingEnd);
    EXPECT_EQ(reg(0x01f) & 0x44, 0x04);  // RXEN, not RXRST
    ASSERT_TRUE(chip_.Deliver(Frame(200)));
    ExpectFrame(mac_.Receive(), Frame(200));
    ASSERT_TRUE(chip_.Deliver(Frame(61)));
    ExpectFrame(mac_.Receive(), Frame(61));
  }
  EXPECT_EQ(mac_.details().rx_pointer_errors, 4u);
  EXPECT_EQ(mac_.stats().rx_errors, 4u);
  EXPECT_EQ(mac_.details().chip_restarts, 0u);
  EXPECT_TRUE(mac_.link().is_up());
}

TEST_F(Enc28j60Receive, SurvivesAChipThatCorruptsItsRingForGood) {
  chip_.SetFault("corrupt-next-pointer", true);
  size_t received = 0;
  for (int i = 0; i < 200; ++i) {
    chip_.Deliver(Frame(60 + static_cast<size_t>(i), static_cast<uint8_t>(i)));
    if (const auto frame = mac_.Receive()) {
      EXPECT_EQ(test::ToVector(frame->bytes()),
                Frame(60 + static_cast<size_t>(i), static_cast<uint8_t>(i)));
      ++received;
    }
  }
  EXPECT_GT(received, 180u);
  EXPECT_EQ(mac_.details().rx_pointer_errors, 200 - received);
}

// E8, the receiver that goes deaf: the stack asks and gets no answer.
TEST_F(Enc28j60Receive, DeafReceiverIsRestarted) {
  chip_.SetFault("rx-hang", true);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(chip_.Deliver(Frame(60)));
    ASSERT_TRUE(mac_.Receive());
  }
  ASSERT_FALSE(chip_.Deliver(Frame(60)));
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
    Run(1s);
    mac_.ReapTransmitted();
  }
  EXPECT_EQ(mac_.details().rx_restarts, 1u);
  EXPECT_EQ(mac_.details().chip_restarts, 0u);
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ExpectFrame(mac_.Receive(), Frame(60));
}

TEST_F(Enc28j60Receive, SilenceIsNoReasonForARestart) {
  Run(10min);
  EXPECT_EQ(mac_.details().rx_restarts, 0u);
  EXPECT_EQ(mac_.details().chip_restarts, 0u);
}

// The ring fills and nothing is counted: the chip contradicts itself.
TEST_F(Enc28j60Receive, WritePointerThatMovedWithoutAPacketRestartsTheReceiver) {
  chip_.set_reg(0x00e, 0x46);
  Run(1s);
  EXPECT_EQ(mac_.details().rx_restarts, 1u);
  EXPECT_EQ(mac_.details().chip_restarts, 0u);
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ExpectFrame(mac_.Receive(), Frame(60));
}

TEST_F(Enc28j60Receive, RestartOfTheReceiverThatDoesNotHelpRestartsTheChip) {
  for (int i = 0; i < 2; ++i) {
    chip_.set_reg(0x00e, 0x46);
    Run(300ms);
  }
  EXPECT_EQ(mac_.details().rx_restarts, 1u);
  EXPECT_EQ(mac_.details().chip_restarts, 1u);
  Run(1s);
  EXPECT_TRUE(mac_.link().is_up());
}

TEST_F(Enc28j60Receive, ChipThatIsGoneInTheMiddleOfTheRingIsRestarted) {
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ASSERT_TRUE(mac_.Receive());
  chip_.SetFault("no-chip", true);
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.details().chip_restarts, 1u);
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kUnavailable);
  chip_.SetFault("no-chip", false);
  Run(2s);
  EXPECT_TRUE(mac_.link().is_up());
}

}  // namespace
}  // namespace drivers
