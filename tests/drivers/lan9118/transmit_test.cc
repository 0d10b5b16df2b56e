// Packets of every shape to the wire, room, status words, loopback, interrupts.
#include <memory>
#include <vector>

#include "tests/drivers/lan9118/lan9118_fixture.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::ByteVector;

class Lan9118Transmit : public Lan9118Fixture {
 protected:
  void SetUp() override { Start(); }

  // `bytes` as a chain of parts that end at `cuts` and start `offset` bytes behind a word each.
  base::Pbuf MakeChain(const ByteVector& bytes, const std::vector<size_t>& cuts, size_t offset) {
    base::Pbuf chain;
    size_t from = 0;
    for (size_t i = 0; i <= cuts.size(); ++i) {
      const size_t to = i < cuts.size() ? cuts[i] : bytes.size();
      base::Pbuf part =
          MakePbuf(base::ConstByteSpan(bytes).subspan(from, to - from), (offset + i) % 4);
      if (chain) {
        chain.Chain(std::move(part));
      } else {
        chain = std::move(part);
      }
      from = to;
    }
    return chain;
  }

  void ExpectSent(const ByteVector& bytes) {
    ASSERT_EQ(chip_.sent().size(), 1u);
    ByteVector padded = bytes;
    padded.resize(std::max<size_t>(bytes.size(), 60));
    EXPECT_EQ(chip_.sent().front(), padded);
    chip_.sent().clear();
    mac_.ReapTransmitted();
  }
};

TEST_F(Lan9118Transmit, EverySizeAtEveryAlignment) {
  for (size_t size = 14; size <= 1514; ++size) {
    const ByteVector frame = Frame(size, static_cast<uint8_t>(size));
    ASSERT_EQ(mac_.Transmit(MakePbuf(frame, size % 4)), Status::kOk);
    ExpectSent(frame);
  }
  EXPECT_EQ(mac_.stats().tx_frames, 1501u);
  EXPECT_EQ(pools_.in_use(), 0u);
}

TEST_F(Lan9118Transmit, HeaderAndPayloadAreTwoPieces) {
  for (size_t offset = 0; offset < 4; ++offset) {
    for (size_t size = 55; size < 64; ++size) {
      const ByteVector frame = Frame(size);
      ASSERT_EQ(mac_.Transmit(MakeChain(frame, {54}, offset)), Status::kOk);
      EXPECT_EQ(chip_.tx_pieces(), 2u);
      ExpectSent(frame);
    }
  }
}

TEST_F(Lan9118Transmit, ChainsOfAnyShape) {
  const std::vector<std::vector<size_t>> shapes = {
      {1}, {1, 5}, {14, 34, 54}, {54, 58}, {3, 7, 11, 15, 19}, {100, 200, 300, 399}};
  for (const auto& cuts : shapes) {
    for (size_t offset = 0; offset < 4; ++offset) {
      const ByteVector frame = Frame(400);
      ASSERT_EQ(mac_.Transmit(MakeChain(frame, cuts, offset)), Status::kOk);
      EXPECT_EQ(chip_.tx_pieces(), cuts.size() + 1);
      ExpectSent(frame);
    }
  }
}

TEST_F(Lan9118Transmit, PiecesTooSmallForTheChipAreGathered) {
  for (size_t small = 1; small < 4; ++small) {
    const ByteVector frame = Frame(101);
    ASSERT_EQ(mac_.Transmit(MakeChain(frame, {54, 54 + small}, 1)), Status::kOk);
    EXPECT_EQ(chip_.tx_pieces(), 1u);
    ExpectSent(frame);
  }
}

// Both parts start and end in the middle of a word: the most that two pieces can take.
TEST_F(Lan9118Transmit, ThreeLargestFramesInTwoPiecesFit) {
  chip_.HoldTransmitter(true);
  for (int i = 0; i < 3; ++i) {
    base::Pbuf packet = MakePbuf(base::ConstByteSpan(Frame(1514)).first(54), 3);
    packet.Chain(MakePbuf(base::ConstByteSpan(Frame(1514)).subspan(54), 3));
    ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
    EXPECT_EQ(chip_.tx_pieces(), 2u);
  }
}

TEST_F(Lan9118Transmit, PacketInTooManyPiecesIsGathered) {
  std::vector<size_t> cuts;
  for (size_t cut = 60; cut < 1514; cut += 60) {
    cuts.push_back(cut);
  }
  const ByteVector frame = Frame(1514);
  ASSERT_EQ(mac_.Transmit(MakeChain(frame, cuts, 0)), Status::kOk);
  EXPECT_EQ(chip_.tx_pieces(), 1u);
  ExpectSent(frame);
}

