// Start, link, supervision, interrupts. Frames: receive.cc and transmit.cc; registers by name:
// register_names.cc.
#include "drivers/enc28j60/enc28j60.h"

#include "drivers/enc28j60/errata.h"
#include "drivers/enc28j60/registers.h"

namespace drivers {

using namespace enc28j60;

Enc28j60::Enc28j60(SpiDevice& spi, base::PbufPools& pools, const Enc28j60Config& config)
    : EthernetDriver(pools), config_(config), chip_(spi, details_.bus_timeouts), phy_(chip_, 0) {
  if (config.full_duplex) {
    phy_.Request({.negotiate = false, .speed_100 = false, .duplex = base::Duplex::kFull});
  }
}

// No sums: DMA brings the frames, and it cannot add.
base::Capabilities Enc28j60::capabilities() const {
  return {.phy_loopback = true, .receive_window_frames = kReceiveWindowFrames};
}

// EREVID is an ETH register and answers at any time, also while the clock starts (2.2).
base::Status Enc28j60::DoStart(const base::MacAddress&) {
  state_ = State::kStopped;
  if (!ReadRevision()) {
    return base::Status::kNotFound;
  }
  details_.unsafe_spi_rate += Erratum1SpiRateIsSafe(revision_, config_.spi_hz) ? 0 : 1;
  BeginRestart();
  return base::Status::kOk;
}

bool Enc28j60::ReadRevision() {
  chip_.ForgetBank();
  revision_ = chip_.Get(kRevision);
  return IsKnownRevision(revision_);
}

void Enc28j60::BeginRestart() {
  chip_.ClearBits(EthernetControl2::kRegister, EthernetControl2::kPowerSave);
  state_ = State::kWaking;
  deadline_.reset();
  poll_now_ = true;
  is_armed_ = false;
  frames_waiting_ = 0;
}

void Enc28j60::RestartChip() {
  ++details_.chip_restarts;
  counters().tx_errors += slots_used_;
  slots_used_ = 0;
  BeginRestart();
}

void Enc28j60::GoMissing() {
  ++details_.start_failures;
  state_ = State::kMissing;
}

base::Instant Enc28j60::DoPoll(base::Instant now, base::LinkMode& link) {
  if (state_ == State::kRunning) {
    if (!poll_now_ && now < phy_.next_poll()) {
      return phy_.next_poll();
    }
    poll_now_ = false;
    Disarm();
    Supervise(now);
  }
  if (state_ != State::kRunning) {
    link = {};
    const base::Instant next = PollStart(now);
    if (state_ != State::kRunning) {
      return next;
    }
  }
  return PollRunning(now, link);
}

// One step of the way from here to running. Returns when the next one is due.
base::Instant Enc28j60::PollStart(base::Instant now) {
  if (state_ == State::kStopped) {
    return base::kNever;
  }
  if (!deadline_) {
    deadline_ = now + (state_ == State::kMissing ? kRetryPeriod : kErratum2ResetTime);
  }
  if (now < *deadline_) {
    return *deadline_;
  }
  deadline_.reset();
  switch (state_) {
    case State::kMissing:
      if (ReadRevision()) {
        BeginRestart();
      }
      return now;
    case State::kWaking:
      chip_.Reset();
      state_ = State::kResetting;
      return now;
    default:
      FinishRestart();
      return now;
  }
}

// Erratum 2 makes a set CLKRDY worthless; one that is clear says that there is no clock.
void Enc28j60::FinishRestart() {
  const bool has_clock = (chip_.Get(EthernetStatus::kRegister) & EthernetStatus::kClockReady) != 0;
  if (!ReadRevision() || !has_clock || !Configure()) {
    GoMissing();
    return;
  }
  state_ = State::kRunning;
  configured_reset_.reset();
  phy_.Start();
}

// 6.1 to 6.5. False: the MAC does not keep its address, so it does not keep anything.
bool Enc28j60::Configure() {
  chip_.Set(EthernetControl2::kRegister, EthernetControl2::kAutoIncrement);
  chip_.Set(Interrupts::kEnable, 0);
  SetUpRing();
  slots_used_ = 0;
  ApplyFilter();
  chip_.Set(MacControl4::kRegister, MacControl4::kDefer);
  chip_.SetWord(kInterFrameGap, kInterFrameGapValue);
  chip_.SetWord(kLongestFrame, kMaxFrame + 4);
  for (size_t i = 0; i < address().octets.size(); ++i) {
    chip_.Set(kMacAddress[i], address().octets[i]);
  }
  for (size_t i = 0; i < address().octets.size(); ++i) {
    if (chip_.Get(kMacAddress[i]) != address().octets[i]) {
      return false;
    }
  }
  applied_link_ = {};
  ApplyLink();
  return true;
}

void Enc28j60::SetReceiveFilter(ReceiveFilter filter) {
  filter_ = filter;
  apply_filter_ = true;
  poll_now_ = true;
}

// 8.0: with every other filter off, each frame with a good check sequence is let in.
void Enc28j60::ApplyFilter() {
  uint8_t filters = ReceiveFilters::kGoodCrc;
  if (filter_ != ReceiveFilter::kEverything) {
    filters |= ReceiveFilters::kUnicast | ReceiveFilters::kBroadcast;
  }
  if (filter_ == ReceiveFilter::kAllMulticast) {
    filters |= ReceiveFilters::kMulticast;
  }
  chip_.Set(ReceiveFilters::kRegister, filters);
  apply_filter_ = false;
}

// MACON3.FULDPX must say what PHCON1.PDPXMD says (6.6). The receiver rests meanwhile.
void Enc28j60::ApplyLink() {
  const bool is_full = applied_link_.duplex == base::Duplex::kFull;
  chip_.ClearBits(EthernetControl1::kRegister, EthernetControl1::kReceiveEnable);
  chip_.Set(
      MacControl1::kRegister,
      static_cast<uint8_t>(MacControl1::kReceive |
                           (is_full ? MacControl1::kObeyPause | MacControl1::kSendPause : 0)));
  chip_.Set(
      MacControl3::kRegister,
      static_cast<uint8_t>(MacControl3::kPadTo60 | MacControl3::kAddCrc |
                           MacControl3::kCheckLength | (is_full ? MacControl3::kFullDuplex : 0)));
  chip_.Set(kBackToBackGap, is_full ? kBackToBackGapFull : kBackToBackGapHalf);
  chip_.SetBits(EthernetControl1::kRegister, EthernetControl1::kReceiveEnable);
}

// What a reset of the PHY takes away. In half duplex it would hear itself (6.6).
void Enc28j60::ConfigurePhy() {
  const uint32_t reset = phy_.stats().resets;
  if (configured_reset_ == reset || phy_.state() == Phy::State::kMissing ||
      phy_.state() == Phy::State::kResetting) {
    return;
  }
  const bool is_done =
      chip_.Write(0, PhyControl2::kAddress, PhyControl2::kNoHalfDuplexLoopback) ==
          base::Status::kOk &&
      chip_.Write(0, PhyLeds::kAddress, PhyLeds::kLinkAndActivity) == base::Status::kOk &&
      chip_.Write(0, PhyInterruptEnable::kAddress, PhyInterruptEnable::kLinkChange) ==
          base::Status::kOk;
  if (is_done) {
    configured_reset_ = reset;
  }
}

base::Instant Enc28j60::PollRunning(base::Instant now, base::LinkMode& link) {
  if (apply_filter_) {
    ApplyFilter();
  }
  const base::Instant next = phy_.Poll(now);
  ConfigurePhy();
  // A PHY that hears itself is no link.
  link = configured_reset_ ? phy_.link() : base::LinkMode{};
  if (link != applied_link_) {
    applied_link_ = link;
    ApplyLink();
  }
  return next;
}

void Enc28j60::Supervise(base::Instant now) {
  if (!HasSettings()) {
    ++details_.lost_settings;
    RestartChip();
    return;
  }
  WatchTransmitter(now);
  if (state_ != State::kRunning) {
    return;
  }
  switch (receive_watchdog_.Look(now, LookAtReceiver(TakeErrors()))) {
    case Remedy::kNone:
      break;
    case Remedy::kRestartReceiver:
      RestartReceiver();
      break;
    case Remedy::kRestartChip:
      RestartChip();
      break;
  }
}

// A chip that was reset by its supply or its pin, or that is gone, does not say that it receives.
bool Enc28j60::HasSettings() {
  const uint8_t control = chip_.Get(EthernetControl1::kRegister);
  constexpr uint8_t kResets = EthernetControl1::kTransmitReset | EthernetControl1::kReceiveReset;
  return (control & (kResets | EthernetControl1::kReceiveEnable)) ==
         EthernetControl1::kReceiveEnable;
}

// True when frames got lost for want of room in the ring.
bool Enc28j60::TakeErrors() {
  if ((chip_.Get(EthernetStatus::kRegister) & EthernetStatus::kBufferError) != 0) {
    ++details_.buffer_errors;
    chip_.ClearBits(EthernetStatus::kRegister, EthernetStatus::kBufferError);
  }
  if ((chip_.Get(Interrupts::kFlags) & Interrupts::kReceiveError) == 0) {
    return false;
  }
  ++counters().rx_overrun;
  chip_.ClearBits(Interrupts::kFlags, Interrupts::kReceiveError);
  return true;
}

base::Status Enc28j60::DoSetLoopback(base::Loopback loopback) {
  if (loopback == base::Loopback::kMac) {
    return base::Status::kUnimplemented;
  }
  phy_.SetLoopback(loopback == base::Loopback::kPhy);
  poll_now_ = true;
  return base::Status::kOk;
}

// 12.1: with INTIE off while the flags are served, what is left or new makes another edge later.
void Enc28j60::Disarm() {
  if (is_armed_) {
    is_armed_ = false;
    chip_.ClearBits(Interrupts::kEnable, Interrupts::kPin);
  }
}

bool Enc28j60::ArmInterrupt() {
  if (state_ != State::kRunning) {
    return deadline_ || state_ == State::kStopped;  // else the next Poll is due
  }
  Disarm();
  LookAtTransmitter();
  if (tx_wanted_ && DoTransmitRoom() != 0) {
    tx_wanted_ = false;
    return false;
  }
  if (HasFrame() || poll_now_) {
    return false;
  }
  const uint8_t flags = chip_.Get(Interrupts::kFlags);
  uint8_t enable = Interrupts::kPin | Interrupts::kPacket | Interrupts::kLink |
                   Interrupts::kTransmitError | Interrupts::kReceiveError;
  if ((flags & Interrupts::kLink) != 0) {
    if (chip_.Read(0, PhyInterruptFlags::kAddress)) {
      phy_.CheckNow();
      return false;
    }
    // The flag stays. The link is looked at in any case, only not at once.
    enable &= static_cast<uint8_t>(~Interrupts::kLink);
  }
  if ((flags & Interrupts::kReceiveError) != 0) {
    TakeErrors();
  }
  if (tx_wanted_ || slots_used_ > 1) {
    enable |= Interrupts::kTransmit;
  }
  chip_.Set(Interrupts::kEnable, enable);
  is_armed_ = true;
  return true;
}

}  // namespace drivers
