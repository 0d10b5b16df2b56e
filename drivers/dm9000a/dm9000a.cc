// Start, link, supervision, interrupts, registers. Frames: receive.cc and transmit.cc.
#include "drivers/dm9000a/dm9000a.h"

#include <algorithm>
#include <array>

namespace drivers {
namespace {

using namespace dm9000a;

// A reset takes 10 us; a look is two bus cycles of at least 40 ns.
constexpr int kMaxResetLooks = 10'000;

constexpr std::array<uint8_t, 3> kRevisions = {0x18, 0x19, 0x1a};
constexpr uint8_t kRevisionOfB = 0x1a;

// Without registers that change something when they are read (NSR, ROCR, FCR, the memory ports).
constexpr auto kRegisters = std::to_array<NamedRegister>({
    {"NCR", NetworkControl::kAddress},
    {"TCR", TxControl::kAddress},
    {"TSR1", TxStatus::kAddress1},
    {"TSR2", TxStatus::kAddress2},
    {"RCR", RxControl::kAddress},
    {"RSR", 0x06},
    {"BPTR", 0x08},
    {"FCTR", FlowThreshold::kAddress},
    {"EPCR", PhyControl::kAddress},
    {"EPAR", PhyAddress::kAddress},
    {"EPDRL", kPhyDataLow},
    {"EPDRH", kPhyDataHigh},
    {"WCR", 0x0f},
    {"PAR0", kStationAddress + 0},
    {"PAR1", kStationAddress + 1},
    {"PAR2", kStationAddress + 2},
    {"PAR3", kStationAddress + 3},
    {"PAR4", kStationAddress + 4},
    {"PAR5", kStationAddress + 5},
    {"MAR0", kMulticastHash + 0},
    {"MAR1", kMulticastHash + 1},
    {"MAR2", kMulticastHash + 2},
    {"MAR3", kMulticastHash + 3},
    {"MAR4", kMulticastHash + 4},
    {"MAR5", kMulticastHash + 5},
    {"MAR6", kMulticastHash + 6},
    {"MAR7", kMulticastHash + 7},
    {"GPCR", 0x1e},
    {"GPR", GeneralPurpose::kAddress},
    {"TRPAL", 0x22},
    {"TRPAH", 0x23},
    {"RWPAL", 0x24},
    {"RWPAH", 0x25},
    {"VIDL", kVendorLow},
    {"VIDH", kVendorHigh},
    {"PIDL", kProductLow},
    {"PIDH", kProductHigh},
    {"CHIPR", kChipRevision},
    {"TCSCR", kTxChecksum},
    {"RCSCSR", kRxChecksum},
    {"INTCR", InterruptPin::kAddress},
    {"MRRL", 0xf4},
    {"MRRH", 0xf5},
    {"MWRL", 0xfa},
    {"MWRH", 0xfb},
    {"TXPLL", kTxLengthLow},
    {"TXPLH", kTxLengthHigh},
    {"ISR", InterruptStatus::kAddress},
    {"IMR", InterruptMask::kAddress},
});

bool IsNamedRegister(uint32_t address) {
  return std::ranges::find(kRegisters, address, &NamedRegister::address) != kRegisters.end();
}

}  // namespace

Dm9000a::Dm9000a(IndexDataBus& bus, base::PbufPools& pools, const Dm9000aConfig& config)
    : EthernetDriver(pools),
      bus_(bus),
      config_(config),
      mdio_(bus, details_.phy_bus_timeouts),
      phy_(mdio_, Dm9000aPhyAccess::kInternalPhy) {}

base::Capabilities Dm9000a::capabilities() const {
  return {.sums_received_frames = true,
          .mac_loopback = true,
          .phy_loopback = true,
          .receive_window_frames = kReceiveWindowFrames};
}

std::string_view Dm9000a::name() const { return revision_ == kRevisionOfB ? "DM9000B" : "DM9000A"; }

void Dm9000a::CheckLink() {
  phy_.CheckNow();
  poll_now_ = true;
}

base::Status Dm9000a::DoStart(const base::MacAddress&) {
  applied_link_ = {};
  phy_power_ = PhyPower::kOff;
  is_lost_ = false;
  if (!FindChip()) {
    return base::Status::kNotFound;
  }
  RETURN_IF_ERROR(ResetTwice());
  Configure();
  phy_power_ = PhyPower::kSwitchedOn;
  PowerUpPhy();
  return base::Status::kOk;
}

// The last access for the next two milliseconds.
void Dm9000a::PowerUpPhy() {
  if ((Get<GeneralPurpose>().raw & GeneralPurpose::kPhyPowerDown) != 0) {
    phy_power_ = PhyPower::kSwitchedOn;
    Set(GeneralPurpose{0});
  }
}

bool Dm9000a::FindChip() {
  const auto vendor = static_cast<uint16_t>(bus_.Read(kVendorLow) | bus_.Read(kVendorHigh) << 8);
  const auto product = static_cast<uint16_t>(bus_.Read(kProductLow) | bus_.Read(kProductHigh) << 8);
  revision_ = bus_.Read(kChipRevision);
  const uint8_t expected_mode =
      bus_.width() == IndexDataBus::Width::k16 ? InterruptStatus::kMode16 : InterruptStatus::kMode8;
  return vendor == kVendor && product == kProduct &&
         std::ranges::find(kRevisions, revision_) != kRevisions.end() &&
         Get<InterruptStatus>().io_mode() == expected_mode;
}

// One reset is not enough: the second one begins while the MAC is cut off from the PHY by its
// loopback, so that no frame can arrive in between (application notes).
base::Status Dm9000a::ResetTwice() {
  RETURN_IF_ERROR(ResetOnce());
  Set(NetworkControl{0});
  RETURN_IF_ERROR(ResetOnce());
  Set(NetworkControl{0});
  return base::Status::kOk;
}

base::Status Dm9000a::ResetOnce() {
  Set(NetworkControl{NetworkControl::kReset | NetworkControl::kMacLoopback});
  for (int i = 0; i < kMaxResetLooks; ++i) {
    if ((Get<NetworkControl>().raw & NetworkControl::kReset) == 0) {
      return base::Status::kOk;
    }
  }
  ++details_.reset_timeouts;
  return base::Status::kDeadlineExceeded;
}

// Everything but the PHY, from the state after a reset. The receiver is opened last.
void Dm9000a::Configure() {
  Set(InterruptMask{InterruptMask::kPointersWrap});
  Set(InterruptPin{config_.interrupt_active_high
                       ? uint8_t{0}
                       : uint8_t{InterruptPin::kOpenCollector | InterruptPin::kActiveLow}});
  Set(TxControl{0});
  Set(FlowThreshold{FlowThreshold::kLevels});
  bus_.Write(kTxChecksum, 0);
  bus_.Write(kRxChecksum, 0);
  Set(NetworkStatus{NetworkStatus::kTxEnds});
  Set(InterruptStatus{Interrupts::kAll});
  for (uint8_t i = 0; i < 6; ++i) {
    bus_.Write(static_cast<uint8_t>(kStationAddress + i), address().octets[i]);
  }
  constexpr unsigned kBroadcast = HashBit({{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}});
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned bits = i == kBroadcast / 8 ? 1u << kBroadcast % 8 : 0;
    bus_.Write(static_cast<uint8_t>(kMulticastHash + i), static_cast<uint8_t>(bits));
  }
  in_flight_ = false;
  waiting_size_ = 0;
  ApplyLink();
}

