// Frames from the wire to pbufs: lengths, sums, and every way to lose one.
#include "tests/drivers/lan9118/lan9118_fixture.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::ByteVector;

class Lan9118Receive : public Lan9118Fixture {
 protected:
  void SetUp() override { Start(); }

  // Takes every buffer of both pools.
  std::vector<base::Pbuf> TakeBuffers() {
    std::vector<base::Pbuf> taken;
    while (auto packet = pools_.pools().Allocate(2, 8, base::Holder::kApplication)) {
      taken.push_back(std::move(*packet));
    }
    return taken;
  }
};

void ExpectFrame(const base::Result<base::Pbuf>& frame, const ByteVector& sent) {
  ASSERT_TRUE(frame);
  EXPECT_EQ(test::ToVector(frame->bytes()), sent);
  EXPECT_FALSE(frame->is_chain());
  EXPECT_GE(frame->headroom(), stack::EthernetDriver::kReceiveHeadroom);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data() + 14) % 4, 0u);
  EXPECT_EQ(frame->holder(), base::Holder::kStack);
  ASSERT_TRUE(frame->has_sum());
  EXPECT_EQ(frame->sum(), base::SumBytes(base::ConstByteSpan(sent).subspan(14)));
}

TEST_F(Lan9118Receive, NothingWaits) { EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable); }

TEST_F(Lan9118Receive, EverySizeWithItsSum) {
  for (size_t size = 14; size <= 1514; ++size) {
    const ByteVector sent = Frame(size, static_cast<uint8_t>(size));
    ASSERT_TRUE(chip_.Deliver(sent));
    ExpectFrame(mac_.Receive(), sent);
    ASSERT_EQ(chip_.rx_words(), 0u) << size;
  }
  EXPECT_EQ(mac_.stats().rx_frames, 1501u);
  EXPECT_EQ(pools_.in_use(), 0u);
}

// The two values that a ones' complement sum has for zero.
TEST_F(Lan9118Receive, SumsOfZerosAndOnes) {
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  Run(1ms);
  for (const std::byte fill : {std::byte{0x00}, std::byte{0xff}}) {
    for (size_t size = 60; size < 64; ++size) {
      const ByteVector sent(size, fill);
      ASSERT_TRUE(chip_.Deliver(sent));
      ExpectFrame(mac_.Receive(), sent);
    }
  }
}

TEST_F(Lan9118Receive, TakesTheSmallestBufferThatFits) {
  chip_.Deliver(Frame(60));
  chip_.Deliver(Frame(1514));
  const auto small = mac_.Receive();
  const auto large = mac_.Receive();
  EXPECT_EQ(pools_.pools().pools()[0]->stats().in_use, 1u);
  EXPECT_EQ(pools_.pools().pools()[1]->stats().in_use, 1u);
}

TEST_F(Lan9118Receive, InOrderAcrossTheFifosEnd) {
  uint8_t next_sent = 0;
  uint8_t next_read = 0;
  for (int round = 0; round < 40; ++round) {
    while (chip_.Deliver(Frame(60 + next_sent * 5u, next_sent))) {
      ++next_sent;
    }
    for (int i = 0; i < 4; ++i, ++next_read) {
      ExpectFrame(mac_.Receive(), Frame(60 + next_read * 5u, next_read));
    }
  }
}

TEST_F(Lan9118Receive, SixLargestFramesFit) {
  size_t kept = 0;
  while (chip_.Deliver(Frame(1514))) {
    ++kept;
  }
  EXPECT_EQ(kept, mac_.capabilities().receive_window_frames);
}

TEST_F(Lan9118Receive, CountsWhatTheChipDropped) {
  for (int i = 0; i < 9; ++i) {
    chip_.Deliver(Frame(1514));
  }
  Run(1s);
  EXPECT_EQ(mac_.stats().rx_overrun, 3u);
  Run(1s);
  EXPECT_EQ(mac_.stats().rx_overrun, 3u);
}

TEST_F(Lan9118Receive, WithoutBufferTheFrameIsCountedAndTheNextOneWhole) {
  {
    const auto taken = TakeBuffers();
    chip_.Deliver(Frame(200));
    chip_.Deliver(Frame(1514));
    EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
    EXPECT_EQ(mac_.stats().rx_no_buffer, 2u);
    EXPECT_EQ(chip_.fast_forwards(), 2u);
  }
  chip_.Deliver(Frame(333, 7));
  ExpectFrame(mac_.Receive(), Frame(333, 7));
  EXPECT_EQ(mac_.stats().rx_frames, 1u);
}

TEST_F(Lan9118Receive, StopsAfterSomeDropsInARow) {
  const auto taken = TakeBuffers();
  for (size_t i = 0; i < stack::EthernetDriver::kMaxDropsPerReceive + 2; ++i) {
    chip_.Deliver(Frame(60));
  }
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.stats().rx_no_buffer, stack::EthernetDriver::kMaxDropsPerReceive);
}

