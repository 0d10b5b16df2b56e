#include "drivers/msf2_emac/msf2_emac.h"

#include <new>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "tests/support/msf2_emac_model.h"
#include "tests/support/test_pools.h"

namespace drivers {
namespace {

using base::Status;
using namespace std::chrono_literals;

constexpr base::MacAddress kOwn{{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30}};
using Memory = Msf2EmacMemory<4, 2>;

// Rings where the DMA's 32-bit addresses reach.
class LowMemory {
 public:
  LowMemory()
      : at_(::mmap(nullptr, sizeof(Memory), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)),
        memory_(new(at_) Memory) {}
  ~LowMemory() { ::munmap(at_, sizeof(Memory)); }
  LowMemory(const LowMemory&) = delete;
  LowMemory& operator=(const LowMemory&) = delete;
  Memory& get() { return *memory_; }

 private:
  void* at_;
  Memory* memory_;
};

test::ByteVector Frame(size_t size, uint8_t seed = 1) {
  test::ByteVector frame(size);
  for (size_t i = 0; i < size; ++i) {
    frame[i] = static_cast<std::byte>(i * 7 + seed);
  }
  return frame;
}

class Msf2EmacTest : public testing::Test {
 protected:
  Msf2EmacTest() {
    EXPECT_EQ(mac_.Start(kOwn), Status::kOk);
    Run(1s);
    EXPECT_TRUE(mac_.link().is_up());
    chip_.resets = 0;
  }
  void Run(base::Duration duration) {
    const base::Instant end = now_ + duration;
    for (int i = 0; i < 1000 && now_ <= end; ++i) {
      now_ = std::max(mac_.Poll(now_), now_ + 1us);
    }
    now_ = end;
  }
  base::Pbuf MakePbuf(base::ConstByteSpan bytes) {
    base::Pbuf packet = pools_.pools().Allocate(2, bytes.size(), base::Holder::kStack).value();
    std::ranges::copy(bytes, packet.Append(bytes.size()).begin());
    return packet;
  }
  void ExpectReceived(const test::ByteVector& frame) {
    auto received = mac_.Receive();
    ASSERT_TRUE(received);
    EXPECT_EQ(test::ByteVector(received->bytes().begin(), received->bytes().end()), frame);
    EXPECT_EQ(received->sum(), base::SumBytes(base::ConstByteSpan(frame).subspan(14)));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(received->data()) % 4, 2u);
  }

