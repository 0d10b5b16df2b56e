#include "drivers/phy/phy.h"

namespace drivers {

base::Result<uint32_t> ReadPhyId(MdioBus& bus, uint8_t address) {
  const auto high = bus.Read(address, PhyId1::kAddress);
  if (!high) {
    return std::unexpected(high.error());
  }
  const auto low = bus.Read(address, PhyId2::kAddress);
  if (!low) {
    return std::unexpected(low.error());
  }
  return static_cast<uint32_t>(*high) << 16 | *low;
}

base::Result<PhyScan> ScanPhys(MdioBus& bus) {
  PhyScan scan{};
  for (uint8_t address = 0; address < kPhyAddresses; ++address) {
    const auto id = ReadPhyId(bus, address);
    if (!id) {
      return std::unexpected(id.error());
    }
    scan[address] = *id;
  }
  return scan;
}

base::Result<uint8_t> PickPhy(const PhyScan& scan) {
  for (uint8_t address = 1; address < kPhyAddresses; ++address) {
    if (IsPhyId(scan[address]) && (!IsPhyId(scan[0]) || scan[address] == scan[0])) {
      return address;
    }
  }
  if (IsPhyId(scan[0])) {
    return uint8_t{0};
  }
  return std::unexpected(base::Status::kNotFound);
}

base::LinkMode ResolveAbilities(Advertisement own, PartnerAbility partner) {
  const uint16_t common = own.raw & partner.raw;
  base::LinkMode mode;
  if ((common & Abilities::kAllSpeeds) == 0) {
    return mode;
  }
  mode.state = base::LinkState::kUp;
  mode.speed_mbit = (common & (Abilities::k100Full | Abilities::k100Half)) != 0 ? 100 : 10;
  const uint16_t full = mode.speed_mbit == 100 ? Abilities::k100Full : Abilities::k10Full;
  mode.duplex = (common & full) != 0 ? base::Duplex::kFull : base::Duplex::kHalf;
  // PAUSE works on full duplex links alone (annex 31B.1).
  mode.pause = mode.duplex == base::Duplex::kFull && (common & Abilities::kPause) != 0;
  return mode;
}

void Phy::Start() {
  state_ = State::kMissing;
  link_ = {};
  cable_test_ = {};
  CheckNow();
}

void Phy::Request(const PhyRequest& request) {
  request_ = request;
  RestartNegotiation();
}

void Phy::RestartNegotiation() {
  apply_request_ = true;
  CheckNow();
}

void Phy::SetLoopback(bool on) {
  loopback_ = on;
  RestartNegotiation();
}

base::Status Phy::AcknowledgeInterrupt() {
  CheckNow();
  return model_->interrupts == nullptr ? base::Status::kOk : model_->interrupts->acknowledge(*this);
}

base::Status Phy::SetFarLoopback(bool on) {
  if (model_->set_far_loopback == nullptr) {
    return base::Status::kUnimplemented;
  }
  RETURN_IF_ERROR(model_->set_far_loopback(*this, on));
  far_loopback_ = on;
  return base::Status::kOk;
}

base::Status Phy::StartCableTest() {
  if (model_->cable_test == nullptr) {
    return base::Status::kUnimplemented;
  }
  const bool is_ready =
      state_ == State::kDown || state_ == State::kUp || state_ == State::kLoopback;
  if (!is_ready) {
    return base::Status::kUnavailable;
  }
  cable_test_.Begin();
  state_ = State::kCableTest;
  link_ = {};
  CheckNow();
  return base::Status::kOk;
}

base::Instant Phy::Poll(base::Instant now) {
  if (now >= next_poll_) {
    next_poll_ = Step(now);
  }
  return next_poll_;
}

base::Instant Phy::Step(base::Instant now) {
  switch (state_) {
    case State::kStopped:
      return base::kNever;
    case State::kMissing:
      return BeginReset(now);
    case State::kResetting:
      return PollReset(now);
    case State::kCableTest:
      return PollCableTest(now);
    case State::kDown:
    case State::kUp:
    case State::kLoopback:
      break;
  }
  if (apply_request_) {
    if (ApplyRequest() != base::Status::kOk) {
      return OnBadRead(now);
    }
    return now + kSoon;
  }
  return state_ == State::kLoopback ? now + kPollPeriod : PollLink(now);
}

base::Instant Phy::BeginReset(base::Instant now) {
  if (Identify() != base::Status::kOk) {
    return GoMissing(now);
  }
  ++stats_.resets;
  if (Write(BasicControl{BasicControl::kReset}) != base::Status::kOk) {
    return GoMissing(now);
  }
  state_ = State::kResetting;
  far_loopback_ = false;
  reset_deadline_ = now + kResetLimit;
  return now + kSoon;
}

base::Instant Phy::PollReset(base::Instant now) {
  const auto control = ReadPlausible<BasicControl>();
  if (control && !control->has(BasicControl::kReset)) {
    return Configure() == base::Status::kOk ? now + kSoon : GoMissing(now);
  }
  if (now >= reset_deadline_) {
    ++stats_.reset_timeouts;
    return GoMissing(now);
  }
  return now + kSoon;
}

base::Instant Phy::PollCableTest(base::Instant now) {
  const base::Instant next = cable_test_.Step(*this, *model_->cable_test, now);
  return cable_test_.is_running() ? next : BeginReset(now);
}

// Two readings of the id must agree: on a noisy bus nothing that follows would mean anything.
base::Status Phy::Identify() {
  address_ = wanted_address_;
  if (wanted_address_ == kScanForAddress) {
    const auto scan = ScanPhys(bus_);
    if (!scan) {
      return scan.error();
    }
    const auto found = PickPhy(*scan);
    if (!found) {
      return found.error();
    }
    address_ = *found;
  }
  const auto id = ReadPhyId(bus_, address_);
  if (!id) {
    return id.error();
  }
  if (!IsPhyId(*id)) {
    return base::Status::kNotFound;
  }
  if (ReadPhyId(bus_, address_) != id) {
    ++stats_.bad_reads;
    return base::Status::kDataLoss;
  }
  id_ = *id;
  model_ = &FindPhyModel(id_);
  return base::Status::kOk;
}

base::Status Phy::Configure() {
  if (model_->configure != nullptr) {
    RETURN_IF_ERROR(model_->configure(*this));
  }
  if (interrupts_wanted_ && model_->interrupts != nullptr) {
    RETURN_IF_ERROR(model_->interrupts->enable(*this));
  }
  bad_reads_in_a_row_ = 0;
  return ApplyRequest();
}

base::Status Phy::ApplyRequest() {
  link_ = {};
  state_ = State::kDown;
  const auto status = ReadStatus();
  if (!status) {
    return status.error();
  }
  if (loopback_) {
    RETURN_IF_ERROR(Force(*status));
    state_ = State::kLoopback;
  } else if (request_.negotiate && status->can_negotiate()) {
    RETURN_IF_ERROR(Negotiate(*status));
  } else {
    RETURN_IF_ERROR(Force(*status));
  }
  apply_request_ = false;
  return base::Status::kOk;
}

base::Status Phy::Negotiate(BasicStatus status) {
  // The abilities of register 1 stand six bits above their places in register 4.
  const uint16_t able = (status.raw >> 6) & Abilities::kAllSpeeds;
  Advertisement own;
  own.raw = static_cast<uint16_t>(Abilities::kSelector |
                                  (request_.advertise & (able | Abilities::kPause)));
  RETURN_IF_ERROR(Write(own));
  ++stats_.negotiations;
  return Write(BasicControl{BasicControl::kNegotiate | BasicControl::kRestartNegotiation});
}

// Without negotiation on our side a partner that negotiates falls back to half duplex, so that is
// what a PHY without negotiation gets unless full duplex was asked for.
base::Status Phy::Force(BasicStatus status) {
  constexpr uint16_t kAny100 = BasicStatus::k100Full | BasicStatus::k100Half;
  const bool is_forced = loopback_ || !request_.negotiate;
  const bool speed_100 =
      (status.raw & kAny100) != 0 && (loopback_ || !is_forced || request_.speed_100);
  const bool full = loopback_ || (is_forced && request_.duplex == base::Duplex::kFull);
  BasicControl control;
  control.raw = static_cast<uint16_t>((loopback_ ? BasicControl::kLoopback : 0) |
                                      (speed_100 ? BasicControl::kSpeed100 : 0) |
                                      (full ? BasicControl::kFullDuplex : 0));
  RETURN_IF_ERROR(Write(control));
  if (loopback_) {
    link_ = {.state = base::LinkState::kUp,
             .speed_mbit = static_cast<uint16_t>(speed_100 ? 100 : 10),
             .duplex = base::Duplex::kFull};
  }
  return base::Status::kOk;
}

base::Result<BasicStatus> Phy::ReadStatus() {
  auto status = Read<BasicStatus>();
  if (status && !status->is_plausible()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  return status;
}

base::Instant Phy::PollLink(base::Instant now) {
  auto status = ReadStatus();
  if (status && !status->link_up()) {
    if (state_ == State::kUp) {
      // Down, or was down for a moment: the stack hears of it either way.
      ++stats_.link_losses;
      state_ = State::kDown;
      link_ = {};
      return now + kSoon;
    }
    // The bit tells of the past; it has let go now.
    status = ReadStatus();
  }
  if (!status) {
    return OnBadRead(now);
  }
  bad_reads_in_a_row_ = 0;
  if (!status->link_up()) {
    return now + kPollPeriod;
  }
  // Read again while the link stays up: some PHYs follow a partner that changes its speed without
  // ever dropping the bit.
  if (const auto mode = ReadMode(*status)) {
    link_ = *mode;
    state_ = State::kUp;
  } else if (mode.error() != base::Status::kUnavailable) {
    return OnBadRead(now);
  }
  return now + kPollPeriod;
}

base::Result<base::LinkMode> Phy::ReadMode(BasicStatus status) {
  const bool negotiates = request_.negotiate && status.can_negotiate();
  if (negotiates && !status.negotiation_done()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  if (model_->read_link == nullptr) {
    return negotiates ? ReadNegotiated() : ReadForcedMode(*this);
  }
  auto mode = model_->read_link(*this);
  if (mode && negotiates) {
    // The vendor's register does not tell about PAUSE.
    const auto negotiated = ReadNegotiated();
    mode->pause = negotiated && negotiated->pause;
  }
  return mode;
}

base::Result<base::LinkMode> Phy::ReadNegotiated() {
  const auto own = ReadPlausible<Advertisement>();
  if (!own) {
    return std::unexpected(own.error());
  }
  const auto partner = ReadPlausible<PartnerAbility>();
  if (!partner) {
    return std::unexpected(partner.error());
  }
  const base::LinkMode mode = ResolveAbilities(*own, *partner);
  if (!mode.is_up()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  return mode;
}

base::Instant Phy::OnBadRead(base::Instant now) {
  ++stats_.bad_reads;
  ++bad_reads_in_a_row_;
  return bad_reads_in_a_row_ >= kMaxBadReads ? GoMissing(now) : now + kBadReadRetry;
}

base::Instant Phy::GoMissing(base::Instant now) {
  state_ = State::kMissing;
  link_ = {};
  return now + kRetryPeriod;
}

}  // namespace drivers
