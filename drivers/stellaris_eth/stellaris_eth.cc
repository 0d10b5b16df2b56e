// Start, link, interrupts, registers. Frames: frames.cc.
#include "drivers/stellaris_eth/stellaris_eth.h"

#include <algorithm>
#include <array>

#include "drivers/stellaris_eth/registers.h"

namespace drivers {
namespace {

using namespace stellaris_eth;

constexpr auto kRegisters = std::to_array<NamedRegister>({
    {"MACRIS", InterruptStatus::kAddress},
    {"MACIM", InterruptMask::kAddress},
    {"MACRCTL", ReceiveControl::kAddress},
    {"MACTCTL", TransmitControl::kAddress},
    {"MACIA0", kAddressLow},
    {"MACIA1", kAddressHigh},
    {"MACTHR", Threshold::kAddress},
    {"MACMCTL", ManagementControl::kAddress},
    {"MACMDV", ManagementDivider::kAddress},
    {"MACMTXD", kManagementTransmit},
    {"MACMRXD", kManagementReceive},
    {"MACNP", PacketCount::kAddress},
    {"MACTR", TransmitRequest::kAddress},
});

bool IsNamedRegister(uint32_t address) {
  return std::ranges::find(kRegisters, address, &NamedRegister::address) != kRegisters.end();
}

constexpr uint32_t kReceiving = ReceiveControl::kEnable | ReceiveControl::kRejectBadCrc;
constexpr uint32_t kTransmitting =
    TransmitControl::kEnable | TransmitControl::kPad | TransmitControl::kCrc;

}  // namespace

StellarisEth::StellarisEth(RegisterBus& bus, base::PbufPools& pools,
                           const StellarisEthConfig& config)
    : EthernetDriver(pools),
      bus_(bus),
      config_(config),
      management_(bus, details_.bus_timeouts),
      phy_(config.other_phy != nullptr ? *config.other_phy : management_, config.phy_address) {}

base::Capabilities StellarisEth::capabilities() const {
  return {.sums_received_frames = true,
          .phy_loopback = config_.other_phy == nullptr,
          .receive_window_frames = kReceiveWindowFrames};
}

// 16.4: divider, address, receiver and transmitter; the FIFOs as if after a reset. The controller
// has no reset of its own, and a chip without one has no clock for it: its address does not stay.
base::Status StellarisEth::DoStart(const base::MacAddress& address) {
  Set(InterruptMask{0});
  Set(TransmitControl{0});
  Set(ManagementDivider::For(config_.clock_hz));
  bus_.Write(kAddressLow, AddressLow(address));
  bus_.Write(kAddressHigh, AddressHigh(address));
  if (bus_.Read(kAddressLow) != AddressLow(address)) {
    return base::Status::kNotFound;
  }
  Set(Threshold{Threshold::kWholeFrames});
  ResetReceiver();
  // Clearing the error also empties the transmit FIFO.
  Set(InterruptStatus{Interrupts::kAll});
  duplex_ = base::Duplex::kHalf;
  tx_wanted_ = false;
  tx_deadline_ = base::kNever;
  ApplyDuplex();
  phy_.Start();
  return base::Status::kOk;
}

// The receiver is off while its FIFO is reset (MACRCTL, RSTFIFO).
void StellarisEth::ResetReceiver() {
  Set(ReceiveControl{ReceiveControl::kRejectBadCrc});
  Set(ReceiveControl{ReceiveControl::kRejectBadCrc | ReceiveControl::kResetFifo});
  Set(ReceiveControl{kReceiving});
}

void StellarisEth::ApplyDuplex() {
  const bool full = duplex_ == base::Duplex::kFull;
  Set(TransmitControl{kTransmitting | (full ? TransmitControl::kFullDuplex : 0)});
}

base::Instant StellarisEth::DoPoll(base::Instant now, base::LinkMode& link) {
  TakeEvents();
  WatchTransmitter(now);
  const base::Instant next = phy_.Poll(now);
  link = phy_.link();
  if (link.is_up() && link.duplex != duplex_) {
    duplex_ = link.duplex;
    ApplyDuplex();
  }
  return std::min(next, tx_deadline_);
}

// MACRIS holds events, not counts: what came twice since the last look counts once.
void StellarisEth::TakeEvents() {
  const auto events = Get<InterruptStatus>();
  Set(InterruptStatus{events.raw & Interrupts::kAll});
  if (events.has(Interrupts::kReceiveError)) {
    ++details_.rx_rejected;
    ++counters().rx_errors;
  }
  if (events.has(Interrupts::kOverrun)) {
    ++details_.rx_overruns;
    ++counters().rx_overrun;
  }
  if (events.has(Interrupts::kTransmitError)) {
    ++details_.tx_aborted;
    ++counters().tx_errors;
  }
}

// A frame that neither leaves nor fails would close the transmitter for ever.
void StellarisEth::WatchTransmitter(base::Instant now) {
  if (!transmitter_is_busy()) {
    tx_deadline_ = base::kNever;
    return;
  }
  if (tx_deadline_ == base::kNever || tx_watched_ != tx_written_) {
    tx_watched_ = tx_written_;
    tx_deadline_ = now + kTransmitLimit;
    return;
  }
  if (now < tx_deadline_) {
    return;
  }
  ++details_.tx_restarts;
  ++counters().tx_errors;
  Set(TransmitControl{0});
  Set(InterruptStatus{Interrupts::kTransmitError});
  Set(TransmitRequest{0});
  ApplyDuplex();
  tx_deadline_ = base::kNever;
}

base::Status StellarisEth::DoSetLoopback(base::Loopback loopback) {
  const bool has_phy = config_.other_phy == nullptr;
  if (loopback == base::Loopback::kMac || (loopback == base::Loopback::kPhy && !has_phy)) {
    return base::Status::kUnimplemented;
  }
  phy_.SetLoopback(loopback == base::Loopback::kPhy);
  return base::Status::kOk;
}

void StellarisEth::OnInterrupt() { Set(InterruptMask{0}); }

bool StellarisEth::ArmInterrupt() {
  // What is taken back first and looked at afterwards cannot get lost in between.
  TakeEvents();
  if (Get<PacketCount>().frames() != 0) {
    return false;
  }
  if (tx_wanted_ && !transmitter_is_busy()) {
    tx_wanted_ = false;
    return false;
  }
  constexpr uint32_t kAlways = Interrupts::kReceived | Interrupts::kTransmitError |
                               Interrupts::kOverrun | Interrupts::kReceiveError;
  Set(InterruptMask{kAlways | (tx_wanted_ ? Interrupts::kTransmitEmpty : 0)});
  return true;
}

std::span<const NamedRegister> StellarisEth::registers() const { return kRegisters; }

base::Result<uint32_t> StellarisEth::ReadRegister(uint32_t address) {
  if (!IsNamedRegister(address)) {
    return std::unexpected(base::Status::kNotFound);
  }
  return bus_.Read(address);
}

base::Status StellarisEth::WriteRegister(uint32_t address, uint32_t value) {
  if (!IsNamedRegister(address)) {
    return base::Status::kNotFound;
  }
  bus_.Write(address, value);
  return base::Status::kOk;
}

}  // namespace drivers
