// Rules of the ENC28J60 datasheet and errata that its model enforces: frames in both directions.
#include "tests/support/ethernet_crc.h"
#include "tests/vboard/enc28j60_host.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Enc28j60FramesTest : public Enc28j60Test {
 protected:
  Enc28j60FramesTest() { Start(); }
};

TEST_F(Enc28j60FramesTest, FrameStandsBehindPointerAndStatusVector) {
  const ByteVector frame = FrameToUs(61);
  ASSERT_TRUE(chip_.Deliver(frame));
  EXPECT_EQ(Get(0x119), 1);
  EXPECT_EQ(GetPointer(0x00e), 72);  // 6 + 61 + 4, made even
  const ByteVector header = ReadBuffer(6);
  EXPECT_THAT(header, ElementsAre(std::byte{72}, std::byte{0}, std::byte{65}, std::byte{0},
                                  std::byte{0xc0}, std::byte{0}));
  EXPECT_EQ(ReadBuffer(61), frame);
  EXPECT_EQ(ReadBuffer(4), FrameCheckSequence(frame));
  SetBits(0x1e, 0x40);
  EXPECT_EQ(Get(0x119), 0);
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60FramesTest, FrameCheckSequenceIsThatOfEthernet) {
  EXPECT_EQ(FrameCheckSequence(ToBytes("123456789")), ToBytes({0x26, 0x39, 0xf4, 0xcb}));
}

TEST_F(Enc28j60FramesTest, FrameWrapsAtTheEndOfTheRing) {
  // 4 x 1518 = 6072 bytes of 6144, then one that wraps.
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(chip_.Deliver(FrameToUs(1508)));
    PutPointer(0x00c, kRxEnd);
    SetBits(0x1e, 0x40);
  }
  PutPointer(0x00c, 4 * 1518 - 1);
  const ByteVector frame = FrameToUs(200);
  ASSERT_TRUE(chip_.Deliver(frame));
  PutPointer(0x000, 4 * 1518);
  const ByteVector header = ReadBuffer(6);
  EXPECT_EQ(header[0], std::byte{210 - (6144 - 6072)});
  EXPECT_EQ(header[1], std::byte{0});
  EXPECT_EQ(ReadBuffer(200), frame);
}

TEST_F(Enc28j60FramesTest, FullRingLosesTheFrameAndRaisesRxerif) {
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(chip_.Deliver(FrameToUs(1508)));
  }
  EXPECT_FALSE(chip_.Deliver(FrameToUs(62)));
  EXPECT_EQ(Get(0x01c) & 1, 1);
  ClearBits(0x1c, 1);
  EXPECT_EQ(Get(0x01c) & 1, 0);
  PutPointer(0x00c, 1517);  // the first frame is read
  EXPECT_TRUE(chip_.Deliver(FrameToUs()));
}

TEST_F(Enc28j60FramesTest, MoreThan255PacketsDoNotCount) {
  PutPointer(0x00c, kRxEnd);
  for (int i = 0; i < 255; ++i) {
    ASSERT_TRUE(chip_.Deliver(FrameToUs(14)));
    const int next = GetPointer(0x00e);
    PutPointer(0x00c, next == 0 ? kRxEnd : next - 1);
  }
  EXPECT_EQ(Get(0x119), 255);
  EXPECT_FALSE(chip_.Deliver(FrameToUs(14)));
  EXPECT_EQ(Get(0x119), 255);
  EXPECT_EQ(Get(0x01c) & 1, 1);
}

TEST_F(Enc28j60FramesTest, PacketsAreNotCountedBelowZero) {
  SetBits(0x1e, 0x40);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("PKTDEC")));
  EXPECT_EQ(Get(0x119), 0);
}

