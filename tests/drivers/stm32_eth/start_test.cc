// Reset, configuration, link and what the MAC makes of it, registers, the MAC's own counters.
#include <vector>

#include "tests/drivers/stm32_eth/stm32_eth_fixture.h"
#include "tests/support/scripted_bus.h"

namespace drivers {
namespace {

using namespace std::chrono_literals;
using base::Status;
using test::BusAccess;
using test::BusRead;
using test::BusWrite;

constexpr uint32_t kMaccr = 0x0000;
constexpr uint32_t kMacffr = 0x0004;
constexpr uint32_t kMacfcr = 0x0018;
constexpr uint32_t kMacdbgr = 0x0034;
constexpr uint32_t kDmabmr = 0x1000;
constexpr uint32_t kDmaomr = 0x1018;
constexpr uint32_t kDmasr = 0x1014;
constexpr uint32_t kDmamfbocr = 0x1020;

// AAL, USP, RDP 32, FB, PBL 32, EDFE.
constexpr uint32_t kBusMode = 0x02c1'2080;
constexpr uint32_t kOwnBit = 1u << 31;

using Stm32EthStart = Stm32EthFixture;

// A write to a register behind the clocks of the wire, and the time that has to pass before the
// next one (ES0182): 1.6 us, at 25 MHz 40 cycles.
void AppendSlowWrite(std::vector<BusAccess>& script, uint32_t address, uint32_t value) {
  script.push_back(BusWrite(address, value));
  script.insert(script.end(), 11, BusRead(address, value));
}

TEST_F(Stm32EthStart, FollowsTheManual) {
  Stm32EthConfig config = Config();
  config.hclk_hz = 25'000'000;
  test::Below4Gib<Memory> memory;
  config.memory = DmaWindow(memory.address(), sizeof(Memory));
  const Stm32EthRings rings = memory->rings.rings();
  const auto address_of = [](const auto& span) {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(span.data()));
  };
  std::vector<BusAccess> script = {BusWrite(kDmabmr, 1), BusRead(kDmabmr, 0x0002'0101),
                                   BusRead(kDmabmr, 0x0002'0100)};
  script.insert(script.end(), 11, BusRead(kDmabmr, 0x0002'0100));
  AppendSlowWrite(script, kDmabmr, kBusMode);
  script.insert(script.end(),
                {BusRead(kDmabmr, kBusMode),
                 // Interrupts: none of DMA, time stamps, wake-up and MMC.
                 BusWrite(0x101c, 0), BusWrite(0x003c, 0x208), BusWrite(0x010c, 0x0002'0060),
                 BusWrite(0x0110, 0x0020'c000), BusWrite(0x100c, address_of(rings.rx)),
                 BusWrite(0x1010, address_of(rings.tx))});
  AppendSlowWrite(script, 0x0040, 0x8000'3020);
  AppendSlowWrite(script, 0x0044, 0x105e'0002);
  // Half duplex, 10 Mbit/s, checksums; set while the MAC is at rest. No receiver without a link.
  script.push_back(BusRead(kMaccr, 0x0000'800c));
  AppendSlowWrite(script, kMaccr, 0x0000'8000);
  script.insert(script.end(), {BusRead(kMacdbgr, 0x0001'0000), BusRead(kMacdbgr, 0x0000'0001),
                               BusRead(kMacdbgr, 0x0000'0120)});
  AppendSlowWrite(script, kMaccr, 0x0000'a400);
  AppendSlowWrite(script, kMacffr, 0);
  AppendSlowWrite(script, kMacfcr, 0);
  AppendSlowWrite(script, kMaccr, 0x0000'a408);
  // DTCEFD, RSF, TSF, ST, FEF, FUGF, OSF, SR.
  AppendSlowWrite(script, kDmaomr, 0x0620'20c6);

  test::ScriptedBus bus(script);
  Stm32Eth mac(bus, memory->pools.pools(), rings, config);
  EXPECT_EQ(mac.Start(kOwn), Status::kOk);
}

TEST_F(Stm32EthStart, FillsTheReceiveRingWithLargeBuffers) {
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  for (size_t i = 0; i < kRx; ++i) {
    EXPECT_EQ(chip_.rx(i).word[0], kOwnBit);
    EXPECT_EQ(chip_.rx(i).word[1], i + 1 == kRx ? 0x8600u : 0x600u) << "1536 bytes, end of ring";
    EXPECT_EQ(chip_.rx(i).word[2] % 4, 2u) << "so that the IP header is word aligned";
  }
  for (size_t i = 0; i < kTx; ++i) {
    EXPECT_EQ(chip_.tx(i).word[0], 0u);
  }
  EXPECT_EQ(Held(base::Holder::kDriverReceive), kRx);
}

TEST_F(Stm32EthStart, NothingIsReceivedBeforeIt) {
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(chip_.reads(0x1008), 0u);
  EXPECT_TRUE(chip_.TakeWrites(0x1008).empty());
}

TEST_F(Stm32EthStart, MacWithoutItsClockIsNotFound) {
  chip_.has_hclk = false;
  EXPECT_EQ(mac_.Start(kOwn), Status::kNotFound);
}

TEST_F(Stm32EthStart, WithoutReferenceClockItStaysInReset) {
  chip_.has_ref_clk = false;
  chip_.phy().PlugIn();
  EXPECT_EQ(mac_.Start(kOwn), Status::kDeadlineExceeded);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
  EXPECT_LE(chip_.reads(kDmabmr), 10'000u);
  // The management bus needs no such clock: it tells who is there.
  Run(3s);
  EXPECT_EQ(mac_.phy().id(), 0x0022'1560u);
  EXPECT_TRUE(mac_.phy().link().is_up());
  EXPECT_FALSE(mac_.link().is_up());
  // It goes on by itself when the clock comes.
  chip_.has_ref_clk = true;
  chip_.reset_looks = 0;
  Run(1s);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(chip_.reg(kDmabmr), kBusMode);
  EXPECT_EQ(chip_.resets(), 1u);
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
}

TEST_F(Stm32EthStart, NeedsALargeBufferForEachDescriptor) {
  std::vector<base::Pbuf> taken;
  for (int i = 0; i < 13; ++i) {
    taken.push_back(pools().Allocate(0, 1536, base::Holder::kApplication).value());
  }
  EXPECT_EQ(mac_.Start(kOwn), Status::kResourceExhausted);
  taken.pop_back();
  EXPECT_EQ(mac_.Start(kOwn), Status::kOk);
}

TEST_F(Stm32EthStart, RingsAndBuffersOutOfTheDmasReachAreRefused) {
  Stm32EthStorage<kRx, kTx> elsewhere;
  Stm32Eth far_rings(chip_, pools(), elsewhere.rings(), Config());
  EXPECT_EQ(far_rings.Start(kOwn), Status::kInvalidArgument);
  test::PoolsStorage<16, 16, 32> far_pools;
  Stm32Eth far_buffers(chip_, far_pools.pools(), memory_->rings.rings(), Config());
  EXPECT_EQ(far_buffers.Start(kOwn), Status::kResourceExhausted);
  EXPECT_EQ(far_pools.in_use(), 0u);
}

TEST_F(Stm32EthStart, EitherRingOutOfReachIsRefused) {
  Stm32EthStorage<kRx, kTx> elsewhere;
  Stm32EthRings rings = memory_->rings.rings();
  rings.tx = elsewhere.rings().tx;
  Stm32Eth far_tx(chip_, pools(), rings, Config());
  EXPECT_EQ(far_tx.Start(kOwn), Status::kInvalidArgument);
}

TEST_F(Stm32EthStart, SecondStartBeginsAnew) {
  Start();
  ASSERT_TRUE(chip_.Receive(Frame(60)));
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  EXPECT_EQ(mac_.stats().tx_errors, 1u);
  EXPECT_EQ(Held(base::Holder::kDriverTransmit), 0u);
  EXPECT_EQ(Held(base::Holder::kDriverReceive), kRx);
  EXPECT_EQ(mac_.Receive(), std::unexpected(Status::kUnavailable));
  EXPECT_EQ(mac_.transmit_room(), kTx / 2);
  Run(3s);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(70))), Status::kOk);
  EXPECT_EQ(chip_.Transmit(), Frame(70));
  ASSERT_TRUE(chip_.Receive(Frame(80)));
  EXPECT_EQ(mac_.Receive()->size(), 80u);
}

TEST_F(Stm32EthStart, SetsTheMacToTheLink) {
  Start();
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 100, base::Duplex::kFull, true}));
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'cc0cu);  // FES, DM, IPCO, TE, RE
  EXPECT_EQ(chip_.reg(kMacfcr), 4u);           // RFCE
  EXPECT_EQ(mac_.phy().model().name, "KSZ8081");

  chip_.phy().Unplug();
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'a408u);  // ROD, IPCO, TE
  EXPECT_EQ(chip_.reg(kMacfcr), 0u);
  chip_.phy().PlugIn({.negotiates = false, .speed_mbit = 10});
  Run(3s);
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 10, base::Duplex::kHalf, false}));
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'a40cu);
  chip_.phy().Unplug();
  Run(1s);
  chip_.phy().PlugIn({.negotiates = false, .speed_mbit = 100});
  Run(3s);
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'e40cu);
  EXPECT_EQ(mac_.stats().link_changes, 5u);
}

TEST_F(Stm32EthStart, SettingsChangeWhileTheMacIsAtRest) {
  Start();
  chip_.TakeWrites(kMaccr);
  chip_.active_looks = 3;
  const uint32_t before = chip_.reads(kMacdbgr);
  chip_.phy().Unplug();
  Run(1s);
  EXPECT_EQ(chip_.reads(kMacdbgr) - before, 4u);
  EXPECT_EQ(chip_.TakeWrites(kMaccr),
            (std::vector<uint32_t>{0x0000'cc00, 0x0000'a400, 0x0000'a408}));
  EXPECT_EQ(mac_.details().bus_timeouts, 0u);
}

TEST_F(Stm32EthStart, MacThatDoesNotComeToRestIsSetAllTheSame) {
  Start();
  for (const uint32_t bit : {1u << 0, 1u << 16}) {
    chip_.active_bits = bit;
    chip_.active_looks = 1'000'000;
    mac_.SetReceiveFilter(ReceiveFilter::kEverything);
    const uint32_t before = mac_.details().bus_timeouts;
    mac_.Poll(now_);
    EXPECT_EQ(mac_.details().bus_timeouts, before + 1);
    EXPECT_EQ(chip_.reg(kMacffr), 1u);
  }
  EXPECT_LE(chip_.reads(kMacdbgr), 150'000u);
}

// ES0182: four cycles at 2.5 MHz are 269 at 168 MHz, an access takes at least four.
TEST_F(Stm32EthStart, LeavesTimeBetweenWritesToTheSameRegister) {
  Start();
  chip_.phy().Unplug();
  Run(1s);
  EXPECT_EQ(mac_.WriteRegister(kMacffr, 1), Status::kOk);
  EXPECT_EQ(mac_.WriteRegister(kMacffr, 0), Status::kOk);
  EXPECT_GE(chip_.closest_writes(), 68u);
}

TEST_F(Stm32EthStart, SameLinkIsNotSetAgain) {
  Start();
  chip_.TakeWrites(kMaccr);
  Run(1s);
  EXPECT_TRUE(chip_.TakeWrites(kMaccr).empty());
}

TEST_F(Stm32EthStart, Filters) {
  Start();
  EXPECT_EQ(chip_.reg(kMacffr), 0u) << "our address and broadcast";
  mac_.SetReceiveFilter(ReceiveFilter::kAllMulticast);
  mac_.Poll(now_);
  EXPECT_EQ(chip_.reg(kMacffr), 0x10u);
  mac_.SetReceiveFilter(ReceiveFilter::kEverything);
  mac_.Poll(now_);
  EXPECT_EQ(chip_.reg(kMacffr), 0x01u);
  mac_.SetReceiveFilter(ReceiveFilter::kAddressed);
  mac_.Poll(now_);
  EXPECT_EQ(chip_.reg(kMacffr), 0x00u);
}

TEST_F(Stm32EthStart, LoopbackInTheMac) {
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  Run(1s);
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kMac), Status::kOk);
  mac_.Poll(now_);
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'dc0cu);  // LM, full duplex at 100 Mbit/s
  EXPECT_EQ(mac_.link(), (base::LinkMode{base::LinkState::kUp, 100, base::Duplex::kFull, false}));
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kOff), Status::kOk);
  mac_.Poll(now_);
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'a408u);
  EXPECT_FALSE(mac_.link().is_up());
}

TEST_F(Stm32EthStart, LoopbackInThePhy) {
  ASSERT_EQ(mac_.Start(kOwn), Status::kOk);
  Run(1s);
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kPhy), Status::kOk);
  Run(100ms);
  EXPECT_TRUE(chip_.phy().loopback());
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(chip_.reg(kMaccr) & 0x1000, 0u);
  EXPECT_EQ(mac_.SetLoopback(base::Loopback::kOff), Status::kOk);
  Run(100ms);
  EXPECT_FALSE(chip_.phy().loopback());
}

TEST_F(Stm32EthStart, ChecksTheLinkWhenAsked) {
  Start();
  chip_.phy().Unplug();
  mac_.Poll(now_);
  EXPECT_TRUE(mac_.link().is_up());
  mac_.CheckLink();
  mac_.Poll(now_);
  EXPECT_FALSE(mac_.link().is_up());
}

TEST_F(Stm32EthStart, AddsUpTheCountersOfTheMac) {
  Start();
  chip_.reg(0x194) = 2;  // CRC
  chip_.reg(0x198) = 3;  // alignment
  chip_.reg(0x1c4) = 5;  // good unicast
  chip_.reg(0x168) = 7;  // sent
  chip_.reg(kDmamfbocr) = 11 | 13u << 17;
  Run(100ms);
  EXPECT_EQ(mac_.details().rx_crc_errors, 2u);
  EXPECT_EQ(mac_.details().rx_alignment_errors, 3u);
  EXPECT_EQ(mac_.details().rx_mac_unicast, 5u);
  EXPECT_EQ(mac_.details().tx_mac_frames, 7u);
  EXPECT_EQ(mac_.details().rx_no_descriptor, 11u);
  EXPECT_EQ(mac_.details().rx_overflows, 13u);
  EXPECT_EQ(mac_.stats().rx_overrun, 24u);
  // They run on, and wrap.
  chip_.reg(0x194) = 1;
  chip_.reg(kDmamfbocr) = 1;
  Run(100ms);
  EXPECT_EQ(mac_.details().rx_crc_errors, 1u);
  EXPECT_EQ(mac_.details().rx_alignment_errors, 3u);
  EXPECT_EQ(mac_.stats().rx_overrun, 25u);
}

TEST_F(Stm32EthStart, CountersOfTheMacBeginAgainAfterAReset) {
  Start();
  chip_.reg(0x194) = 5;
  chip_.reg(0x198) = 5;
  chip_.reg(0x1c4) = 5;
  chip_.reg(0x168) = 5;
  chip_.reg(kDmasr) = 1u << 13;
  Run(100ms);
  EXPECT_EQ(chip_.resets(), 2u);
  for (const uint32_t counter : {0x194u, 0x198u, 0x1c4u, 0x168u}) {
    chip_.reg(counter) = 1;
  }
  Run(100ms);
  EXPECT_EQ(mac_.details().rx_crc_errors, 6u);
  EXPECT_EQ(mac_.details().rx_alignment_errors, 6u);
  EXPECT_EQ(mac_.details().rx_mac_unicast, 6u);
  EXPECT_EQ(mac_.details().tx_mac_frames, 6u);
}

TEST_F(Stm32EthStart, MacInResetIsNotAskedForCounters) {
  chip_.has_ref_clk = false;
  EXPECT_EQ(mac_.Start(kOwn), Status::kDeadlineExceeded);
  Run(1s);
  EXPECT_EQ(chip_.reads(kDmamfbocr), 0u);
}

// DMASR.FBES: the DMA stays off the bus until the MAC is reset.
TEST_F(Stm32EthStart, BusErrorIsHealedByAReset) {
  Start();
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(60))), Status::kOk);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(61))), Status::kOk);
  chip_.reg(kDmasr) = 1u << 13;
  Run(100ms);
  EXPECT_EQ(chip_.resets(), 2u);
  EXPECT_EQ(mac_.details().bus_errors, 1u);
  EXPECT_EQ(mac_.stats().tx_errors, 2u) << "frames that were lost with it";
  EXPECT_EQ(Held(base::Holder::kDriverTransmit), 0u);
  EXPECT_TRUE(mac_.link().is_up());
  EXPECT_EQ(mac_.stats().link_changes, 1u);
  EXPECT_EQ(chip_.reg(kMaccr), 0x0000'cc0cu);
  EXPECT_EQ(chip_.reg(0x0044), 0x105e'0002u);
  ASSERT_TRUE(chip_.Receive(Frame(100)));
  EXPECT_EQ(mac_.Receive()->size(), 100u);
  ASSERT_EQ(mac_.Transmit(MakePbuf(Frame(62))), Status::kOk);
  EXPECT_EQ(chip_.Transmit(), Frame(62));
}

TEST_F(Stm32EthStart, BusErrorWithoutReferenceClockIsNoLinkUntilItIsBack) {
  Start();
  chip_.has_ref_clk = false;
  chip_.reg(kDmasr) = 1u << 13;
  Run(1s);
  EXPECT_FALSE(mac_.link().is_up());
  EXPECT_EQ(mac_.details().bus_errors, 1u) << "one, however long it takes";
  EXPECT_EQ(mac_.details().bus_timeouts, 1u);
  chip_.has_ref_clk = true;
  chip_.reset_looks = 0;
  Run(1s);
  EXPECT_TRUE(mac_.link().is_up());
  ASSERT_TRUE(chip_.Receive(Frame(100)));
  EXPECT_EQ(mac_.Receive()->size(), 100u);
}

TEST_F(Stm32EthStart, DumpsItsRegistersByName) {
  Start();
  for (const NamedRegister& reg : mac_.registers()) {
    EXPECT_TRUE(mac_.ReadRegister(reg.address)) << reg.name;
  }
  EXPECT_EQ(mac_.ReadRegister(0x0044), 0x105e'0002u);
  EXPECT_EQ(mac_.WriteRegister(0x0008, 0x5a5a'5a5a), Status::kOk);
  EXPECT_EQ(chip_.reg(0x0008), 0x5a5a'5a5au);
}

TEST_F(Stm32EthStart, RegistersThatChangeWhenReadAreNotInTheDump) {
  Start();
  for (const uint32_t address : {kDmamfbocr, 0x002cu, 0x0028u, 0x1060u}) {
    EXPECT_EQ(mac_.ReadRegister(address), std::unexpected(Status::kNotFound)) << address;
    EXPECT_EQ(mac_.WriteRegister(address, 0), Status::kNotFound) << address;
  }
}

TEST_F(Stm32EthStart, SaysWhatItCan) {
  const base::Capabilities can = mac_.capabilities();
  EXPECT_TRUE(can.checksum_verification);
  EXPECT_FALSE(can.checksum_insertion);
  EXPECT_FALSE(can.sums_received_frames);
  EXPECT_TRUE(can.dma);
  EXPECT_TRUE(can.mac_loopback);
  EXPECT_TRUE(can.phy_loopback);
  EXPECT_EQ(can.receive_window_frames, kRx);
  EXPECT_EQ(mac_.name(), "STM32F4 Ethernet");
}

}  // namespace
}  // namespace drivers
