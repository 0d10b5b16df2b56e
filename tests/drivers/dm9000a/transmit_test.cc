// Frames out: two buffers, parts of any shape, results, a transmitter that hangs, loopbacks.
#include <vector>

#include "tests/drivers/dm9000a/dm9000a_fixture.h"
#include "tests/support/same_fields.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::ByteVector;

class Dm9000aTransmitTest : public Dm9000aFixture {
 protected:
  using Dm9000aFixture::Dm9000aFixture;
  void SetUp() override { Start(); }

  Status Send(const ByteVector& frame, size_t offset = 2) {
    return mac_.Transmit(MakePbuf(frame, offset));
  }
  // Lets the wire take what the chip has.
  void Finish() {
    for (int i = 0; i < 3; ++i) {
      clock_.Pass(2 * test::kMillisecond);
      chip_.Advance();
      mac_.ReapTransmitted();
    }
  }
  void ExpectSent(const ByteVector& expected) {
    ASSERT_FALSE(chip_.sent().empty());
    EXPECT_EQ(chip_.sent().front(), expected);
    chip_.sent().pop_front();
  }
};

TEST_F(Dm9000aTransmitTest, SendsEverySizeFromEveryAlignment) {
  for (size_t size = 60; size <= 1514; size = size < 70 ? size + 1 : size + 13) {
    for (size_t offset = 0; offset < 4; ++offset) {
      ASSERT_EQ(Send(Frame(size, static_cast<uint8_t>(size)), offset), Status::kOk);
      Finish();
      ExpectSent(Frame(size, static_cast<uint8_t>(size)));
    }
  }
  EXPECT_TRUE(chip_.sent().empty());
  EXPECT_TRUE(test::SameFields(mac_.details(), Dm9000aStats{}));
  EXPECT_EQ(pools_.in_use(), 0u);
}

TEST_F(Dm9000aTransmitTest, TheChipPadsShortFrames) {
  ASSERT_EQ(Send(Frame(14)), Status::kOk);
  Finish();
  ByteVector padded = Frame(14);
  padded.resize(60);
  EXPECT_EQ(chip_.sent().front().size(), 60u);
  EXPECT_TRUE(std::ranges::equal(Frame(14), std::span(chip_.sent().front()).first(14)));
}

TEST_F(Dm9000aTransmitTest, RefusesLessThanAHeader) {
  EXPECT_EQ(Send(Frame(13)), Status::kInvalidArgument);
}

TEST_F(Dm9000aTransmitTest, PutsPartsOfAnyShapeTogether) {
  const ByteVector frame = Frame(200);
  for (const std::vector<size_t>& cuts : {std::vector<size_t>{14},
                                          {15},
                                          {1, 2, 3},
                                          {33, 34, 101},
                                          {14, 14, 55, 199},
                                          {7, 100, 101}}) {
    base::Pbuf packet = MakePbuf(std::span(frame).first(cuts[0]));
    for (size_t i = 0; i < cuts.size(); ++i) {
      const size_t end = i + 1 < cuts.size() ? cuts[i + 1] : frame.size();
      packet.Chain(MakePbuf(std::span(frame).subspan(cuts[i], end - cuts[i]), i % 4));
    }
    ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
    Finish();
    ExpectSent(frame);
  }
}

TEST_F(Dm9000aTransmitTest, OneLeavesWhileTheNextOneWaits) {
  EXPECT_EQ(mac_.transmit_room(), 2u);
  ASSERT_EQ(Send(Frame(1514, 1)), Status::kOk);
  EXPECT_EQ(mac_.transmit_room(), 1u);
  ASSERT_EQ(Send(Frame(1513, 2)), Status::kOk);
  EXPECT_EQ(mac_.transmit_room(), 0u);
  base::Pbuf third = MakePbuf(Frame(60, 3));
  EXPECT_EQ(mac_.Transmit(std::move(third)), Status::kUnavailable);
  ASSERT_TRUE(third) << "still the caller's";
  EXPECT_EQ(mac_.stats().tx_no_room, 1u);
  clock_.Pass(130 * test::kMicrosecond);
  EXPECT_EQ(mac_.Transmit(std::move(third)), Status::kOk) << "the first one has left";
  Finish();
  ExpectSent(Frame(1514, 1));
  ExpectSent(Frame(1513, 2));
  ExpectSent(Frame(60, 3));
}

TEST_F(Dm9000aTransmitTest, KeepsItsPlaceOverManyFrames) {
  for (uint8_t i = 0; i < 100; ++i) {
    ASSERT_EQ(Send(Frame(700 + i, i)), Status::kOk);
    if (i % 2 == 1) {
      Finish();
    }
  }
  for (uint8_t i = 0; i < 100; ++i) {
    ExpectSent(Frame(700 + i, i));
  }
}