TEST_F(Enc28j60FramesTest, FiltersTakeWhatTheyAreSetTo) {
  const ByteVector to_other = FrameTo({0x02, 9, 9, 9, 9, 9});
  const ByteVector to_all = FrameTo({0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  const ByteVector to_group = FrameTo({0x01, 0, 0x5e, 0, 0, 1});
  const auto taken = [&](int filter) {
    Put(0x118, filter);
    int bits = 0;
    for (const ByteVector& frame : {FrameToUs(), to_other, to_all, to_group}) {
      bits = bits << 1 | (chip_.Deliver(frame) ? 1 : 0);
    }
    return bits;
  };
  EXPECT_EQ(taken(0xa0), 0b1000);
  EXPECT_EQ(taken(0xa1), 0b1010);
  EXPECT_EQ(taken(0xa3), 0b1011);
  EXPECT_EQ(taken(0x22), 0b0001);
  EXPECT_EQ(taken(0x20), 0b1111);
  EXPECT_EQ(taken(0xe1), 0b0000);  // unicast and broadcast at once
  Put(0x100, 0);
  const uint32_t bucket = EthernetCrcRegister(base::ConstByteSpan(to_group).first(6)) >> 23 & 0x3f;
  Put(0x100 + static_cast<int>(bucket / 8), 1 << (bucket % 8));
  EXPECT_EQ(taken(0x24), 0b0001);
}

TEST_F(Enc28j60FramesTest, BrokenFrameIsDroppedOrMarked) {
  EXPECT_FALSE(chip_.Deliver(FrameToUs(), enc28j60_model::kVectorCrcError));
  Put(0x118, 0x80);
  EXPECT_TRUE(chip_.Deliver(FrameToUs(), enc28j60_model::kVectorCrcError));
  EXPECT_EQ(ReadBuffer(5).back(), std::byte{0x50});  // CRC error, not OK
}

TEST_F(Enc28j60FramesTest, NothingIsReceivedWhileTheReceiverIsOff) {
  ClearBits(0x1f, 4);
  EXPECT_FALSE(chip_.Deliver(FrameToUs()));
  SetBits(0x1f, 4);
  Put(0x200, 0);
  EXPECT_FALSE(chip_.Deliver(FrameToUs()));
  Put(0x200, 1);
  chip_.Unplug();
  EXPECT_FALSE(chip_.Deliver(FrameToUs()));
  chip_.PlugIn({});
  EXPECT_FALSE(chip_.Deliver(FrameToUs(1600)));
  EXPECT_TRUE(chip_.Deliver(FrameToUs(1514)));
}

TEST_F(Enc28j60FramesTest, ReceiverResetStopsItAndKeepsTheCount) {
  ASSERT_TRUE(chip_.Deliver(FrameToUs()));
  SetBits(0x1f, 0x40);
  ClearBits(0x1f, 0x40);
  EXPECT_EQ(Get(0x01f) & 4, 0);
  EXPECT_EQ(Get(0x119), 1);
}

TEST_F(Enc28j60FramesTest, PacketPullsIntWhilePending) {
  Put(0x01b, 0xc0);
  EXPECT_TRUE(chip_.interrupt_pin());
  chip_.Deliver(FrameToUs());
  EXPECT_FALSE(chip_.interrupt_pin());
  ClearBits(0x1b, 0x80);
  EXPECT_TRUE(chip_.interrupt_pin());
  SetBits(0x1b, 0x80);
  EXPECT_FALSE(chip_.interrupt_pin());
  SetBits(0x1e, 0x40);
  EXPECT_TRUE(chip_.interrupt_pin());
}

TEST_F(Enc28j60FramesTest, PktifIsNotToBeTrusted) {
  chip_.Deliver(FrameToUs());
  int seen = 0;
  for (int i = 0; i < 100; ++i) {
    seen += Get(0x01c) >> 6 & 1;
  }
  EXPECT_GT(seen, 50);
  EXPECT_LT(seen, 100);
}

TEST_F(Enc28j60FramesTest, FrameLeavesAtTenMegabits) {
  const ByteVector frame = FrameTo({1, 2, 3, 4, 5, 6}, 1000);
  Send(frame);
  clock_.Pass(700 * kMicrosecond);
  EXPECT_EQ(Get(0x01f) & 8, 8);
  EXPECT_THAT(chip_.sent(), IsEmpty());
  clock_.Pass(200 * kMicrosecond);
  EXPECT_EQ(Get(0x01f) & 8, 0);
  EXPECT_EQ(Get(0x01c) & 8, 8);
  EXPECT_THAT(chip_.sent(), ElementsAre(frame));
  const ByteVector vector = TransmitVector();
  EXPECT_EQ(vector[0], std::byte{1004 & 0xff});
  EXPECT_EQ(vector[1], std::byte{1004 >> 8});
  EXPECT_EQ(vector[2], std::byte{0x80});
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60FramesTest, ShortFrameIsPadded) {
  Send(FrameToUs(20));
  clock_.Pass(kMillisecond);
  chip_.Advance();
  ASSERT_THAT(chip_.sent(), SizeIs(1));
  EXPECT_THAT(chip_.sent()[0], SizeIs(60));
  EXPECT_THAT(violations_.texts(), IsEmpty());
  Put(0x202, 0x12);  // no padding
  Send(FrameToUs(20));
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("less than 64 bytes")));
}