void Dm9000a::SetReceiveFilter(Dm9000aFilter filter) {
  filter_ = filter;
  apply_link_ = true;
  poll_now_ = true;
}

// The MAC takes speed and duplex from the internal PHY by itself.
void Dm9000a::ApplyLink() {
  constexpr std::array<uint8_t, 3> kLoopbacks = {0, NetworkControl::kMacLoopback,
                                                 NetworkControl::kPhyLoopback};
  Set(NetworkControl{kLoopbacks[static_cast<size_t>(loopback_)]});
  Set(FlowControl{applied_link_.pause ? uint8_t{FlowControl::kSendPause | FlowControl::kObeyPause}
                                      : uint8_t{0}});
  uint8_t receive = RxControl::kEnable | RxControl::kDropLong;
  if (filter_ == Dm9000aFilter::kAllMulticast) {
    receive |= RxControl::kAllMulticast;
  } else if (filter_ == Dm9000aFilter::kEverything) {
    receive |= RxControl::kPromiscuous | RxControl::kAllMulticast;
  }
  Set(RxControl{receive});
  apply_link_ = false;
}

base::Instant Dm9000a::DoPoll(base::Instant now, base::LinkMode& link) {
  if (phy_power_ == PhyPower::kOff) {
    return base::kNever;
  }
  if (!PhyIsUp(now)) {
    return phy_up_at_;
  }
  if (!poll_now_ && now < next_look_) {
    return next_look_;
  }
  poll_now_ = false;
  Supervise(now);
  if (phy_power_ != PhyPower::kOn) {
    return now;  // a reset took the PHY's power
  }
  // A lost chip answers for its PHY neither.
  next_look_ = is_lost_ ? now + kLookPeriod : std::min(phy_.Poll(now), now + kLookPeriod);
  link = LinkToUse();
  if (link != applied_link_) {
    applied_link_ = link;
    apply_link_ = true;
  }
  if (apply_link_ && !is_lost_) {
    ApplyLink();
  }
  return next_look_;
}

