#include "drivers/stellaris_eth/stellaris_eth.h"

#include <gtest/gtest.h>

#include "tests/support/stellaris_eth_model.h"
#include "tests/support/test_pools.h"

namespace drivers {
namespace {

using base::Status;
using namespace std::chrono_literals;

constexpr base::MacAddress kOwn{{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30}};

class StellarisEthTest : public testing::Test {
 protected:
  StellarisEthTest() {
    EXPECT_EQ(mac_.Start(kOwn), Status::kOk);
    Run(1s);
    EXPECT_TRUE(mac_.link().is_up());
    chip_.fifo_resets = 0;
  }
  void Run(base::Duration duration) {
    const base::Instant end = now_ + duration;
    for (int i = 0; i < 1000 && now_ <= end; ++i) {
      now_ = std::max(mac_.Poll(now_), now_ + 1us);
    }
    now_ = end;
  }
  static test::ByteVector Frame(size_t size) {
    test::ByteVector frame(size);
    for (size_t i = 0; i < size; ++i) {
      frame[i] = static_cast<std::byte>(i * 7 + 1);
    }
    return frame;
  }
  base::Pbuf MakePbuf(base::ConstByteSpan bytes, size_t offset = 2) {
    base::Pbuf packet = pools_.pools().Allocate(offset, bytes.size(), base::Holder::kStack).value();
    std::ranges::copy(bytes, packet.Append(bytes.size()).begin());
    return packet;
  }

  test::StellarisEthModel chip_;
  test::PoolsStorage<2, 2, 8> pools_;
  StellarisEth mac_{chip_, pools_.pools()};
  base::Instant now_{};
};

TEST(StellarisEthStart, FindsNoChip) {
  test::StellarisEthModel chip;
  test::TestPools pools;
  chip.absent = true;
  StellarisEth mac(chip, pools.pools());
  EXPECT_EQ(mac.Start(kOwn), Status::kNotFound);
}

TEST_F(StellarisEthTest, SetsTheDuplexOfTheLink) { EXPECT_EQ(chip_.transmit_control(), 0x17u); }

TEST_F(StellarisEthTest, ReceivesEverySizeWithItsSum) {
  for (size_t size = 60; size <= 1514; ++size) {
    const test::ByteVector frame = Frame(size);
    chip_.Receive(frame);
    auto received = mac_.Receive();
    ASSERT_TRUE(received) << size;
    ASSERT_EQ(test::ByteVector(received->bytes().begin(), received->bytes().end()), frame);
    ASSERT_EQ(received->sum(), base::SumBytes(base::ConstByteSpan(frame).subspan(14))) << size;
    ASSERT_EQ(reinterpret_cast<uintptr_t>(received->data()) % 4, 2u);
  }
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
}

TEST_F(StellarisEthTest, DropsWhatIsTooShortOrTooLongAndGoesOn) {
  chip_.Receive(Frame(13));
  chip_.Receive(Frame(60));
  EXPECT_EQ(mac_.Receive()->size(), 60u);
  chip_.Receive(Frame(1515));
  chip_.Receive(Frame(61));
  EXPECT_EQ(mac_.Receive()->size(), 61u);
  EXPECT_EQ(mac_.stats().rx_too_short, 1u);
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  EXPECT_EQ(chip_.fifo_resets, 0);
}

TEST_F(StellarisEthTest, ReadsPastAFrameThatHasNoBuffer) {
  std::vector<base::Pbuf> held;
  for (int i = 0; i < 2; ++i) {
    chip_.Receive(Frame(1000));
    held.push_back(mac_.Receive().value());
  }
  chip_.Receive(Frame(1000));
  EXPECT_FALSE(mac_.Receive());
  EXPECT_EQ(mac_.stats().rx_no_buffer, 1u);
  EXPECT_EQ(chip_.waiting(), 0u);
  held.clear();
  chip_.Receive(Frame(1000));
  EXPECT_TRUE(mac_.Receive());
}

TEST_F(StellarisEthTest, ResetsAFifoThatIsOutOfStep) {
  chip_.Store(test::ByteVector(8, std::byte{0xff}));
  EXPECT_FALSE(mac_.Receive());
  EXPECT_EQ(mac_.details().rx_resyncs, 1u);
  EXPECT_EQ(chip_.fifo_resets, 1);
  chip_.Receive(Frame(64));
  EXPECT_TRUE(mac_.Receive());
}

TEST_F(StellarisEthTest, CountsOverrunsAndErrors) {
  chip_.Receive(Frame(1514));
  chip_.Receive(Frame(1514));  // no room
  chip_.Raise(0x10);
  EXPECT_FALSE(mac_.ArmInterrupt()) << "a frame waits";
  EXPECT_EQ(mac_.stats().rx_overrun, 1u);
  EXPECT_EQ(mac_.details().rx_rejected, 1u);
  EXPECT_TRUE(mac_.Receive());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.stats().rx_overrun, 1u) << "once";
}

TEST_F(StellarisEthTest, SendsPartsOfAnySizeAndAlignment) {
  for (size_t first = 14; first <= 21; ++first) {
    for (size_t offset = 0; offset < 4; ++offset) {
      const test::ByteVector frame = Frame(77);
      const base::ConstByteSpan bytes(frame);
      base::Pbuf packet = MakePbuf(bytes.first(first), offset);
      packet.Chain(MakePbuf(bytes.subspan(first), 3 - offset));
      ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
      chip_.FinishTransmit();
      ASSERT_EQ(chip_.sent.back(), frame) << first << " " << offset;
    }
  }
}

TEST_F(StellarisEthTest, TakesOneFrameAtATime) {
  EXPECT_EQ(mac_.transmit_room(), 1u);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  EXPECT_EQ(mac_.transmit_room(), 0u);
  base::Pbuf second = MakePbuf(Frame(61));
  EXPECT_EQ(mac_.Transmit(std::move(second)), Status::kUnavailable);
  EXPECT_TRUE(second);
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip_.interrupt_line());
  chip_.FinishTransmit();
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(chip_.interrupt_line());
  EXPECT_FALSE(mac_.ArmInterrupt()) << "there is room";
  EXPECT_EQ(mac_.Transmit(std::move(second)), Status::kOk);
}

