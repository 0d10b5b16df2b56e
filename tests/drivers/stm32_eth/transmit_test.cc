// Packets of every shape to the wire, room, status words, interrupts.
#include <vector>

#include "tests/drivers/stm32_eth/stm32_eth_fixture.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Holder;
using base::Status;
using test::ByteVector;

constexpr uint32_t kTransmitDemand = 0x1004;
constexpr uint32_t kDmasr = 0x1014;
constexpr uint32_t kDmaier = 0x101c;
constexpr uint32_t kError = 1u << 15;

class Stm32EthTransmit : public Stm32EthFixture {
 protected:
  void SetUp() override { Start(); }

  // `bytes` as a chain of parts that end at `cuts`.
  base::Pbuf MakeChain(const ByteVector& bytes, const std::vector<size_t>& cuts) {
    base::Pbuf chain;
    size_t from = 0;
    for (size_t i = 0; i <= cuts.size(); ++i) {
      const size_t to = i < cuts.size() ? cuts[i] : bytes.size();
      base::Pbuf part = MakePbuf(base::ConstByteSpan(bytes).subspan(from, to - from), i % 4);
      if (chain) {
        chain.Chain(std::move(part));
      } else {
        chain = std::move(part);
      }
      from = to;
    }
    return chain;
  }
  // Sends `bytes` as `packet`, lets it out with `status` and reaps.
  void ExpectSent(base::Pbuf packet, const ByteVector& bytes, uint32_t status = 0) {
    ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
    EXPECT_EQ(chip_.Transmit(status), bytes);
    mac_.ReapTransmitted();
    EXPECT_EQ(Held(Holder::kDriverTransmit), 0u);
    EXPECT_EQ(mac_.transmit_room(), kTx / 2);
  }
  void ExpectStatus(uint32_t status) { ExpectSent(MakePbuf(Frame(60)), Frame(60), status); }
};

TEST_F(Stm32EthTransmit, EverySizeAtEveryAlignment) {
  for (size_t size = 14; size <= 1514; ++size) {
    const ByteVector frame = Frame(size, static_cast<uint8_t>(size));
    ExpectSent(MakePbuf(frame, size % 4), frame);
  }
  EXPECT_EQ(mac_.stats().tx_frames, 1501u);
  EXPECT_EQ(mac_.details().tx_copied, 0u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
}

TEST_F(Stm32EthTransmit, NoByteIsCopied) {
  base::Pbuf packet = MakePbuf(Frame(100));
  const auto address = reinterpret_cast<uintptr_t>(packet.data());
  ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
  EXPECT_EQ(chip_.tx(0).word[2], address);
  EXPECT_EQ(Held(Holder::kDriverTransmit), 1u);
  EXPECT_EQ(Held(Holder::kStack), 0u);
  EXPECT_EQ(chip_.TakeWrites(kTransmitDemand).size(), 1u);
  // The wire has it, but nobody reaped.
  chip_.Transmit();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 1u);
  mac_.ReapTransmitted();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 0u);
}

TEST_F(Stm32EthTransmit, TwoPartsShareADescriptor) {
  const ByteVector frame = Frame(400);
  ExpectSent(MakeChain(frame, {54}), frame);
  EXPECT_EQ(chip_.descriptors_sent(), 1u);
  ExpectSent(MakeChain(frame, {14, 34}), frame);
  EXPECT_EQ(chip_.descriptors_sent(), 3u);
  ExpectSent(MakeChain(frame, {14, 34, 54}), frame);
  EXPECT_EQ(chip_.descriptors_sent(), 5u);
  EXPECT_EQ(mac_.details().tx_copied, 0u);
}

TEST_F(Stm32EthTransmit, FramesOfTwoDescriptorsGoRoundTheRing) {
  for (size_t i = 0; i < 4 * kTx; ++i) {
    const ByteVector frame = Frame(300 + i);
    // Every place of the ring sees a frame that begins, and one that ends there.
    ExpectSent(
        MakeChain(frame, i % 3 == 0 ? std::vector<size_t>{100} : std::vector<size_t>{14, 34}),
        frame);
  }
}

TEST_F(Stm32EthTransmit, EmptyPartsAreNoneOfTheFrame) {
  const ByteVector frame = Frame(60);
  ExpectSent(MakeChain(frame, {14, 14}), frame);
  ExpectSent(MakeChain(frame, {60}), frame);
}

