// The driver on the model of its chip: DMA, FIFOs, wire and checksum engine are what the manual
// says, and whatever the manual forbids is a violation.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/stm32_eth/stm32_eth.h"
#include "tests/support/packets.h"
#include "tests/support/stm32_eth_bus.h"
#include "tests/support/test_pools.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using namespace test;
using base::Status;

constexpr Ipv4Address kPeer = "192.0.2.1"_ip;
constexpr Ipv4Address kUs = "192.0.2.99"_ip;
constexpr MacAddress kOwnMac = "02:00:5e:10:20:30"_mac;

class Stm32EthOnModel : public testing::Test {
 protected:
  static constexpr size_t kRx = 8;
  static constexpr size_t kTx = 8;

  void SetUp() override {
    chip().PlugIn({});
    ASSERT_EQ(mac_.Start(kOwnMac), Status::kOk);
    Run(3s);
    ASSERT_TRUE(mac_.link().is_up());
  }
  void TearDown() override { EXPECT_THAT(bench_.violations.texts(), testing::IsEmpty()); }

  Stm32EthModel& chip() { return bench_.model; }
  base::Instant now() const {
    return base::FromMicroseconds(static_cast<int64_t>(bench_.clock.now() / kMicrosecond));
  }
  // Polls whenever the driver asked for it until `duration` has passed.
  void Run(base::Duration duration) {
    const base::Instant end = now() + duration;
    while (now() < end) {
      const base::Instant next = std::min(mac_.Poll(now()), end);
      const auto wait = static_cast<VirtualTime>(std::max<int64_t>((next - now()).count(), 1));
      bench_.RunFor(wait * kMicrosecond);
    }
  }
  // Lets the wire finish what it has.
  void Pass() { bench_.RunFor(20 * kMillisecond); }

  static ByteVector Frame(size_t size) {
    return EthernetFrame(
        {.destination = kOwnMac, .source = "02:00:00:00:00:01"_mac, .type = 0x88b5},
        Pattern(size - 14));
  }
  static ByteVector UdpFrame(size_t size) {
    return EthernetFrame(
        {.destination = kOwnMac, .source = "02:00:00:00:00:01"_mac, .type = 0x0800},
        Ipv4Packet(
            {.protocol = 17, .source = kPeer, .destination = kUs},
            UdpPacket({.source_port = 7, .destination_port = 9}, kPeer, kUs, Pattern(size))));
  }
  base::Pbuf MakePbuf(base::ConstByteSpan bytes) {
    base::Pbuf packet = pools().Allocate(2, bytes.size(), base::Holder::kStack).value();
    std::ranges::copy(bytes, packet.Append(bytes.size()).begin());
    return packet;
  }
  base::PbufPools& pools() { return memory_.pools.pools(); }

  struct Memory {
    PoolsStorage<16, 24, 32> pools;
    Stm32EthStorage<kRx, kTx> rings;
  };
  Stm32EthBench bench_;
  Memory& memory_ = bench_.memory.New<Memory>();
  Stm32Eth mac_{bench_.bus,
                memory_.pools.pools(),
                memory_.rings.rings(),
                {.hclk_hz = 168'000'000,
                 .phy_address = Phy::kScanForAddress,
                 .memory = DmaWindow(test::LowMemory::AddressOf(&memory_), sizeof(Memory))}};
};

TEST_F(Stm32EthOnModel, FindsThePhyBesideTheBroadcastAddress) {
  EXPECT_EQ(mac_.phy().address(), 1);
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 100, base::Duplex::kFull, true}));
}

TEST_F(Stm32EthOnModel, ReceivesEverySize) {
  for (size_t size = 60; size <= 1514; size += 7) {
    const ByteVector bytes = Frame(size);
    ASSERT_TRUE(chip().Deliver(bytes));
    Pass();
    const auto frame = mac_.Receive();
    ASSERT_TRUE(frame) << size;
    EXPECT_EQ(ToVector(frame->bytes()), bytes);
    EXPECT_FALSE(mac_.Receive());
  }
}

TEST_F(Stm32EthOnModel, VerifiedSumsAreTheSums) {
  for (size_t size = 32; size <= 1472; size += 17) {
    const ByteVector bytes = UdpFrame(size);
    ASSERT_TRUE(chip().Deliver(bytes));
    Pass();
    const auto frame = mac_.Receive();
    ASSERT_TRUE(frame) << size;
    ASSERT_TRUE(frame->has_sum()) << size;
    EXPECT_EQ(frame->sum() % 0xffff,
              base::SumBytes(base::ConstByteSpan(bytes).subspan(14)) % 0xffff);
  }
}

TEST_F(Stm32EthOnModel, WrongChecksumGoesUpWithoutSum) {
  ByteVector bytes = UdpFrame(500);
  bytes[100] ^= std::byte{1};
  ASSERT_TRUE(chip().Deliver(bytes));
  Pass();
  const auto frame = mac_.Receive();
  ASSERT_TRUE(frame);
  EXPECT_FALSE(frame->has_sum());
  EXPECT_EQ(mac_.details().rx_bad_checksums, 1u);
}