TEST_F(StellarisEthTest, CountsAnAbortedFrameAndSendsTheNext) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  chip_.FailTransmit();
  Run(200ms);
  EXPECT_EQ(mac_.details().tx_aborted, 1u);
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
}

TEST_F(StellarisEthTest, RestartsATransmitterThatHangs) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  Run(900ms);
  EXPECT_EQ(mac_.details().tx_restarts, 0u);
  Run(1s);
  EXPECT_EQ(mac_.details().tx_restarts, 1u);
  EXPECT_FALSE(chip_.busy());
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
}

TEST_F(StellarisEthTest, InterruptsForAFrame) {
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip_.interrupt_line());
  chip_.Receive(Frame(60));
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(chip_.interrupt_line());
}

TEST_F(StellarisEthTest, ManagementUnitThatHangsIsATimeout) {
  chip_.management_hangs = true;
  EXPECT_EQ(mac_.mdio().Read(0, 1).error(), Status::kDeadlineExceeded);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
  EXPECT_EQ(mac_.mdio().Read(32, 1).error(), Status::kInvalidArgument);
  EXPECT_EQ(mac_.mdio().Read(1, 1).value(), 0xffff) << "nobody there";
}

TEST_F(StellarisEthTest, HasTheLoopbackOfItsPhyAlone) {
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kMac), Status::kUnimplemented);
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kPhy), Status::kOk);
  Run(10ms);
  EXPECT_TRUE(chip_.phy.loopback());
}

}  // namespace
}  // namespace drivers