TEST_F(Enc28j60FramesTest, ControlByteOverridesMacon3) {
  Put(0x202, 0);
  Send(FrameToUs(20), 7);
  clock_.Pass(kMillisecond);
  chip_.Advance();
  ASSERT_THAT(chip_.sent(), SizeIs(1));
  EXPECT_THAT(chip_.sent()[0], SizeIs(60));
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60FramesTest, HostMustBringItsOwnFrameCheckSequenceWhenTheChipDoesNot) {
  Put(0x202, 0);
  ByteVector frame = FrameToUs(60);
  AppendTo(frame, FrameCheckSequence(frame));
  Send(frame);
  clock_.Pass(kMillisecond);
  chip_.Advance();
  EXPECT_THAT(chip_.sent(), ElementsAre(FrameToUs(60)));
  EXPECT_THAT(violations_.texts(), IsEmpty());
  frame.back() ^= std::byte{1};
  Send(frame);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("wrong frame check sequence")));
}

TEST_F(Enc28j60FramesTest, TransmitBufferStaysOutOfTheReceiveBuffer) {
  PutPointer(0x004, 0x1700);
  PutPointer(0x006, 0x1740);
  SetBits(0x1f, 8);
  EXPECT_THAT(violations_.texts(), Contains(HasSubstr("lies in the receive buffer")));
}

TEST_F(Enc28j60FramesTest, BufferAndPointersRestWhileAFrameIsSent) {
  Send(FrameToUs(1000));
  PutPointer(0x002, kTxStart + 500);
  WriteBuffer(ToBytes({0}));
  Put(0x006, 0);
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("written while it is sent"),
                                               HasSubstr("ETXNDL written while")));
}

TEST_F(Enc28j60FramesTest, DuplexOfMacAndPhyAreTheSame) {
  WritePhy(0, 0x0100);
  Send(FrameToUs());
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("PDPXMD differ")));
  violations_.Clear();
  clock_.Pass(kMillisecond);
  Put(0x202, 0x33);
  Send(FrameToUs());
  EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr("MABBIPG")));
}

TEST_F(Enc28j60FramesTest, LateCollisionAbortsAndStallsTheTransmitter) {
  chip_.CollideLate(1);
  Send(FrameToUs(200));
  clock_.Pass(kMillisecond);
  EXPECT_EQ(Get(0x01d) & 0x12, 0x12);
  EXPECT_EQ(Get(0x01c) & 0x0a, 0x0a);
  EXPECT_EQ(TransmitVector()[3], std::byte{0x20});
  EXPECT_THAT(chip_.sent(), IsEmpty());
  // Erratum 12: the next never ends until the transmit logic is reset.
  Send(FrameToUs(200));
  clock_.Pass(kPicosecondsPerSecond);
  EXPECT_EQ(Get(0x01f) & 8, 8);
  SetBits(0x1f, 0x80);
  ClearBits(0x1f, 0x80);
  EXPECT_EQ(Get(0x01f) & 0x88, 0);
  EXPECT_EQ(Get(0x01c) & 2, 2);
  Send(FrameToUs(200));
  clock_.Pass(kMillisecond);
  EXPECT_EQ(Get(0x01f) & 8, 0);
  EXPECT_THAT(chip_.sent(), SizeIs(1));
}

TEST_F(Enc28j60FramesTest, TooLongFrameIsAborted) {
  Send(FrameToUs(1540));
  clock_.Pass(2 * kMillisecond);
  EXPECT_EQ(Get(0x01c) & 2, 2);
  EXPECT_EQ(TransmitVector()[3], std::byte{0x40});
  EXPECT_THAT(chip_.sent(), IsEmpty());
}

TEST_F(Enc28j60FramesTest, TakingTxrtsBackAborts) {
  Send(FrameToUs(1000));
  ClearBits(0x1f, 8);
  clock_.Pass(2 * kMillisecond);
  EXPECT_EQ(Get(0x01c) & 0x0a, 0x08);
  EXPECT_EQ(Get(0x01d) & 2, 2);
  EXPECT_THAT(chip_.sent(), IsEmpty());
}

