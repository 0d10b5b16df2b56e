// Start, link, interrupts, registers. Frames: receive.cc and transmit.cc.
#include "drivers/stm32_eth/stm32_eth.h"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/stm32_eth/errata.h"
#include "drivers/stm32_eth/registers.h"

namespace drivers {
namespace {

using namespace stm32_eth;

// A reset takes some cycles of each clock, a microsecond at 2.5 MHz. A look takes at least four
// cycles of HCLK.
constexpr int kMostResetLooks = 4'000;
// The longest frame at 10 Mbit/s: 1.3 ms, 218400 cycles at 168 MHz.
constexpr int kMostIdleLooks = 60'000;

// Without registers that change something when they are read.
constexpr auto kRegisters = std::to_array<NamedRegister>({
    {"MACCR", MacControl::kAddress},
    {"MACFFR", MacFilter::kAddress},
    {"MACHTHR", 0x0008},
    {"MACHTLR", 0x000c},
    {"MACMIIAR", MiiAddress::kAddress},
    {"MACMIIDR", MiiData::kAddress},
    {"MACFCR", MacFlow::kAddress},
    {"MACVLANTR", 0x001c},
    {"MACDBGR", MacDebug::kAddress},
    {"MACSR", 0x0038},
    {"MACIMR", MacInterruptMask::kAddress},
    {"MACA0HR", MacAddressHigh::kAddress},
    {"MACA0LR", MacAddressLow::kAddress},
    {"MACA1HR", 0x0048},
    {"MACA1LR", 0x004c},
    {"MACA2HR", 0x0050},
    {"MACA2LR", 0x0054},
    {"MACA3HR", 0x0058},
    {"MACA3LR", 0x005c},
    {"MMCCR", 0x0100},
    {"MMCRIR", 0x0104},
    {"MMCTIR", 0x0108},
    {"MMCRIMR", MmcReceiveMask::kAddress},
    {"MMCTIMR", MmcTransmitMask::kAddress},
    {"MMCTGFSCCR", 0x014c},
    {"MMCTGFMSCCR", 0x0150},
    {"MMCTGFCR", MmcSentFrames::kAddress},
    {"MMCRFCECR", MmcCrcErrors::kAddress},
    {"MMCRFAECR", MmcAlignmentErrors::kAddress},
    {"MMCRGUFCR", MmcUnicastFrames::kAddress},
    {"PTPTSCR", 0x0700},
    {"DMABMR", BusMode::kAddress},
    {"DMARDLAR", ReceiveList::kAddress},
    {"DMATDLAR", TransmitList::kAddress},
    {"DMASR", DmaStatus::kAddress},
    {"DMAOMR", OperationMode::kAddress},
    {"DMAIER", InterruptEnable::kAddress},
    {"DMACHTDR", 0x1048},
    {"DMACHRDR", 0x104c},
    {"DMACHTBAR", 0x1050},
    {"DMACHRBAR", 0x1054},
});

bool IsNamedRegister(uint32_t address) {
  return std::ranges::find(kRegisters, address, &NamedRegister::address) != kRegisters.end();
}

}  // namespace

Stm32Eth::Stm32Eth(RegisterBus& bus, base::PbufPools& pools, const Stm32EthRings& rings,
                   const Stm32EthConfig& config)
    : EthernetDriver(pools),
      bus_(bus),
      rings_(rings),
      config_(config),
      mdio_(bus, config.hclk_hz, details_.bus_timeouts),
      phy_(mdio_, config.phy_address) {
  // Nothing was received before Start.
  for (Descriptor& descriptor : rings_.rx) {
    descriptor.status = RxStatus::kOwn;
  }
}

base::Capabilities Stm32Eth::capabilities() const {
  return {.checksum_verification = true,
          .dma = true,
          .mac_loopback = true,
          .phy_loopback = true,
          .receive_window_frames = static_cast<uint16_t>(rings_.rx.size())};
}

base::Status Stm32Eth::DoStart(const base::MacAddress&) {
  // The management bus works whether the MAC leaves its reset or not, and tells why it does not.
  phy_.Start();
  poll_now_ = true;
  return Reset();
}

// 33.4.3: the reset ends when both clocks of the wire run.
base::Status Stm32Eth::Reset() {
  state_ = State::kResetting;
  Set(BusMode{BusMode::kSoftReset});
  if (!AwaitClear<BusMode>(BusMode::kSoftReset, kMostResetLooks)) {
    return base::Status::kDeadlineExceeded;
  }
  return Configure();
}

// The order is that of 33.6.1.
base::Status Stm32Eth::Configure() {
  Settle(BusMode::kAddress);
  SetSlowly(BusMode{BusMode::kWorking});
  if (Get<BusMode>().raw != BusMode::kWorking) {
    return base::Status::kNotFound;
  }
  Set(InterruptEnable{0});
  Set(MacInterruptMask{MacInterruptMask::kNone});
  Set(MmcReceiveMask{MmcReceiveMask::kNone});
  Set(MmcTransmitMask{MmcTransmitMask::kNone});
  crc_errors_seen_ = alignment_errors_seen_ = unicast_seen_ = sent_seen_ = 0;
  RETURN_IF_ERROR(FillRings());
  // The write to the lower half takes over both (33.8.1).
  SetSlowly(HighPartOf(address()));
  SetSlowly(LowPartOf(address()));
  ApplyLink();
  SetSlowly(OperationMode{OperationMode::kWorking});
  state_ = State::kRunning;
  return base::Status::kOk;
}

base::Status Stm32Eth::FillRings() {
  rx_next_ = tx_next_ = tx_tail_ = tx_used_ = 0;
  rx_armed_ = false;
  DropUnsent();
  for (size_t i = 0; i < rings_.rx.size(); ++i) {
    const bool is_last = i + 1 == rings_.rx.size();
    rings_.rx[i].sizes = kReceiveBuffer | (is_last ? Descriptor::kRxEndOfRing : 0);
    // A buffer that the DMA had before a reset is still there.
    if (rings_.rx_frames[i]) {
      Arm(i);
    } else if (!Refill(i)) {
      return base::Status::kResourceExhausted;
    }
  }
  for (Descriptor& descriptor : rings_.tx) {
    descriptor.status = 0;
  }
  const uint32_t rx = config_.memory.AddressOf(rings_.rx.data(), rings_.rx.size_bytes());
  const uint32_t tx = config_.memory.AddressOf(rings_.tx.data(), rings_.tx.size_bytes());
  if (rx == 0 || tx == 0) {
    return base::Status::kInvalidArgument;
  }
  DmaBarrier();
  Set(ReceiveList{rx});
  Set(TransmitList{tx});
  return base::Status::kOk;
}

void Stm32Eth::SetReceiveFilter(ReceiveFilter filter) {
  filter_ = filter;
  apply_link_ = true;
  poll_now_ = true;
}

// The frame on its way ends first; then the MAC takes its new settings at rest.
void Stm32Eth::ApplyLink() {
  uint32_t control = MacControl::kReserved | MacControl::kVerifyChecksums | MacControl::kTransmit;
  control |= applied_link_.duplex == base::Duplex::kFull ? MacControl::kFullDuplex
                                                         : MacControl::kIgnoreOwn;
  control |= applied_link_.speed_mbit == 100 ? MacControl::kSpeed100 : 0;
  control |= loopback_ == base::Loopback::kMac ? MacControl::kLoopback : 0;
  uint32_t filter = 0;
  if (filter_ == ReceiveFilter::kAllMulticast) {
    filter = MacFilter::kAllMulticast;
  } else if (filter_ == ReceiveFilter::kEverything) {
    filter = MacFilter::kPromiscuous;
  }
  // What comes in before speed and duplex are known would look like errors of the wire.
  control |= applied_link_.is_up() ? MacControl::kReceive : 0;
  constexpr uint32_t kOn = MacControl::kTransmit | MacControl::kReceive;
  SetSlowly(MacControl{Get<MacControl>().raw & ~kOn});
  AwaitClear<MacDebug>(MacDebug::kTransmitActive | MacDebug::kReceiveActive, kMostIdleLooks);
  SetSlowly(MacControl{control & ~kOn});
  SetSlowly(MacFilter{filter});
  SetSlowly(MacFlow{applied_link_.pause ? MacFlow::kObeyPause : 0});
  SetSlowly(MacControl{control});
  apply_link_ = false;
}

base::Instant Stm32Eth::DoPoll(base::Instant now, base::LinkMode& link) {
  if (!poll_now_ && now < phy_.next_poll()) {
    return phy_.next_poll();
  }
  poll_now_ = false;
  if (state_ == State::kRunning) {
    UpdateCounters();
  }
  Repair();
  const base::Instant next = phy_.Poll(now);
  if (state_ != State::kRunning) {
    link = {};
    return next;
  }
  link = phy_.link();
  if (loopback_ == base::Loopback::kMac) {
    link = {.state = base::LinkState::kUp, .speed_mbit = 100, .duplex = base::Duplex::kFull};
  }
  if (apply_link_ || link != applied_link_) {
    applied_link_ = link;
    ApplyLink();
  }
  return next;
}

base::Status Stm32Eth::DoSetLoopback(base::Loopback loopback) {
  loopback_ = loopback;
  apply_link_ = true;
  phy_.SetLoopback(loopback == base::Loopback::kPhy);
  poll_now_ = true;
  return base::Status::kOk;
}

// A DMA that met a bus error stays off the bus until the MAC is reset (33.8.4, ETH_DMASR.FBES). A
// reset that did not end when it was asked for may have ended since. What fails here is tried again
// with the next poll.
void Stm32Eth::Repair() {
  if (state_ == State::kRunning && Get<DmaStatus>().has(DmaStatus::kBusError)) {
    ++details_.bus_errors;
    static_cast<void>(Reset());
  } else if (state_ == State::kResetting && !Get<BusMode>().has(BusMode::kSoftReset)) {
    static_cast<void>(Configure());
  }
}

void Stm32Eth::UpdateCounters() {
  details_.rx_crc_errors += Advance(MmcCrcErrors::kAddress, crc_errors_seen_);
  details_.rx_alignment_errors += Advance(MmcAlignmentErrors::kAddress, alignment_errors_seen_);
  details_.rx_mac_unicast += Advance(MmcUnicastFrames::kAddress, unicast_seen_);
  details_.tx_mac_frames += Advance(MmcSentFrames::kAddress, sent_seen_);
  const auto missed = Get<MissedFrames>();
  details_.rx_no_descriptor += missed.no_descriptor();
  details_.rx_overflows += missed.fifo_full();
  counters().rx_overrun += missed.no_descriptor() + missed.fifo_full();
}

// How far the counter at `address` went on since it stood at `seen`.
uint32_t Stm32Eth::Advance(uint32_t address, uint32_t& seen) {
  const uint32_t now = ReadMac(address);
  return now - std::exchange(seen, now);
}

void Stm32Eth::OnInterrupt() { Set(InterruptEnable{0}); }

bool Stm32Eth::ArmInterrupt() {
  // What is taken back first and looked at afterwards cannot get lost in between.
  const auto status = Get<DmaStatus>();
  Set(DmaStatus{status.raw & DmaStatus::kEvents});
  if (!RxStatus{rings_.rx[rx_next_].status}.has(RxStatus::kOwn)) {
    return false;
  }
  if (state_ == State::kRunning && status.has(DmaStatus::kBusError)) {
    poll_now_ = true;
    return false;
  }
  if (tx_wanted_ && !TxStatus{rings_.tx[tx_tail_].status}.has(TxStatus::kOwn)) {
    tx_wanted_ = false;
    return false;
  }
  Set(InterruptEnable{DmaStatus::kNormal | DmaStatus::kAbnormal | DmaStatus::kBusError |
                      DmaStatus::kReceived | (tx_wanted_ ? DmaStatus::kTransmitted : 0)});
  return true;
}

uint32_t Stm32Eth::ReadMac(uint32_t address) { return bus_.Read(address); }

void Stm32Eth::WriteMac(uint32_t address, uint32_t value) { bus_.Write(address, value); }

void Stm32Eth::WriteSlowly(uint32_t address, uint32_t value) {
  bus_.Write(address, value);
  Settle(address);
}

// Lets the time pass that has to lie between two writes to the register.
void Stm32Eth::Settle(uint32_t address) {
  const uint32_t reads = ReadsBetweenSuccessiveWrites(config_.hclk_hz);
  for (uint32_t i = 0; i < reads; ++i) {
    static_cast<void>(bus_.Read(address));
  }
}

std::span<const NamedRegister> Stm32Eth::registers() const { return kRegisters; }

base::Result<uint32_t> Stm32Eth::ReadRegister(uint32_t address) {
  if (!IsNamedRegister(address)) {
    return std::unexpected(base::Status::kNotFound);
  }
  return ReadMac(address);
}

base::Status Stm32Eth::WriteRegister(uint32_t address, uint32_t value) {
  if (!IsNamedRegister(address)) {
    return base::Status::kNotFound;
  }
  WriteSlowly(address, value);
  return base::Status::kOk;
}

template <typename R>
bool Stm32Eth::AwaitClear(uint32_t bits, int most_looks) {
  for (int i = 0; i < most_looks; ++i) {
    if (!Get<R>().has(bits)) {
      return true;
    }
  }
  ++details_.bus_timeouts;
  return false;
}

}  // namespace drivers