  LowMemory memory_;
  test::Msf2EmacModel chip_;
  test::PoolsStorage<4, 4, 8> pools_;
  Msf2Emac mac_{chip_,
                pools_.pools(),
                memory_.get().receive(),
                memory_.get().transmit(),
                {.phy_address = StandInPhy::kAddress}};
  base::Instant now_{};
};

TEST_F(Msf2EmacTest, ConfiguresTheMac) {
  EXPECT_EQ(chip_.Reg(0x00), 0x35u) << "both ways, with pause";
  EXPECT_EQ(chip_.Reg(0x04), 0x7107u) << "full duplex, pad, CRC, nibbles";
  EXPECT_EQ(chip_.Reg(0x10), 1518u);
  EXPECT_EQ(chip_.Reg(0x40), 0x3020'105eu);
  EXPECT_EQ(chip_.Reg(0x44), 0x0002'0000u);
  EXPECT_EQ(chip_.Reg(0x58), 0x1018u);
  EXPECT_EQ(chip_.Reg(0x5c), 0x7'efe7u);
}

TEST_F(Msf2EmacTest, StartReportsWhatDoesNotAnswer) {
  chip_.fifos_hang = true;
  EXPECT_EQ(mac_.Start(kOwn), Status::kDeadlineExceeded);
  chip_.absent = true;
  EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound);
}

TEST_F(Msf2EmacTest, ReceivesRoundTheRing) {
  for (size_t size = 60; size <= 1514; size += 13) {
    chip_.Receive(Frame(size, 3));
    chip_.Receive(Frame(size - 1, 5));
    ExpectReceived(Frame(size, 3));
    ExpectReceived(Frame(size - 1, 5));
  }
  EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
}

TEST_F(Msf2EmacTest, GoesOnAfterTheRingWasFull) {
  for (int round = 0; round < 3; ++round) {
    for (uint8_t i = 0; i < 6; ++i) {
      chip_.Receive(Frame(100, i));  // the last two are lost
    }
    for (uint8_t i = 0; i < 4; ++i) {
      ExpectReceived(Frame(100, i));
    }
    EXPECT_EQ(mac_.Receive().error(), Status::kUnavailable);
    EXPECT_EQ(mac_.stats().rx_overrun, static_cast<uint32_t>(round) + 1);
    chip_.Receive(Frame(77));
    ExpectReceived(Frame(77));
  }
}

TEST_F(Msf2EmacTest, DropsByReasonAndFreesTheBuffer) {
  chip_.Receive(Frame(13));
  chip_.Receive(Frame(1515));
  chip_.Receive(Frame(60));
  ExpectReceived(Frame(60));
  EXPECT_EQ(mac_.stats().rx_too_short, 1u);
  EXPECT_EQ(mac_.stats().rx_too_long, 1u);
  std::vector<base::Pbuf> held;
  for (int i = 0; i < 4; ++i) {
    chip_.Receive(Frame(1000));
    held.push_back(mac_.Receive().value());
  }
  chip_.Receive(Frame(1000));
  EXPECT_FALSE(mac_.Receive());
  EXPECT_EQ(mac_.stats().rx_no_buffer, 1u);
  held.clear();
  chip_.Receive(Frame(1000));
  ExpectReceived(Frame(1000));
}

TEST_F(Msf2EmacTest, SendsRoundTheRing) {
  for (size_t size = 14; size <= 1514; size += 11) {
    base::Pbuf packet = MakePbuf(base::ConstByteSpan(Frame(size)).first(14));
    if (size > 14) {
      packet.Chain(MakePbuf(base::ConstByteSpan(Frame(size)).subspan(14)));
    }
    ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
    chip_.Send();
    ASSERT_EQ(chip_.sent.back(), Frame(size));
    mac_.ReapTransmitted();
    ASSERT_EQ(mac_.transmit_room(), 2u);
  }
  EXPECT_EQ(mac_.details().tx_kicks, 0u);
}

TEST_F(Msf2EmacTest, RefusesWhenFullAndSaysWhenThereIsRoom) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60, 1))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60, 2))), Status::kOk);
  base::Pbuf third = MakePbuf(Frame(60, 3));
  EXPECT_EQ(mac_.Transmit(std::move(third)), Status::kUnavailable);
  EXPECT_TRUE(third);
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip_.interrupt_line());
  chip_.Send(1);
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(mac_.ArmInterrupt()) << "there is room";
  EXPECT_EQ(mac_.Transmit(std::move(third)), Status::kOk);
  chip_.Send();
  EXPECT_EQ(chip_.sent, (std::vector{Frame(60, 1), Frame(60, 2), Frame(60, 3)}));
}

TEST_F(Msf2EmacTest, WakesADmaThatStoppedShort) {
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60, 1))), Status::kOk);
  chip_.StopTransmitter();
  mac_.ReapTransmitted();
  EXPECT_EQ(mac_.details().tx_kicks, 1u);
  chip_.Send();
  ASSERT_EQ(chip_.sent.size(), 1u);
  EXPECT_EQ(chip_.sent[0], Frame(60, 1));
}

TEST_F(Msf2EmacTest, StartsAnewAfterABusError) {
  chip_.Receive(Frame(60));
  chip_.FailBus(true);
  EXPECT_FALSE(mac_.ArmInterrupt()) << "a frame waits";
  ExpectReceived(Frame(60));
  EXPECT_FALSE(mac_.ArmInterrupt()) << "there is something to repair";
  Run(1ms);
  EXPECT_EQ(mac_.details().rx_bus_errors, 1u);
  EXPECT_EQ(chip_.resets, 1);
  chip_.Receive(Frame(61));
  ExpectReceived(Frame(61));
  chip_.FailBus(false);
  Run(1s);
  EXPECT_EQ(mac_.details().tx_bus_errors, 1u);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
}

TEST_F(Msf2EmacTest, InterruptsForAFrame) {
  EXPECT_TRUE(mac_.ArmInterrupt());
  chip_.Receive(Frame(60));
  EXPECT_TRUE(chip_.interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(chip_.interrupt_line());
  EXPECT_FALSE(mac_.ArmInterrupt());
}

TEST_F(Msf2EmacTest, ManagementUnitThatHangsIsATimeout) {
  chip_.management_hangs = true;
  EXPECT_EQ(mac_.mdio().Read(1, 1).error(), Status::kDeadlineExceeded);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
  EXPECT_EQ(mac_.mdio().Write(1, 32, 0), Status::kInvalidArgument);
}

TEST_F(Msf2EmacTest, HasBothLoopbacks) {
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kMac), Status::kOk);
  EXPECT_EQ(chip_.Reg(0) & 0x100, 0x100u);
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kPhy), Status::kOk);
  Run(10ms);
  EXPECT_EQ(chip_.Reg(0) & 0x100, 0u);
  EXPECT_TRUE(chip_.phy.loopback());
}

}  // namespace
}  // namespace drivers