TEST_F(Enc28j60FramesTest, HalfDuplexHearsItselfUnlessDisabled) {
  WritePhy(0x10, 0);
  Send(FrameToUs());
  clock_.Pass(kMillisecond);
  EXPECT_EQ(Get(0x119), 1);
  WritePhy(0x10, 0x0100);
  Send(FrameToUs());
  clock_.Pass(kMillisecond);
  EXPECT_EQ(Get(0x119), 1);
}

TEST_F(Enc28j60FramesTest, LoopbackStaysOffTheWire) {
  Put(0x202, 0x33);
  Put(0x204, 0x15);
  WritePhy(0, 0x4100);
  Send(FrameToUs());
  clock_.Pass(kMillisecond);
  EXPECT_EQ(Get(0x119), 1);
  EXPECT_THAT(chip_.sent(), IsEmpty());
  EXPECT_FALSE(chip_.Deliver(FrameToUs()));
  EXPECT_THAT(violations_.texts(), IsEmpty());
}

TEST_F(Enc28j60FramesTest, RxHangLastsUntilTheReceiverIsReset) {
  chip_.SetFault("rx-hang", true);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(chip_.Deliver(FrameToUs()));
  }
  EXPECT_FALSE(chip_.Deliver(FrameToUs()));
  EXPECT_EQ(Get(0x01f) & 4, 4);
  SetBits(0x1f, 0x40);
  ClearBits(0x1f, 0x40);
  SetBits(0x1f, 4);
  EXPECT_TRUE(chip_.Deliver(FrameToUs()));
}

TEST_F(Enc28j60FramesTest, CorruptNextPointerLeavesTheRing) {
  chip_.SetFault("corrupt-next-pointer", true);
  for (int i = 0; i < 16; ++i) {
    ASSERT_TRUE(chip_.Deliver(FrameToUs()));
  }
  PutPointer(0x000, 15 * 70);
  const ByteVector next = ReadBuffer(2);
  EXPECT_GT(std::to_integer<int>(next[1]) << 8, 0x1fff);
}

TEST_F(Enc28j60FramesTest, FaultsOfTheTransmitterComeEachEighthTime) {
  for (const char* fault : {"tx-stall", "false-late-collision"}) {
    chip_.SetFault(fault, true);
    size_t sent = 0;
    for (int i = 0; i < 8; ++i) {
      Send(FrameToUs(100));
      clock_.Pass(kMillisecond);
      chip_.Advance();
      sent += chip_.sent().size();
      chip_.sent().clear();
    }
    EXPECT_EQ(sent, 7u) << fault;
    SetBits(0x1f, 0x80);
    ClearBits(0x1f, 0x80);
    chip_.SetFault(fault, false);
  }
}

class Enc28j60PacedTest : public Enc28j60Test {
 protected:
  Enc28j60PacedTest() : Enc28j60Test({.is_paced = true}) { Start(); }
};

TEST_F(Enc28j60PacedTest, FramesArriveOneAfterTheOther) {
  ASSERT_TRUE(chip_.Deliver(FrameToUs(1000)));
  ASSERT_TRUE(chip_.Deliver(FrameToUs(1000)));
  EXPECT_EQ(chip_.packet_count(), 0);
  clock_.Pass(900 * kMicrosecond);
  chip_.Advance();
  EXPECT_EQ(chip_.packet_count(), 1);
  clock_.Pass(900 * kMicrosecond);
  chip_.Advance();
  EXPECT_EQ(chip_.packet_count(), 2);
}

TEST_F(Enc28j60PacedTest, HalfDuplexSharesTheWire) {
  ASSERT_TRUE(chip_.Deliver(FrameToUs(1000)));
  ASSERT_TRUE(chip_.Deliver(FrameToUs(1000)));
  const VirtualTime start = clock_.now();
  Send(FrameToUs(100));
  clock_.Pass(start + 950 * kMicrosecond - clock_.now());
  chip_.Advance();
  EXPECT_EQ(chip_.packet_count(), 1);
  EXPECT_THAT(chip_.sent(), SizeIs(1));
  clock_.Pass(750 * kMicrosecond);
  chip_.Advance();
  EXPECT_EQ(chip_.packet_count(), 1);
  clock_.Pass(50 * kMicrosecond);
  chip_.Advance();
  EXPECT_EQ(chip_.packet_count(), 2);
}

}  // namespace
}  // namespace test