TEST_F(Lan9118Transmit, EmptyPartsAreNothing) {
  const ByteVector frame = Frame(100);
  for (const auto& cuts : std::vector<std::vector<size_t>>{{0}, {100}, {0, 54, 54, 100}}) {
    ASSERT_EQ(mac_.Transmit(MakeChain(frame, cuts, 2)), Status::kOk);
    ExpectSent(frame);
  }
}

TEST_F(Lan9118Transmit, MemoryOfOthersAtAnyByte) {
  // Exactly as large as the payload, so that the sanitizer sees a byte too many.
  for (size_t skip = 0; skip < 4; ++skip) {
    const ByteVector frame = Frame(54 + 64 - skip);
    const auto memory = std::make_unique<std::byte[]>(64);
    std::copy(frame.begin() + 54, frame.end(), memory.get() + skip);
    base::Pbuf packet = MakePbuf(base::ConstByteSpan(frame).first(54));
    packet.Chain(
        pools_.pools().Wrap({memory.get() + skip, 64 - skip}, base::Holder::kStack).value());
    ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
    ExpectSent(frame);
  }
}

TEST_F(Lan9118Transmit, LetsGoOfTheFrameAtOnce) {
  base::Pbuf packet = MakePbuf(Frame(60));
  ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
  EXPECT_FALSE(packet);
  EXPECT_EQ(pools_.in_use(), 0u);
}

TEST_F(Lan9118Transmit, RefusesWhatIsNoFrame) {
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(13))), Status::kInvalidArgument);
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(1515))), Status::kInvalidArgument);
  EXPECT_TRUE(chip_.sent().empty());
}

TEST_F(Lan9118Transmit, RoomIsWhatTransmitTakes) {
  chip_.HoldTransmitter(true);
  size_t room = mac_.transmit_room();
  EXPECT_EQ(room, 3u);
  for (; room > 0; --room) {
    ASSERT_EQ(mac_.Transmit(MakeChain(Frame(1514), {54}, 1)), Status::kOk);
    EXPECT_EQ(mac_.transmit_room(), room - 1);
  }
  base::Pbuf refused = MakePbuf(Frame(1514));
  EXPECT_EQ(mac_.Transmit(std::move(refused)), Status::kUnavailable);
  EXPECT_TRUE(refused);
  EXPECT_EQ(mac_.stats().tx_no_room, 1u);
  chip_.ReleaseOne();
  EXPECT_EQ(mac_.transmit_room(), 1u);
  EXPECT_EQ(mac_.Transmit(std::move(refused)), Status::kOk);
}

TEST_F(Lan9118Transmit, StatusFifoNeverOverruns) {
  chip_.HoldTransmitter(true);
  size_t taken = 0;
  while (mac_.Transmit(MakePbuf(Frame(14))) == Status::kOk) {
    ++taken;
  }
  EXPECT_GT(taken, 100u);
  EXPECT_LT(taken, test::Lan9118Model::kTxStatusWords);
  EXPECT_EQ(mac_.transmit_room(), 0u);
  chip_.HoldTransmitter(false);
  EXPECT_EQ(mac_.transmit_room(), 3u);
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(14))), Status::kOk);
}

TEST_F(Lan9118Transmit, ManyFramesWithoutReaping) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  }
  EXPECT_EQ(chip_.sent().size(), 1000u);
}

struct ErrorCase {
  uint32_t bit;
  uint32_t Lan9118Stats::* counter;
};

class Lan9118TransmitError : public Lan9118Transmit,
                             public testing::WithParamInterface<ErrorCase> {};

