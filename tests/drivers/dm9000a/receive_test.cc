// Frames in: content, sum, the ring's end, what is dropped and why, and the ways out of a lost
// place.
#include "tests/drivers/dm9000a/dm9000a_fixture.h"
#include "tests/support/same_fields.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::ByteVector;

class Dm9000aReceiveTest : public Dm9000aFixture {
 protected:
  using Dm9000aFixture::Dm9000aFixture;
  void SetUp() override { Start(); }
};

TEST_F(Dm9000aReceiveTest, ReceivesEverySize) {
  for (size_t size = 60; size <= 1514; ++size) {
    ASSERT_TRUE(chip_.Deliver(Frame(size, static_cast<uint8_t>(size))));
    ExpectReceived(Frame(size, static_cast<uint8_t>(size)));
  }
  ExpectNothing();
  EXPECT_EQ(mac_.stats().rx_frames, 1455u);
  EXPECT_TRUE(test::SameFields(mac_.details(), Dm9000aStats{}));
}

TEST_F(Dm9000aReceiveTest, ReceivesInOrderAroundTheEndOfTheRing) {
  uint8_t next = 0;
  for (uint8_t seed = 0; seed < 200; seed = static_cast<uint8_t>(seed + 5)) {
    for (uint8_t i = 0; i < 5; ++i) {
      ASSERT_TRUE(chip_.Deliver(Frame(1001 + i, static_cast<uint8_t>(seed + i))));
    }
    for (uint8_t i = 0; i < 5; ++i, ++next) {
      ExpectReceived(Frame(1001 + i, next));
    }
  }
  EXPECT_EQ(pools_.in_use(), 0u);
}

TEST_F(Dm9000aReceiveTest, TakesBroadcastAndNoOtherGroup) {
  ByteVector frame = Frame(60);
  std::ranges::fill_n(frame.begin(), 6, std::byte{0xff});
  EXPECT_TRUE(chip_.Deliver(frame));
  ExpectReceived(frame);
  frame[0] = std::byte{0x01};
  EXPECT_FALSE(chip_.Deliver(frame));
  mac_.SetReceiveFilter(Dm9000aFilter::kAllMulticast);
  mac_.Poll(Now());
  EXPECT_TRUE(chip_.Deliver(frame));
  ExpectReceived(frame);
}

TEST_F(Dm9000aReceiveTest, CountsDamagedFramesByCause) {
  for (const uint8_t status : std::initializer_list<uint8_t>{0x02, 0x06, 0x08, 0x20, 0x10, 0x01}) {
    ASSERT_TRUE(chip_.DeliverWith(Frame(100), status));
  }
  ASSERT_TRUE(chip_.Deliver(Frame(61, 7)));
  ExpectReceived(Frame(61, 7));
  EXPECT_EQ(mac_.stats().rx_errors, 6u);
  const Dm9000aStats expected{.rx_late_collisions = 1,
                              .rx_watchdog = 1,
                              .rx_physical_layer = 1,
                              .rx_alignment_errors = 1,
                              .rx_crc_errors = 2,
                              .rx_fifo_overflows = 1};
  EXPECT_TRUE(test::SameFields(mac_.details(), expected));
}

TEST_F(Dm9000aReceiveTest, DropsWhatIsLongerThanAFrame) {
  ASSERT_TRUE(chip_.Deliver(Frame(1517)));  // with the check sequence 1521: the chip lets it pass
  ASSERT_TRUE(chip_.Deliver(Frame(60, 2)));
  ExpectReceived(Frame(60, 2));
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
}

TEST_F(Dm9000aReceiveTest, DropsWithoutABuffer) {
  ASSERT_TRUE(chip_.Deliver(Frame(601, 1)));
  ASSERT_TRUE(chip_.Deliver(Frame(602, 2)));
  pools_.pools().FailAllocation(1);
  ExpectReceived(Frame(602, 2));
  EXPECT_EQ(mac_.stats().rx_no_buffer, 1u);
}

TEST_F(Dm9000aReceiveTest, CountsAnOverflowAndGoesOn) {
  uint32_t lost = 0;
  for (uint8_t i = 0; i < 12; ++i) {
    lost += chip_.Deliver(Frame(1514, i)) ? 0 : 1;
  }
  ASSERT_EQ(lost, 4u);
  EXPECT_FALSE(mac_.ArmInterrupt());
  mac_.Poll(Now());
  EXPECT_EQ(mac_.stats().rx_overrun, 4u);
  for (uint8_t i = 0; i < 8; ++i) {
    ExpectReceived(Frame(1514, i));
  }
  Run(1s);
  EXPECT_EQ(mac_.details().rx_overflow_resets, 0u);
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ExpectReceived(Frame(60));
}