TEST_F(Dm9000aTransmitTest, InterruptsForRoomOnlyWhenItWasWanted) {
  ASSERT_TRUE(FallAsleep());
  ASSERT_EQ(Send(Frame(1514, 1)), Status::kOk);
  ASSERT_TRUE(mac_.ArmInterrupt());
  clock_.Pass(test::kMillisecond);
  EXPECT_FALSE(chip_.is_interrupting()) << "nobody waits for it";
  Finish();
  ASSERT_EQ(Send(Frame(1514, 2)), Status::kOk);
  ASSERT_EQ(Send(Frame(1514, 3)), Status::kOk);
  EXPECT_EQ(Send(Frame(1514, 4)), Status::kUnavailable);
  ASSERT_TRUE(mac_.ArmInterrupt());
  clock_.Pass(test::kMillisecond);
  EXPECT_TRUE(chip_.is_interrupting());
  EXPECT_FALSE(mac_.ArmInterrupt()) << "there is room";
  EXPECT_EQ(mac_.transmit_room(), 1u);
}

TEST_F(Dm9000aTransmitTest, CountsResultsByCause) {
  for (const uint8_t status : std::initializer_list<uint8_t>{0x80, 0x40, 0x20, 0x18, 0x0c, 0x08}) {
    chip_.FailTransmits(status, 1);
    ASSERT_EQ(Send(Frame(60)), Status::kOk);
    Finish();
  }
  EXPECT_EQ(mac_.stats().tx_errors, 5u);
  const Dm9000aStats expected{.tx_jabber = 1,
                              .tx_loss_of_carrier = 1,
                              .tx_no_carrier = 1,
                              .tx_late_collisions = 1,
                              .tx_collisions = 3,
                              .tx_excessive_collisions = 1};
  EXPECT_TRUE(test::SameFields(mac_.details(), expected));
}

TEST_F(Dm9000aTransmitTest, ResetsATransmitterThatHangs) {
  chip_.SetFault("tx-stall", true);
  ASSERT_EQ(Send(Frame(60, 1)), Status::kOk);
  ASSERT_EQ(Send(Frame(60, 2)), Status::kOk);
  Run(900ms);
  EXPECT_EQ(mac_.details().tx_stalls, 0u);
  chip_.SetFault("tx-stall", true);
  Run(400ms);
  EXPECT_EQ(mac_.details().tx_stalls, 1u);
  EXPECT_EQ(mac_.stats().tx_errors, 2u);
  EXPECT_EQ(mac_.transmit_room(), 2u);
  chip_.SetFault("tx-stall", false);
  ASSERT_EQ(Send(Frame(60, 3)), Status::kOk);
  Finish();
  ExpectSent(Frame(60, 3));
}

TEST_F(Dm9000aTransmitTest, NothingLeavesWithoutALink) {
  chip_.Unplug();
  Run(1s);
  EXPECT_EQ(Send(Frame(60)), Status::kUnreachable);
}

TEST_F(Dm9000aTransmitTest, TurnsFramesBackInMacAndPhy) {
  chip_.Unplug();
  Run(1s);
  for (const base::Loopback loopback : {base::Loopback::kMac, base::Loopback::kPhy}) {
    ASSERT_EQ(mac_.SetLoopback(loopback), Status::kOk);
    mac_.Poll(Now());
    ASSERT_TRUE(mac_.link().is_up());
    ASSERT_EQ(Send(Frame(777)), Status::kOk);
    Finish();
    ExpectReceived(Frame(777));
  }
  EXPECT_TRUE(chip_.sent().empty());
  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kOff), Status::kOk);
  mac_.Poll(Now());
  EXPECT_FALSE(mac_.link().is_up());
}

TEST_F(Dm9000aTransmitTest, CarrierDoesNotCountInLoopback) {
  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kMac), Status::kOk);
  mac_.Poll(Now());
  chip_.FailTransmits(0x60, 1);
  ASSERT_EQ(Send(Frame(60)), Status::kOk);
  Finish();
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
}

// Chips that keep the ends of transmission when they are read.
class Dm9000aKeepsEndsTest : public Dm9000aTransmitTest {
 protected:
  Dm9000aKeepsEndsTest() : Dm9000aTransmitTest(test::Dm9000aOptions{.nsr_clears_by_read = false}) {}
};

TEST_F(Dm9000aKeepsEndsTest, EachEndCountsOnce) {
  chip_.FailTransmits(0x04, 1);
  ASSERT_EQ(Send(Frame(1514, 1)), Status::kOk);
  ASSERT_EQ(Send(Frame(1514, 2)), Status::kOk);
  clock_.Pass(130 * test::kMicrosecond);
  mac_.ReapTransmitted();
  EXPECT_EQ(mac_.transmit_room(), 1u);
  mac_.ReapTransmitted();
  EXPECT_EQ(mac_.transmit_room(), 1u) << "the second one is still on its way";
  Finish();
  EXPECT_EQ(mac_.details().tx_excessive_collisions, 1u);
  ExpectSent(Frame(1514, 2));
}

class Dm9000aNarrowTransmitTest : public Dm9000aTransmitTest {
 protected:
  Dm9000aNarrowTransmitTest() : Dm9000aTransmitTest(test::Dm9000aOptions{.bus_bytes = 1}) {}
};

TEST_F(Dm9000aNarrowTransmitTest, SendsOnEightBits) {
  for (size_t size = 60; size < 66; ++size) {
    ASSERT_EQ(Send(Frame(size), size % 4), Status::kOk);
    Finish();
    ExpectSent(Frame(size));
  }
}

}  // namespace
}  // namespace drivers