TEST_F(Stm32EthOnModel, TransmitsEverySize) {
  for (size_t size = 60; size <= 1514; size += 7) {
    const ByteVector bytes = Frame(size);
    base::Pbuf packet = MakePbuf(base::ConstByteSpan(bytes).first(54));
    packet.Chain(MakePbuf(base::ConstByteSpan(bytes).subspan(54)));
    ASSERT_EQ(mac_.Transmit(std::move(packet)), Status::kOk);
    Pass();
    mac_.ReapTransmitted();
    ASSERT_EQ(chip().sent().size(), 1u) << size;
    EXPECT_EQ(chip().sent().front(), bytes);
    chip().sent().clear();
  }
  EXPECT_EQ(mac_.stats().tx_errors, 0u);
  EXPECT_EQ(mac_.transmit_room(), kTx / 2);
}

// RBU: more frames than descriptors. What is lost is counted, and the rest comes through.
TEST_F(Stm32EthOnModel, RunsOutOfDescriptorsAndGoesOn) {
  constexpr size_t kFrames = 3 * kRx;
  for (size_t i = 0; i < kFrames; ++i) {
    ASSERT_TRUE(chip().Deliver(Frame(500 + i)));
  }
  Pass();
  size_t received = 0;
  while (mac_.Receive()) {
    ++received;
  }
  Pass();
  while (mac_.Receive()) {
    ++received;
  }
  Run(200ms);
  EXPECT_GE(received, kRx);
  EXPECT_EQ(received + mac_.stats().rx_overrun, kFrames);
  ASSERT_TRUE(chip().Deliver(Frame(100)));
  Pass();
  EXPECT_TRUE(mac_.Receive());
}

// TBU: the DMA found no descriptor, and is told of the next one.
TEST_F(Stm32EthOnModel, TransmitRingGoesRoundAndRound) {
  size_t sent = 0;
  for (size_t i = 0; i < 10 * kTx; ++i) {
    if (mac_.Transmit(MakePbuf(Frame(60 + i))) == Status::kOk) {
      ++sent;
    } else {
      Pass();
    }
    mac_.ReapTransmitted();
  }
  Pass();
  EXPECT_EQ(chip().sent().size(), sent);
  EXPECT_GT(mac_.stats().tx_no_room, 0u);
}

TEST_F(Stm32EthOnModel, FollowsTheLink) {
  chip().Unplug();
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  chip().PlugIn({.negotiates = false, .speed_mbit = 10});
  Run(3s);
  ASSERT_TRUE(mac_.link().is_up());
  ASSERT_TRUE(chip().Deliver(Frame(200)));
  Pass();
  EXPECT_TRUE(mac_.Receive());
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(200))), Status::kOk);
  Pass();
  EXPECT_EQ(chip().sent().size(), 1u);
}

TEST_F(Stm32EthOnModel, LoopsBackInTheMac) {
  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kMac), Status::kOk);
  Run(1ms);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(300))), Status::kOk);
  Pass();
  const auto frame = mac_.Receive();
  ASSERT_TRUE(frame);
  EXPECT_EQ(ToVector(frame->bytes()), Frame(300));
  EXPECT_TRUE(chip().sent().empty());
  ASSERT_EQ(mac_.SetLoopback(base::Loopback::kOff), Status::kOk);
  Run(3s);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(300))), Status::kOk);
  Pass();
  EXPECT_EQ(chip().sent().size(), 1u);
}

TEST_F(Stm32EthOnModel, InterruptsForAFrameAndNotBefore) {
  Pass();
  ASSERT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip().interrupt_line());
  ASSERT_TRUE(chip().Deliver(Frame(100)));
  Pass();
  EXPECT_TRUE(chip().interrupt_line());
  mac_.OnInterrupt();
  EXPECT_FALSE(chip().interrupt_line());
  EXPECT_FALSE(mac_.ArmInterrupt());
  EXPECT_TRUE(mac_.Receive());
  EXPECT_TRUE(mac_.ArmInterrupt());
  EXPECT_FALSE(chip().interrupt_line());
}

TEST_F(Stm32EthOnModel, CountsWhatTheWireSpoils) {
  Stm32EthFaults faults;
  faults.receive_crc_every = 2;
  chip().SetFaults(faults);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(chip().Deliver(Frame(100)));
  }
  Pass();
  int good = 0;
  while (mac_.Receive()) {
    ++good;
  }
  Run(200ms);
  EXPECT_EQ(good, 3);
  EXPECT_EQ(mac_.stats().rx_errors, 3u);
  EXPECT_EQ(mac_.details().rx_crc_errors, 3u);
}

TEST_F(Stm32EthOnModel, BusErrorIsHealedByAReset) {
  Stm32EthFaults faults;
  faults.bus_error_every = 1;
  chip().SetFaults(faults);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(100))), Status::kOk);
  Pass();
  chip().SetFaults({});
  Run(1s);
  EXPECT_EQ(mac_.details().bus_errors, 1u);
  EXPECT_EQ(mac_.stats().tx_errors, 1u);
  ASSERT_TRUE(mac_.link().is_up());
  chip().sent().clear();
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(100))), Status::kOk);
  Pass();
  EXPECT_EQ(chip().sent().size(), 1u);
  ASSERT_TRUE(chip().Deliver(Frame(100)));
  Pass();
  EXPECT_TRUE(mac_.Receive());
}

}  // namespace
}  // namespace drivers