TEST_F(Stm32EthTransmit, ManyPartsAreCopied) {
  const ByteVector frame = Frame(400);
  ExpectSent(MakeChain(frame, {1, 5, 9, 54}), frame);
  EXPECT_EQ(mac_.details().tx_copied, 1u);
  EXPECT_EQ(chip_.descriptors_sent(), 1u);
  EXPECT_EQ(Held(Holder::kStack), 0u);
}

// Flash, or memory of the core alone.
TEST_F(Stm32EthTransmit, PartsOutOfReachAreCopied) {
  const ByteVector frame = Frame(400);
  base::Pbuf packet = MakePbuf(base::ConstByteSpan(frame).first(54));
  packet.Chain(pools().Wrap(base::ConstByteSpan(frame).subspan(54), Holder::kStack).value());
  ExpectSent(std::move(packet), frame);
  EXPECT_EQ(mac_.details().tx_copied, 1u);
  EXPECT_EQ(pools().part_stats().in_use, 0u) << "the original is let go";
}

TEST_F(Stm32EthTransmit, WithoutABufferForTheCopyTheFrameIsRefused) {
  const ByteVector frame = Frame(400);
  base::Pbuf packet = pools().Wrap(frame, Holder::kStack).value();
  pools().FailAllocation(1);
  EXPECT_EQ(mac_.Transmit(std::move(packet)), Status::kResourceExhausted);
  EXPECT_EQ(mac_.details().tx_copied, 0u);
  EXPECT_EQ(mac_.transmit_room(), kTx / 2);
  EXPECT_TRUE(packet) << "it still belongs to the caller";
  EXPECT_TRUE(chip_.Transmit().empty());
  ExpectSent(std::move(packet), frame);
}

TEST_F(Stm32EthTransmit, BuffersOutOfReachAreNeverHandedOver) {
  test::PoolsStorage<16, 16, 32> elsewhere;
  Stm32EthRings rings = memory_->rings.rings();
  rings.rx = rings.rx.first(0);
  Stm32Eth mac(chip_, elsewhere.pools(), rings, Config());
  ASSERT_EQ(mac.Start(kOwn), Status::kOk);
  ASSERT_EQ(mac.SetLoopback(base::Loopback::kMac), Status::kOk);
  mac.Poll(now_);
  base::Pbuf packet = elsewhere.pools().Allocate(0, 100, Holder::kStack).value();
  packet.Append(100);
  EXPECT_EQ(mac.Transmit(std::move(packet)), Status::kResourceExhausted);
  EXPECT_EQ(mac.details().tx_copied, 0u);
  EXPECT_EQ(elsewhere.in_use(), 1u);
}

TEST_F(Stm32EthTransmit, LessThanAnEthernetHeaderIsRefused) {
  base::Pbuf packet = MakePbuf(Frame(13));
  EXPECT_EQ(mac_.Transmit(std::move(packet)), Status::kInvalidArgument);
  EXPECT_TRUE(packet);
  EXPECT_TRUE(chip_.Transmit().empty());
}

TEST_F(Stm32EthTransmit, FullRingRefuses) {
  EXPECT_EQ(mac_.transmit_room(), 3u);
  for (size_t i = 0; i < kTx - 1; ++i) {
    ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60 + i))), Status::kOk);
    EXPECT_EQ(mac_.transmit_room(), (kTx - 1 - i) / 2);
  }
  // One descriptor is left, and the next frame might need two.
  base::Pbuf packet = MakePbuf(Frame(100));
  EXPECT_EQ(mac_.Transmit(std::move(packet)), Status::kUnavailable);
  EXPECT_TRUE(packet);
  EXPECT_EQ(mac_.stats().tx_no_room, 1u);
  EXPECT_EQ(Held(Holder::kDriverTransmit), kTx - 1);
  // It looks for itself whether the wire has something.
  EXPECT_EQ(chip_.Transmit(), Frame(60));
  EXPECT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
  for (size_t i = 1; i < kTx - 1; ++i) {
    EXPECT_EQ(chip_.Transmit(), Frame(60 + i));
  }
  EXPECT_EQ(chip_.Transmit(), Frame(100));
  mac_.ReapTransmitted();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 0u);
  EXPECT_EQ(mac_.transmit_room(), 3u);
}

TEST_F(Stm32EthTransmit, ReapsNoMoreThanTheDmaClosed) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakeChain(Frame(200), {14, 34})), Status::kOk);
  mac_.ReapTransmitted();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 4u);
  chip_.Transmit();
  mac_.ReapTransmitted();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 3u);
  // The first of two descriptors is closed when its buffers were read; the frame stays.
  chip_.tx(1).word[0] &= ~(1u << 31);
  mac_.ReapTransmitted();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 3u);
  chip_.tx(2).word[0] &= ~(1u << 31);
  mac_.ReapTransmitted();
  EXPECT_EQ(Held(Holder::kDriverTransmit), 0u);
}