TEST_F(Dm9000aReceiveTest, ResetsAReceiverThatStaysInItsOverflow) {
  chip_.SetFault("rx-overflow-stuck", true);
  while (chip_.Deliver(Frame(1514))) {
  }
  while (mac_.Receive()) {
  }
  Run(200ms);
  EXPECT_EQ(mac_.details().rx_overflow_resets, 0u) << "nothing was lost since";
  EXPECT_FALSE(chip_.Deliver(Frame(60)));
  Run(200ms);
  EXPECT_EQ(mac_.details().rx_overflow_resets, 1u);
  EXPECT_TRUE(mac_.link().is_up());
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ExpectReceived(Frame(60));
}

TEST_F(Dm9000aReceiveTest, ResetsWhenTheReadyByteIsNone) {
  chip_.SetFault("rx-pointer-lost", true);
  const uint32_t resets = chip_.resets();
  ASSERT_TRUE(chip_.Deliver(Frame(60, 1)));
  chip_.SetFault("rx-pointer-lost", false);
  ASSERT_TRUE(chip_.Deliver(Frame(60, 2)));
  ExpectNothing();
  EXPECT_EQ(mac_.details().rx_bad_ready_bytes, 1u);
  EXPECT_EQ(chip_.resets(), resets + 2);
  ASSERT_TRUE(chip_.Deliver(Frame(60, 3)));
  ExpectReceived(Frame(60, 3));
  Run(1s);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(mac_.stats().link_changes, 1u);
}

// Somebody moved the read pointer into the middle of a frame that happens to look like a header.
TEST_F(Dm9000aReceiveTest, ResetsWhenALengthCannotBe) {
  ByteVector frame = Frame(60);
  frame[14] = std::byte{0x01};
  frame[15] = std::byte{0x00};
  frame[16] = std::byte{0x0f};
  frame[17] = std::byte{0x00};
  ASSERT_TRUE(chip_.Deliver(frame));
  const uint32_t inside = chip_.read_pointer() + 4 + 14;
  ASSERT_EQ(mac_.WriteRegister(0xf4, inside & 0xff), Status::kOk);
  ASSERT_EQ(mac_.WriteRegister(0xf5, inside >> 8), Status::kOk);
  ExpectNothing();
  EXPECT_EQ(mac_.details().rx_bad_headers, 1u);
  EXPECT_EQ(mac_.stats().rx_errors, 1u);
  ASSERT_TRUE(chip_.Deliver(Frame(60, 3)));
  ExpectReceived(Frame(60, 3));
}

// Dies while it works, and comes back.
TEST_F(Dm9000aReceiveTest, TriesAgainUntilALostChipAnswers) {
  chip_.SetFault("no-chip", true);
  ExpectNothing();
  EXPECT_EQ(mac_.details().rx_bad_ready_bytes, 1u);
  ExpectNothing();
  EXPECT_EQ(mac_.details().rx_bad_ready_bytes, 1u);
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_GE(mac_.details().reset_timeouts, 5u);
  EXPECT_LE(mac_.details().reset_timeouts, 12u);
  chip_.SetFault("no-chip", false);
  Run(3s);
  EXPECT_TRUE(mac_.link().is_up());
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  ExpectReceived(Frame(60));
}

TEST_F(Dm9000aReceiveTest, InterruptsForAFrameAndIsSilentAfterIt) {
  ASSERT_TRUE(FallAsleep());
  EXPECT_FALSE(chip_.is_interrupting());
  ASSERT_TRUE(chip_.Deliver(Frame(60)));
  EXPECT_TRUE(chip_.is_interrupting());
  EXPECT_FALSE(mac_.ArmInterrupt()) << "there is a frame to take";
  ExpectReceived(Frame(60));
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip_.is_interrupting());
}

TEST_F(Dm9000aReceiveTest, InterruptsForALinkChange) {
  ASSERT_TRUE(FallAsleep());
  chip_.Unplug();
  EXPECT_TRUE(chip_.is_interrupting());
  EXPECT_FALSE(mac_.ArmInterrupt());
  mac_.Poll(Now());
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_TRUE(FallAsleep());
  EXPECT_FALSE(chip_.is_interrupting());
}

class Dm9000aNarrowReceiveTest : public Dm9000aReceiveTest {
 protected:
  Dm9000aNarrowReceiveTest() : Dm9000aReceiveTest(test::Dm9000aOptions{.bus_bytes = 1}) {}
};

TEST_F(Dm9000aNarrowReceiveTest, ReceivesOnEightBits) {
  for (size_t size = 60; size < 130; ++size) {
    ASSERT_TRUE(chip_.Deliver(Frame(size, static_cast<uint8_t>(size))));
    ExpectReceived(Frame(size, static_cast<uint8_t>(size)));
  }
  ASSERT_TRUE(chip_.DeliverWith(Frame(101), 0x02));
  ASSERT_TRUE(chip_.Deliver(Frame(1514)));
  ExpectReceived(Frame(1514));
  ExpectNothing();
}

}  // namespace
}  // namespace drivers