TEST_F(Lan9118Receive, TooLongAndTooShortAreDropped) {
  chip_.Deliver(Frame(1515));
  chip_.Deliver(Frame(13));
  chip_.Deliver(Frame(6));
  chip_.Deliver(Frame(60, 9));
  ExpectFrame(mac_.Receive(), Frame(60, 9));
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  EXPECT_EQ(mac_.stats().rx_too_short, 2u);
  EXPECT_EQ(mac_.stats().rx_errors, 0u);
}

TEST_F(Lan9118Receive, FrameLargerThanEveryBufferIsTooLong) {
  base::PbufPoolStorage<256, 2> small;
  base::PbufPool* const list[] = {&small.pool()};
  std::array<base::PbufPart, 1> parts;
  base::PbufPools pools(list, parts);
  test::Lan9118Model chip;
  Lan9118 mac(chip, pools);
  ASSERT_EQ(mac.Start(kOwn), Status::kOk);
  chip.Deliver(Frame(257));
  chip.Deliver(Frame(254));
  ExpectFrame(mac.Receive(), Frame(254));
  EXPECT_EQ(mac.stats().rx_too_long, 1u);
}

struct ErrorCase {
  uint32_t bit;
  uint32_t Lan9118Stats::* counter;
};

class Lan9118ReceiveError : public Lan9118Receive, public testing::WithParamInterface<ErrorCase> {};

TEST_P(Lan9118ReceiveError, IsCountedByKind) {
  chip_.Deliver(Frame(100), 0x8000 | GetParam().bit);
  chip_.Deliver(Frame(60, 9));
  ExpectFrame(mac_.Receive(), Frame(60, 9));
  EXPECT_EQ(mac_.stats().rx_errors, 1u);
  EXPECT_EQ(mac_.details().*GetParam().counter, 1u);
  EXPECT_EQ(chip_.rx_words(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Lan9118ReceiveError,
                         testing::Values(ErrorCase{0x0002, &Lan9118Stats::rx_crc_errors},
                                         ErrorCase{0x0008, &Lan9118Stats::rx_mii_errors},
                                         ErrorCase{0x0010, &Lan9118Stats::rx_watchdog},
                                         ErrorCase{0x0040, &Lan9118Stats::rx_collisions},
                                         ErrorCase{0x0800, &Lan9118Stats::rx_runts},
                                         ErrorCase{0x1000, &Lan9118Stats::rx_length_errors}));

TEST_F(Lan9118Receive, HungFastForwardIsGivenUp) {
  chip_.HangFastForward();
  chip_.Deliver(Frame(100), 0x8002);
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
}

TEST_F(Lan9118Receive, ReceiverErrorIsHealedByAReset) {
  chip_.RaiseInterrupts(0x4000);
  const uint32_t resets = chip_.resets();
  Run(1s);
  EXPECT_EQ(chip_.resets(), resets + 1);
  EXPECT_EQ(mac_.details().rx_restarts, 1u);
  EXPECT_TRUE(mac_.link().is_up());
  chip_.Deliver(Frame(60, 3));
  ExpectFrame(mac_.Receive(), Frame(60, 3));
}

TEST_F(Lan9118Receive, DeadChipHasNoFrames) {
  chip_.Die(0xffff'ffff);
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  EXPECT_EQ(mac_.stats().rx_errors, 0u);
}

TEST_F(Lan9118Receive, FiltersByAddress) {
  const ByteVector broadcast(60, std::byte{0xff});
  ByteVector multicast = Frame(60);
  multicast[0] = std::byte{0x01};
  ByteVector other = Frame(60);
  other[5] = std::byte{0x31};
  const auto accepted = [&] {
    return std::array{chip_.Deliver(Frame(60)), chip_.Deliver(broadcast), chip_.Deliver(multicast),
                      chip_.Deliver(other)};
  };
  EXPECT_EQ(accepted(), (std::array{true, true, false, false}));
  mac_.SetReceiveFilter(ReceiveFilter::kAllMulticast);
  Run(1ms);
  EXPECT_EQ(accepted(), (std::array{true, true, true, false}));
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  Run(1ms);
  EXPECT_EQ(accepted(), (std::array{true, true, true, true}));
  mac_.SetReceiveFilter(ReceiveFilter::kAddressed);
  Run(1ms);
  EXPECT_EQ(accepted(), (std::array{true, true, false, false}));
}

class Lan9118ReceiveWordwise : public Lan9118Fixture {
 protected:
  Lan9118ReceiveWordwise() : Lan9118Fixture({.fast_forward = false}) {}
};

TEST_F(Lan9118ReceiveWordwise, DropsWithoutFastForward) {
  Start();
  for (size_t size = 60; size < 68; ++size) {
    chip_.Deliver(Frame(size), 0x8002);
    chip_.Deliver(Frame(60, 5));
    ExpectFrame(mac_.Receive(), Frame(60, 5));
    EXPECT_EQ(chip_.rx_words(), 0u);
  }
  EXPECT_EQ(chip_.fast_forwards(), 0u);
  EXPECT_EQ(mac_.stats().rx_errors, 8u);
}

}  // namespace
}  // namespace drivers
