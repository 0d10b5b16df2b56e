// The DM9000A model against sequences written from the datasheet.
#include "tests/support/dm9000a_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stack/base/checksum.h"
#include "tests/support/dm9000a_model_checksum.h"
#include "tests/support/vboard/manual_clock.h"

namespace test {
namespace {

using namespace dm9000a_model;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ByteVector kOwn = ToBytes({0x02, 0x00, 0x5e, 0x10, 0x20, 0x30});
const ByteVector kBroadcast(6, std::byte{0xff});

ByteVector Frame(size_t size, const ByteVector& to = kOwn) {
  ByteVector frame = Pattern(size);
  std::ranges::copy(to, frame.begin());
  return frame;
}

class Dm9000aModelTest : public testing::Test {
 protected:
  explicit Dm9000aModelTest(const Dm9000aOptions& options = {}) : options_(options) {}

  uint8_t Read(uint8_t address) {
    Tick();
    chip_.WriteIndex(address);
    Tick();
    return static_cast<uint8_t>(chip_.ReadData(1));
  }
  void Write(uint8_t address, uint8_t value) {
    Tick();
    chip_.WriteIndex(address);
    Tick();
    chip_.WriteData(1, value);
  }
  void Tick() { clock_.Pass(100'000); }

  uint16_t ReadPhy(uint8_t reg) {
    Write(kEpar, static_cast<uint8_t>(0x40 | reg));
    Write(kEpcr, kEpcrPhy | kEpcrRead);
    WaitForPhy();
    const auto low = Read(kEpdrl);
    return static_cast<uint16_t>(low | Read(kEpdrh) << 8);
  }
  void WritePhy(uint8_t reg, uint16_t value) {
    Write(kEpar, static_cast<uint8_t>(0x40 | reg));
    Write(kEpdrl, static_cast<uint8_t>(value));
    Write(kEpdrh, static_cast<uint8_t>(value >> 8));
    Write(kEpcr, kEpcrPhy | kEpcrWrite);
    WaitForPhy();
  }
  void WaitForPhy() {
    for (int i = 0; i < 1000 && (Read(kEpcr) & kEpcrBusy) != 0; ++i) {
    }
    Write(kEpcr, 0);
  }

  // As a driver starts the chip, with the link up.
  void Start() {
    chip_.PlugIn({});
    Write(kGpr, 0);
    clock_.Pass(kMillisecond);
    Write(kNcr, kNcrReset);
    clock_.Pass(Dm9000aModel::kResetTime);
    clock_.Pass(3000 * kMillisecond);
    for (uint8_t i = 0; i < 6; ++i) {
      Write(static_cast<uint8_t>(kPar + i), std::to_integer<uint8_t>(kOwn[i]));
    }
    for (uint8_t i = 0; i < 8; ++i) {
      Write(static_cast<uint8_t>(kMar + i), i == 7 ? 0x80 : 0);
    }
    Read(kNsr);
    Write(kIsr, kIsrEvents);
    Write(kImr, kImrWrap | kIsrReceived | kIsrSent);
    Write(kRcr, kRcrEnable | kRcrNoLong | kRcrNoBadCrc);
  }

  // What MRCMDX gives when read twice behind a write of the index.
  uint8_t ReadyByte() {
    Read(kMrcmdx);
    Tick();
    return static_cast<uint8_t>(chip_.ReadData(1));
  }
  ByteVector ReadMemory(size_t size) {
    chip_.WriteIndex(kMrcmd);
    ByteVector bytes;
    while (bytes.size() < size) {
      Tick();
      const uint16_t value = chip_.ReadData(options_.bus_bytes);
      bytes.push_back(static_cast<std::byte>(value));
      if (options_.bus_bytes == 2) {
        bytes.push_back(static_cast<std::byte>(value >> 8));
      }
    }
    return bytes;
  }
  void WriteMemory(const ByteVector& bytes) {
    chip_.WriteIndex(kMwcmd);
    for (size_t i = 0; i < bytes.size(); i += options_.bus_bytes) {
      Tick();
      auto value = std::to_integer<uint16_t>(bytes[i]);
      if (options_.bus_bytes == 2 && i + 1 < bytes.size()) {
        value = static_cast<uint16_t>(value | std::to_integer<uint16_t>(bytes[i + 1]) << 8);
      }
      chip_.WriteData(options_.bus_bytes, value);
    }
  }
  void Request(size_t size) {
    Write(kTxpll, static_cast<uint8_t>(size));
    Write(kTxplh, static_cast<uint8_t>(size >> 8));
    Write(kTcr, kTcrRequest);
  }
  void ExpectViolation(const char* text) {
    EXPECT_THAT(violations_.texts(), ElementsAre(HasSubstr(text)));
    violations_.Clear();
  }
  void ExpectNone() { EXPECT_THAT(violations_.texts(), IsEmpty()); }

  Dm9000aOptions options_;
  ManualClock clock_;
  Violations violations_;
  Dm9000aModel chip_{clock_, violations_, options_};
};

TEST_F(Dm9000aModelTest, SaysWhoItIs) {
  EXPECT_EQ(Read(kVidl), 0x46);
  EXPECT_EQ(Read(kVidl + 1), 0x0a);
  EXPECT_EQ(Read(kVidl + 2), 0x00);
  EXPECT_EQ(Read(kVidl + 3), 0x90);
  EXPECT_EQ(Read(kChipr), 0x19);
  EXPECT_EQ(Read(kIsr) & 0xc0, 0);
  ExpectNone();
}

TEST_F(Dm9000aModelTest, RegisterInTheUpperHalfOfA16BitReadIsNothing) {
  chip_.WriteIndex(kVidl);
  EXPECT_EQ(chip_.ReadData(2) & 0xff, 0x46);
  EXPECT_NE(chip_.ReadData(2) >> 8, 0x0a);
}

TEST_F(Dm9000aModelTest, ResetTakesTenMicroseconds) {
  Write(kNcr, kNcrReset);
  EXPECT_EQ(Read(kNcr) & kNcrReset, kNcrReset);
  ExpectNone();
  Read(kNsr);
  ExpectViolation("within 10 us of NCR.RST");
  clock_.Pass(Dm9000aModel::kResetTime);
  EXPECT_EQ(Read(kNcr) & kNcrReset, 0);
  EXPECT_EQ(chip_.resets(), 1u);
  ExpectNone();
}

TEST_F(Dm9000aModelTest, ReservedRegistersAndBitsAreViolations) {
  Read(0x21);
  ExpectViolation("no register to read");
  Write(kVidl, 1);
  ExpectViolation("no register to write");
  Write(kTcr, 0x80);
  ExpectViolation("reserved bits");
}

TEST_F(Dm9000aModelTest, PhyIsSilentUntilItHasPower) {
  chip_.PlugIn({});
  EXPECT_EQ(ReadPhy(2), 0xffff);
  clock_.Pass(5000 * kMillisecond);
  EXPECT_EQ(Read(kNsr) & kNsrLink, 0);

  Write(kGpr, 0);
  clock_.Pass(kMillisecond);
  EXPECT_EQ(ReadPhy(2), 0x0181);
  EXPECT_EQ(ReadPhy(3), 0xb8a0);
  EXPECT_EQ(Read(kNsr) & kNsrLink, 0);
  clock_.Pass(3000 * kMillisecond);
  EXPECT_EQ(Read(kNsr) & (kNsrLink | kNsrSpeed10), kNsrLink);
  EXPECT_NE(Read(kNcr) & kNcrFullDuplex, 0);
  EXPECT_NE(Read(kIsr) & kIsrLinkChange, 0);
  WritePhy(4, 0x0021);
  EXPECT_EQ(ReadPhy(4), 0x0021);
  ExpectNone();
}

TEST_F(Dm9000aModelTest, PhyAccessesWaitForEachOther) {
  Write(kEpar, 0x42);
  Write(kEpcr, kEpcrPhy | kEpcrRead);
  Read(kEpdrl);
  ExpectViolation("EPDR read while EPCR.ERRE is set");
  clock_.Pass(Dm9000aModel::kPhyAccess);
  Write(kEpcr, kEpcrPhy | kEpcrRead);
  ExpectViolation("before the bits of the one before were cleared");
}

TEST_F(Dm9000aModelTest, FrameComesWithItsHeader) {
  Start();
  EXPECT_EQ(ReadyByte(), 0);
  const ByteVector frame = Frame(61);
  ASSERT_TRUE(chip_.Deliver(frame));
  EXPECT_TRUE(chip_.is_interrupting());

  EXPECT_EQ(ReadyByte(), 1);
  EXPECT_EQ(ReadMemory(4), ToBytes({0x01, 0x00, 65, 0}));
  ByteVector bytes = ReadMemory(66);
  bytes.resize(61);
  EXPECT_EQ(bytes, frame);
  EXPECT_EQ(chip_.read_pointer(), 0x0c00u + 4 + 66);
  EXPECT_EQ(ReadyByte(), 0);
  Write(kIsr, kIsrReceived);
  EXPECT_FALSE(chip_.is_interrupting());
  ExpectNone();
}

// The dummy read: what comes out first is what was fetched before.
TEST_F(Dm9000aModelTest, PrefetchHappensOnceForEachWriteOfTheIndex) {
  Start();
  EXPECT_EQ(ReadyByte(), 0);
  chip_.Deliver(Frame(60));
  EXPECT_EQ(chip_.ReadData(1), 0) << "polled without a write of the index";
  EXPECT_EQ(Read(kMrcmdx), 0) << "the dummy";
  EXPECT_EQ(chip_.ReadData(1), 1);
}

TEST_F(Dm9000aModelTest, MemoryReadWithoutPrefetchIsAViolation) {
  Start();
  chip_.Deliver(Frame(60));
  ReadMemory(2);
  ExpectViolation("without MRCMDX first");
}

TEST_F(Dm9000aModelTest, ByteAccessToTheMemoryOfA16BitBusIsAViolation) {
  Start();
  chip_.Deliver(Frame(60));
  ReadyByte();
  Read(kMrcmd);
  ExpectViolation("8-bit access");
}

TEST_F(Dm9000aModelTest, RingTurnsAtItsEnd) {
  Start();
  const ByteVector frame = Frame(1514);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(chip_.Deliver(frame));
    ASSERT_EQ(ReadyByte(), 1);
    ASSERT_EQ(ReadMemory(4), ToBytes({0x01, 0x00, 0xee, 0x05}));
    ByteVector bytes = ReadMemory(1518);
    bytes.resize(1514);
    ASSERT_EQ(bytes, frame) << i;
  }
  ExpectNone();
}

TEST_F(Dm9000aModelTest, FullRingCountsWhatItLoses) {
  Start();
  int stored = 0;
  while (chip_.Deliver(Frame(1514))) {
    ++stored;
  }
  EXPECT_EQ(stored, 8);
  chip_.Deliver(Frame(1514));
  EXPECT_NE(Read(kNsr) & kNsrRxOverflow, 0);
  EXPECT_NE(Read(kIsr) & kIsrOverflow, 0);
  EXPECT_EQ(Read(kRocr), 2);
  EXPECT_EQ(Read(kRocr), 0);
}

TEST_F(Dm9000aModelTest, FiltersByAddress) {
  Start();
  EXPECT_FALSE(chip_.Deliver(Frame(60, ToBytes({2, 0, 0, 0, 0, 9}))));
  EXPECT_TRUE(chip_.Deliver(Frame(60, kBroadcast)));
  const ByteVector group = ToBytes({0x01, 0x00, 0x5e, 0x00, 0x00, 0x01});
  EXPECT_FALSE(chip_.Deliver(Frame(60, group)));
  const uint32_t bit = HashBit(group);
  Write(static_cast<uint8_t>(kMar + bit / 8), static_cast<uint8_t>(1 << (bit % 8)));
  EXPECT_TRUE(chip_.Deliver(Frame(60, group)));
  EXPECT_FALSE(chip_.DeliverWith(Frame(60), kRsrCrc));
}

TEST_F(Dm9000aModelTest, TwoPacketsLeaveInTurn) {
  Start();
  WriteMemory(Frame(61));
  Request(61);
  EXPECT_NE(Read(kTcr) & kTcrRequest, 0);
  WriteMemory(Frame(100));
  clock_.Pass(20 * kMicrosecond);
  EXPECT_EQ(Read(kNsr) & (kNsrTx1End | kNsrTx2End), kNsrTx1End);
  Request(100);
  clock_.Pass(20 * kMicrosecond);
  EXPECT_EQ(Read(kNsr) & (kNsrTx1End | kNsrTx2End), kNsrTx2End);
  EXPECT_EQ(Read(kTsr1), 0);
  EXPECT_NE(Read(kIsr) & kIsrSent, 0);
  EXPECT_THAT(chip_.sent(), ElementsAre(Frame(61), Frame(100)));
  ExpectNone();
}

TEST_F(Dm9000aModelTest, ShortPacketIsPadded) {
  Start();
  WriteMemory(Frame(20));
  Request(20);
  clock_.Pass(20 * kMicrosecond);
  Read(kNsr);
  ByteVector padded = Frame(20);
  padded.resize(60);
  EXPECT_THAT(chip_.sent(), ElementsAre(padded));
}

TEST_F(Dm9000aModelTest, RequestWaitsForTheOneBefore) {
  Start();
  WriteMemory(Frame(1000));
  Request(1000);
  Write(kTcr, kTcrRequest);
  ExpectViolation("TXREQ set while");
  Write(kTxpll, 1);
  ExpectViolation("TXPL written while");
}

TEST_F(Dm9000aModelTest, LengthThatWasNotWrittenIsAViolation) {
  Start();
  WriteMemory(Frame(60));
  Request(62);
  ExpectViolation("TXPL is 62, but 60 bytes were written");
}

TEST_F(Dm9000aModelTest, FillsChecksums) {
  Start();
  Write(kTcscr, 7);
  ByteVector frame = Frame(60);
  const ByteVector header =
      ToBytes({0x08, 0x00, 0x45, 0,   0, 33, 0, 0, 0, 0, 64, 17, 0x12, 0x34, 192,
               0,    2,    1,    192, 0, 2,  2, 0, 9, 0, 9,  0,  13,   0x56, 0x78});
  std::ranges::copy(header, frame.begin() + 12);
  WriteMemory(frame);
  Request(60);
  clock_.Pass(20 * kMicrosecond);
  Read(kNsr);
  ASSERT_EQ(chip_.sent().size(), 1u);
  EXPECT_EQ(ChecksumStatus(chip_.sent().front()), 0x14);
  EXPECT_EQ(ChecksumStatus(frame), 0xb4);
}

TEST_F(Dm9000aModelTest, LoopbackTurnsTheFrameInTheMac) {
  Start();
  Write(kNcr, kLoopbackMac);
  WriteMemory(Frame(60));
  Request(60);
  clock_.Pass(20 * kMicrosecond);
  EXPECT_NE(Read(kIsr) & kIsrReceived, 0);
  EXPECT_THAT(chip_.sent(), IsEmpty());
  EXPECT_EQ(ReadyByte(), 1);
}

TEST_F(Dm9000aModelTest, PinHasThePolarityOfIntcr) {
  Start();
  EXPECT_FALSE(chip_.interrupt_level());
  Write(kIntcr, 1);
  EXPECT_TRUE(chip_.interrupt_level());
  chip_.Deliver(Frame(60));
  EXPECT_FALSE(chip_.interrupt_level());
}

TEST_F(Dm9000aModelTest, EveryFaultShows) {
  for (const BoardFault& fault : Dm9000aModel::faults()) {
    EXPECT_TRUE(chip_.SetFault(fault.name, true)) << fault.name;
    EXPECT_TRUE(chip_.SetFault(fault.name, false)) << fault.name;
  }
  EXPECT_FALSE(chip_.SetFault("nonsense", true));
  Start();
  chip_.SetFault("no-chip", true);
  EXPECT_EQ(Read(kVidl), 0xff);
  chip_.SetFault("no-chip", false);
  chip_.SetFault("wrong-id", true);
  EXPECT_EQ(Read(kVidl + 2), 0x10);
  chip_.SetFault("rx-pointer-lost", true);
  chip_.Deliver(Frame(60));
  EXPECT_GT(ReadyByte(), 1);
  chip_.SetFault("int-dead", true);
  EXPECT_FALSE(chip_.is_interrupting());
  chip_.SetFault("tx-stall", true);
  WriteMemory(Frame(60));
  Request(60);
  clock_.Pass(kMillisecond);
  EXPECT_NE(Read(kTcr) & kTcrRequest, 0);
  chip_.SetFault("no-link", true);
  EXPECT_EQ(Read(kNsr) & kNsrLink, 0);
  chip_.SetFault("phy-powered-down", true);
  EXPECT_EQ(ReadPhy(2), 0xffff);
  ExpectNone();
}

TEST_F(Dm9000aModelTest, WrongDuplexModeCollidesLate) {
  Start();
  chip_.SetFault("duplex-mismatch", true);
  clock_.Pass(3000 * kMillisecond);
  EXPECT_EQ(Read(kNcr) & kNcrFullDuplex, 0);
  uint8_t status = 0;
  for (int i = 0; i < 4; ++i) {
    WriteMemory(Frame(60));
    Request(60);
    clock_.Pass(20 * kMicrosecond);
    status |= Read(i % 2 == 0 ? kTsr1 : kTsr2);
  }
  EXPECT_EQ(status, kTsrLateCollision);
  EXPECT_EQ(chip_.sent().size(), 3u);
}

TEST_F(Dm9000aModelTest, StuckOverflowEndsWithAReset) {
  Start();
  chip_.SetFault("rx-overflow-stuck", true);
  while (chip_.Deliver(Frame(1514))) {
  }
  while (ReadyByte() == 1) {
    ReadMemory(4 + 1518);
  }
  EXPECT_FALSE(chip_.Deliver(Frame(60)));
  Start();
  EXPECT_TRUE(chip_.Deliver(Frame(60)));
}

class Dm9000aModel8Bit : public Dm9000aModelTest {
 protected:
  Dm9000aModel8Bit() : Dm9000aModelTest({.bus_bytes = 1}) {}
};

TEST_F(Dm9000aModel8Bit, StandsInIsrAndMovesByBytes) {
  Start();
  EXPECT_EQ(Read(kIsr) & 0xc0, 0x80);
  WriteMemory(Frame(61));
  Request(61);
  clock_.Pass(20 * kMicrosecond);
  Read(kNsr);
  EXPECT_THAT(chip_.sent(), ElementsAre(Frame(61)));
  chip_.Deliver(Frame(61));
  EXPECT_EQ(ReadyByte(), 1);
  ReadMemory(4 + 65);
  EXPECT_EQ(chip_.read_pointer(), 0x0c00u + 4 + 65);
  ExpectNone();
  chip_.WriteIndex(kMrcmd);
  chip_.ReadData(2);
  ExpectViolation("16-bit read on an 8-bit bus");
}

class Dm9000aModelPaced : public Dm9000aModelTest {
 protected:
  Dm9000aModelPaced() : Dm9000aModelTest({.revision = 0x1a, .paces_wire = true}) {}
};

TEST_F(Dm9000aModelPaced, FramesArriveAtTheSpeedOfTheWire) {
  Start();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(chip_.Deliver(Frame(1514)));
  }
  const uint32_t from = chip_.receive_pointer();
  clock_.Pass(250 * kMicrosecond);  // 123.04 us each
  Read(kIsr);
  EXPECT_EQ(chip_.receive_pointer() - from, 2 * 1522u);
  ExpectNone();
}

TEST_F(Dm9000aModelPaced, PhyOfADm9000bNeedsAMillisecond) {
  Write(kGpr, 0);
  Read(kNsr);
  ExpectViolation("within 1 ms of GPR.PHYPD");
}

}  // namespace
}  // namespace test