bool Dm9000a::PhyIsUp(base::Instant now) {
  if (phy_power_ == PhyPower::kSwitchedOn) {
    phy_up_at_ = now + kPhyPowerUp;
    phy_power_ = PhyPower::kRising;
  }
  if (phy_power_ == PhyPower::kRising && now >= phy_up_at_) {
    phy_.Start();
    phy_power_ = PhyPower::kOn;
    poll_now_ = true;
  }
  return phy_power_ == PhyPower::kOn;
}

base::LinkMode Dm9000a::LinkToUse() const {
  if (is_lost_) {
    return {};
  }
  if (loopback_ != base::Loopback::kOff) {
    return {.state = base::LinkState::kUp, .speed_mbit = 100, .duplex = base::Duplex::kFull};
  }
  return phy_.link();
}

base::Status Dm9000a::DoSetLoopback(base::Loopback loopback) {
  loopback_ = loopback;
  apply_link_ = true;
  poll_now_ = true;
  return base::Status::kOk;
}

void Dm9000a::Supervise(base::Instant now) {
  if (is_lost_) {
    Recover();
    return;
  }
  CheckOverflow();
  CheckStall(now);
}

// An overflow ends by itself when frames are read. A receiver that goes on losing frames though its
// memory is empty does not come back.
void Dm9000a::CheckOverflow() {
  const auto lost = Get<RxOverflowCounter>();
  counters().rx_overrun += lost.frames();
  details_.rx_counter_overflows += (lost.raw & RxOverflowCounter::kOverflowed) != 0;
  const bool overflows = LookAtStatus().has(NetworkStatus::kRxOverflow);
  const bool received = stats().rx_frames != frames_at_last_look_;
  frames_at_last_look_ = stats().rx_frames;
  if (overflows && lost.frames() != 0 && !received && !HasFrame()) {
    ++details_.rx_overflow_resets;
    Recover();
  }
}

void Dm9000a::CheckStall(base::Instant now) {
  if (!in_flight_ || flights_ != watched_flight_) {
    watched_flight_ = flights_;
    watched_since_ = now;
    return;
  }
  if (now - watched_since_ >= kLongestFlight) {
    ++details_.tx_stalls;
    Recover();
  }
}

// What the memory held is gone. The PHY keeps its link.
void Dm9000a::Recover() {
  counters().tx_errors += (in_flight_ ? 1 : 0) + (waiting_size_ != 0 ? 1 : 0);
  in_flight_ = false;
  waiting_size_ = 0;
  is_lost_ = ResetTwice() != base::Status::kOk;
  if (is_lost_) {
    return;
  }
  Configure();
  PowerUpPhy();
  phy_.CheckNow();
  poll_now_ = true;
}

bool Dm9000a::ArmInterrupt() {
  if (!is_running()) {
    return true;
  }
  // What is taken back first and looked at afterwards cannot get lost in between.
  const auto status = Get<InterruptStatus>();
  Set(InterruptStatus{static_cast<uint8_t>(status.raw & Interrupts::kAll)});
  bool work = HasFrame();
  if (status.has(Interrupts::kLinkChange)) {
    work = true;
    CheckLink();
  }
  if (status.has(Interrupts::kRxOverflow | Interrupts::kOverflowCounter)) {
    work = true;
    poll_now_ = true;
  }
  details_.tx_underruns += status.has(Interrupts::kUnderrun);
  DoReapTransmitted();
  if (tx_wanted_ && has_tx_room()) {
    work = true;
    tx_wanted_ = false;
  }
  // Also when a reset just now wants the settings looked at.
  if (work || poll_now_ || !is_running()) {
    return false;
  }
  constexpr uint8_t kAlways = InterruptMask::kPointersWrap | Interrupts::kReceived |
                              Interrupts::kRxOverflow | Interrupts::kOverflowCounter |
                              Interrupts::kLinkChange;
  const bool awaits_end = tx_wanted_ || waiting_size_ != 0;
  Set(InterruptMask{static_cast<uint8_t>(kAlways | (awaits_end ? Interrupts::kTransmitted : 0))});
  return true;
}

std::span<const NamedRegister> Dm9000a::registers() const { return kRegisters; }

base::Result<uint32_t> Dm9000a::ReadRegister(uint32_t address) {
  if (!IsNamedRegister(address)) {
    return std::unexpected(base::Status::kNotFound);
  }
  if (!is_running()) {
    return std::unexpected(base::Status::kDeadlineExceeded);
  }
  return bus_.Read(static_cast<uint8_t>(address));
}

base::Status Dm9000a::WriteRegister(uint32_t address, uint32_t value) {
  if (!IsNamedRegister(address)) {
    return base::Status::kNotFound;
  }
  if (!is_running()) {
    return base::Status::kDeadlineExceeded;
  }
  bus_.Write(static_cast<uint8_t>(address), static_cast<uint8_t>(value));
  return base::Status::kOk;
}

}  // namespace drivers