TEST_P(Lan9118TransmitError, IsCountedByKind) {
  chip_.FailTransmits(0x8000 | GetParam().bit);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  Run(1s);
  EXPECT_EQ(chip_.sent().size(), 1u);
  EXPECT_EQ(mac_.stats().tx_errors, 1u);
  EXPECT_EQ(mac_.details().*GetParam().counter, 1u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Lan9118TransmitError,
                         testing::Values(ErrorCase{0x0800, &Lan9118Stats::tx_loss_of_carrier},
                                         ErrorCase{0x0400, &Lan9118Stats::tx_no_carrier},
                                         ErrorCase{0x0200, &Lan9118Stats::tx_late_collisions},
                                         ErrorCase{0x0100, &Lan9118Stats::tx_excessive_collisions},
                                         ErrorCase{0x0004, &Lan9118Stats::tx_excessive_deferrals},
                                         ErrorCase{0x0002, &Lan9118Stats::tx_underruns}));

TEST_F(Lan9118Transmit, CollisionsOfFramesThatLeftAreNoErrors) {
  chip_.FailTransmits(0x0018);  // three collisions, then sent
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  Run(1s);
  EXPECT_EQ(mac_.details().tx_collisions, 3u);
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
}

TEST_F(Lan9118Transmit, TransmitterErrorIsHealedByAReset) {
  chip_.RaiseInterrupts(0x2000);
  Run(1s);
  EXPECT_EQ(mac_.details().tx_restarts, 1u);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  ExpectSent(Frame(60));
}

class Lan9118Loopback : public Lan9118Transmit,
                        public testing::WithParamInterface<base::Loopback> {};

TEST_P(Lan9118Loopback, ReturnsTheFrameWithoutACable) {
  chip_.phy().Unplug();
  Run(1s);
  EXPECT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kUnreachable);
  ASSERT_EQ(mac_.SetLoopback(GetParam()), Status::kOk);
  Run(10ms);
  ASSERT_TRUE(mac_.link().is_up());
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(777))), Status::kOk);
  EXPECT_TRUE(chip_.sent().empty());
  const auto frame = mac_.Receive();
  ASSERT_TRUE(frame);
  EXPECT_EQ(test::ToVector(frame->bytes()), Frame(777));

  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kOff), Status::kOk);
  Run(10ms);
  EXPECT_FALSE(mac_.link().is_up());
  chip_.phy().PlugIn();
  Run(3s);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  ExpectSent(Frame(60));
}

INSTANTIATE_TEST_SUITE_P(Places, Lan9118Loopback,
                         testing::Values(base::Loopback::kMac, base::Loopback::kPhy));

TEST(Lan9118LoopbackTest, MacWithoutOneSaysSo) {
  test::TestPools pools;
  test::Lan9118Model chip;
  Lan9118 mac(chip, pools.pools(), {.mac_loopback = false});
  ASSERT_EQ(mac.Start(kOwn), Status::kOk);
  EXPECT_EQ(mac.SetLoopback(base::Loopback::kMac), Status::kUnimplemented);
  EXPECT_FALSE(mac.capabilities().mac_loopback);
}

class Lan9118Interrupt : public Lan9118Transmit {
 protected:
  // Goes round as a main loop does until the driver lets it sleep.
  void Settle() {
    for (int i = 0; i < 10 && !mac_.ArmInterrupt(); ++i) {
      Run(1ms);
      while (mac_.Receive()) {
      }
    }
  }
};

TEST_F(Lan9118Interrupt, IsOffUntilArmed) {
  chip_.Deliver(Frame(60));
  EXPECT_FALSE(chip_.interrupt_line());
}

TEST_F(Lan9118Interrupt, ReceivedFrameInterruptsOnce) {
  Settle();
  EXPECT_FALSE(chip_.interrupt_line());
  chip_.Deliver(Frame(60));
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(chip_.interrupt_line());
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_TRUE(mac_.Receive());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip_.interrupt_line());
}

TEST_F(Lan9118Interrupt, FrameBetweenTheLastLookAndArmingIsNotLost) {
  Settle();
  mac_.OnInterrupt();
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
  chip_.Deliver(Frame(60));
  EXPECT_FALSE(mac_.ArmInterrupt());
}

TEST_F(Lan9118Interrupt, LinkChangeInterruptsAndIsSeen) {
  Settle();
  chip_.phy().Unplug();
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(mac_.ArmInterrupt());
  mac_.Poll(now_);
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip_.interrupt_line());
}

TEST_F(Lan9118Interrupt, NewRoomInterruptsOnlyAfterARefusal) {
  Settle();
  chip_.HoldTransmitter(true);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  chip_.ReleaseOne();
  EXPECT_FALSE(chip_.interrupt_line());
  base::Pbuf frame = MakePbuf(Frame(1514));
  while (mac_.Transmit(std::move(frame)) == Status::kOk) {
    frame = MakePbuf(Frame(1514));
  }
  Settle();
  EXPECT_FALSE(chip_.interrupt_line());
  chip_.ReleaseOne();
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_EQ(mac_.Transmit(std::move(frame)), Status::kOk);
  Settle();
  EXPECT_FALSE(chip_.interrupt_line());
}

TEST_F(Lan9118Interrupt, ReceiverErrorInterruptsAndIsHealed) {
  Settle();
  chip_.RaiseInterrupts(0x4000);
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(mac_.ArmInterrupt());
  mac_.Poll(now_);
  EXPECT_EQ(mac_.details().rx_restarts, 1u);
  Settle();
  EXPECT_FALSE(chip_.interrupt_line());
}

}  // namespace
}  // namespace drivers
