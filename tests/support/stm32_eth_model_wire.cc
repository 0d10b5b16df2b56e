// The STM32 Ethernet model's wire: arrival times, link, collisions.
#include <algorithm>

#include "tests/support/stm32_eth_model.h"

namespace test {

using namespace stm32_eth;

namespace {

constexpr size_t kShortest = 60;
constexpr size_t kOverheadBytes = 12;  // preamble and frame check sequence
constexpr uint16_t kPhyFast = 0x2000;
constexpr uint16_t kPhyNegotiates = 0x1000;
constexpr uint16_t kPhyFullDuplex = 0x0100;

}  // namespace

void Stm32EthModel::PlugIn(const PhyPartner& partner) {
  Advance();
  SetPhyTime();
  partner_ = partner;
  phy_.PlugIn(partner);
}

void Stm32EthModel::Unplug() {
  Advance();
  SetPhyTime();
  partner_.reset();
  phy_.Unplug();
  wire_.clear();
}

// What the PHY runs at; its loopback needs no partner.
base::LinkMode Stm32EthModel::LinkOfWire() {
  SetPhyTime();
  if (!phy_.loopback()) {
    return phy_.mode();
  }
  const bool is_full = (phy_.control() & kPhyFullDuplex) != 0;
  return {.state = base::LinkState::kUp,
          .speed_mbit = static_cast<uint16_t>((phy_.control() & kPhyFast) != 0 ? 100 : 10),
          .duplex = is_full ? base::Duplex::kFull : base::Duplex::kHalf};
}

bool Stm32EthModel::RunsAtSpeedOf(const base::LinkMode& mode) const {
  return mode.speed_mbit == (Has(kMaccr, kCrFast) ? 100 : 10);
}

// A partner that negotiates with somebody who does not falls back to half duplex (28.2.3.1).
bool Stm32EthModel::partner_is_full_duplex() {
  if (phy_.loopback() || !partner_) {
    return true;
  }
  if (!partner_->negotiates) {
    return partner_->duplex == base::Duplex::kFull;
  }
  return (phy_.control() & kPhyNegotiates) != 0 && phy_.mode().duplex == base::Duplex::kFull;
}

bool Stm32EthModel::can_receive() {
  if (!Has(kMaccr, kCrReceiver) || !wiring_.has_receive_clock()) {
    return false;
  }
  if (!wiring_.has_receive_pins()) {
    Report("receiver on, but CRS_DV, RXD0 and RXD1 are not all in alternate function 11");
    return false;
  }
  return true;
}

bool Stm32EthModel::Deliver(base::ConstByteSpan frame) {
  if (frame.size() >= kShortest) {
    return DeliverRaw(frame, 0);
  }
  ByteVector padded = ToVector(frame);
  padded.resize(kShortest);
  return DeliverRaw(padded, 0);
}

bool Stm32EthModel::DeliverRaw(base::ConstByteSpan frame, uint32_t errors) {
  Advance();
  const base::LinkMode mode = LinkOfWire();
  if (!mode.is_up() || phy_.loopback() || Has(kMaccr, kCrLoopback) || !can_receive()) {
    return false;
  }
  if (!RunsAtSpeedOf(mode) || TakeFault(faults_.receive_crc_every, crc_faults_)) {
    errors |= kRdCrcError;
  }
  errors |= faults_.swaps_receive_pins ? kRdCrcError | kRdDribble : 0;
  uint32_t ignored = 0;
  const bool is_wanted = passes_filter(frame, ignored) || Has(kMacffr, kFfReceiveAll);
  if (errors == 0 && !is_wanted && !IsPauseFrame(frame)) {
    return false;
  }
  return Enqueue(frame, errors);
}

// False: too many are on their way already.
bool Stm32EthModel::Enqueue(base::ConstByteSpan frame, uint32_t errors) {
  if (wire_.size() == kWireFrames) {
    return false;
  }
  WireFrame added{.bytes = ToVector(frame), .errors = errors};
  VirtualTime start = std::max(time_, rx_free_);
  if (on_wire_ && on_wire_->end != kNever && !Has(kMaccr, kCrLoopback) && !phy_.loopback()) {
    ShareWire(added, start);
  }
  added.end = start + WireTime(kOverheadBytes + frame.size());
  rx_free_ = added.end + GapTime();
  wire_.push_back(std::move(added));
  return true;
}

// Who of the two ends waits when both have something to send, and what comes of it when one does
// not.
void Stm32EthModel::ShareWire(WireFrame& frame, VirtualTime& start) {
  const bool is_full = Has(kMaccr, kCrFullDuplex);
  const bool partner_is_full = partner_is_full_duplex();
  if (is_full && partner_is_full) {
    return;
  }
  const VirtualTime end = start + WireTime(kOverheadBytes + frame.bytes.size());
  if (on_wire_->start > start) {
    if (!is_full && on_wire_->start < end) {
      const VirtualTime duration = on_wire_->end - on_wire_->start;
      on_wire_->start = end + GapTime();
      on_wire_->end = on_wire_->start + duration;
      on_wire_->status |= kTdDeferred;
    }
  } else if (!partner_is_full) {
    start = std::max(start, on_wire_->end + GapTime());
  } else {
    frame.errors |= kRdCrcError;
    Collide(start, end);
  }
}

}  // namespace test