TEST_F(Stm32EthTransmit, ErrorsAreCountedByCause) {
  const Stm32EthStats& details = mac_.details();
  ExpectStatus(kError | 1u << 11);
  EXPECT_EQ(details.tx_loss_of_carrier, 1u);
  ExpectStatus(kError | 1u << 10);
  EXPECT_EQ(details.tx_no_carrier, 1u);
  ExpectStatus(kError | 1u << 9);
  EXPECT_EQ(details.tx_late_collisions, 1u);
  ExpectStatus(kError | 1u << 8 | 15u << 3);
  EXPECT_EQ(details.tx_excess_collisions, 1u);
  ExpectStatus(kError | 1u << 2);
  EXPECT_EQ(details.tx_excess_deferrals, 1u);
  ExpectStatus(kError | 1u << 1);
  EXPECT_EQ(details.tx_underruns, 1u);
  EXPECT_EQ(mac_.stats().tx_errors, 6u);
  EXPECT_EQ(details.tx_collisions, 0u);
  ExpectStatus(3u << 3);
  ExpectStatus(1u << 0);  // deferred
  EXPECT_EQ(details.tx_collisions, 3u);
  EXPECT_EQ(mac_.stats().tx_errors, 6u);
  EXPECT_EQ(details.tx_loss_of_carrier + details.tx_no_carrier + details.tx_late_collisions +
                details.tx_excess_collisions + details.tx_excess_deferrals + details.tx_underruns,
            6u);
}

// Interrupts. The board calls OnInterrupt when the line rises, and ArmInterrupt before it sleeps.
constexpr uint32_t kArmed = 0x0001'a040;  // NISE, AISE, FBEIE, RIE

TEST_F(Stm32EthTransmit, SleepsWhenThereIsNothingToDo) {
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(chip_.reg(kDmaier), kArmed);
  mac_.OnInterrupt();
  EXPECT_EQ(chip_.reg(kDmaier), 0u);
}

TEST_F(Stm32EthTransmit, ReceivedFrameIsWork) {
  ASSERT_TRUE(chip_.Receive(Frame(60)));
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_EQ(chip_.reg(kDmaier), 0u);
  EXPECT_EQ(chip_.reg(kDmasr), 0u) << "what was seen is taken back";
  EXPECT_TRUE(mac_.Receive());
  EXPECT_TRUE(mac_.ArmInterrupt());
}

TEST_F(Stm32EthTransmit, EventsAreTakenBackBeforeTheyAreLookedAt) {
  // All but the bus error, which only a reset ends.
  chip_.reg(kDmasr) = 0x0001'ffff & ~(1u << 13);
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(chip_.reg(kDmasr), 0u);
}

TEST_F(Stm32EthTransmit, BusErrorIsWorkForPoll) {
  chip_.reg(kDmasr) = 1u << 13 | 1u << 15;
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_EQ(chip_.reg(kDmasr), 1u << 13);
  mac_.Poll(now_);
  EXPECT_EQ(mac_.details().bus_errors, 1u);
  EXPECT_TRUE(mac_.ArmInterrupt());
}

TEST_F(Stm32EthTransmit, BusErrorThatCannotBeHealedNowIsNoReasonToStayAwake) {
  chip_.has_ref_clk = false;
  chip_.reg(kDmasr) = 1u << 13;
  mac_.CheckLink();
  mac_.Poll(now_);
  EXPECT_TRUE(mac_.ArmInterrupt());
}

TEST_F(Stm32EthTransmit, RoomIsWorkOnceSomebodyWantsIt) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  chip_.Transmit();
  EXPECT_TRUE(mac_.ArmInterrupt()) << "nobody waits for room";
  EXPECT_EQ(chip_.reg(kDmaier), kArmed);
  mac_.ReapTransmitted();

  for (size_t i = 0; i < kTx - 1; ++i) {
    ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  }
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kUnavailable);
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(chip_.reg(kDmaier), kArmed | 1u);
  chip_.Transmit();
  mac_.OnInterrupt();
  EXPECT_FALSE(mac_.ArmInterrupt());
  mac_.ReapTransmitted();
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_EQ(chip_.reg(kDmaier), kArmed);
}

}  // namespace
}  // namespace drivers
