// The transmitter of the ENC28J60 model (DS39662E chapter 7.1).
#include <algorithm>

#include "tests/support/enc28j60_model.h"
#include "tests/support/ethernet_crc.h"

namespace test {

using namespace enc28j60_model;

namespace {

constexpr size_t kFcsSize = 4;
constexpr size_t kMinFrame = 60;
constexpr size_t kOverheadBytes = 8 + kFcsSize + 12;  // preamble, FCS, gap
constexpr size_t kVectorSize = 7;
constexpr size_t kCollisionWindow = 64;
constexpr size_t kFaultEach = 8;
constexpr size_t kMismatchEach = 3;

}  // namespace

void Enc28j60Model::CheckTransmitArea() {
  const size_t start = pointer(kEtxst);
  const size_t end = pointer(kEtxnd);
  if (end <= start) {
    violations_.Add("ENC28J60: ETXND is not behind ETXST");
  }
  const size_t last = end + kVectorSize;
  if (last >= kBufferSize) {
    violations_.Add("ENC28J60: the transmit status vector does not fit behind ETXND");
  }
  if (start <= pointer(kErxnd) && last >= pointer(kErxst)) {
    violations_.Add("ENC28J60: the transmit buffer lies in the receive buffer");
  }
  const bool mac_is_full = Has(kMacon3, kMacFullDuplex);
  if (mac_is_full != is_full_duplex()) {
    violations_.Add("ENC28J60: MACON3.FULDPX and PHCON1.PDPXMD differ");
  }
  const uint8_t gap = mac_is_full ? 0x15 : 0x12;  // 6.5: back-to-back inter-packet gap
  if (reg(kMabbipg) != gap) {
    violations_.Add("ENC28J60: MABBIPG does not fit the duplex mode");
  }
}

// With padding, without the FCS that the chip appends or the host has put behind.
ByteVector Enc28j60Model::FrameToSend(uint8_t control) {
  ByteVector frame;
  for (size_t at = pointer(kEtxst) + size_t{1}; at <= pointer(kEtxnd); ++at) {
    frame.push_back(buffer_.at(at % kBufferSize));
  }
  const bool overrides = (control & kOverride) != 0;
  const uint32_t padding = reg(kMacon3) >> 5;
  const bool pads = overrides ? (control & kOverridePad) != 0 : (padding & 1) != 0;
  const bool appends = overrides ? (control & kOverrideCrc) != 0 : Has(kMacon3, kAppendCrc);
  const bool is_huge = overrides ? (control & kOverrideHuge) != 0 : Has(kMacon3, kHugeFrames);
  if (pads && !appends && !overrides) {
    violations_.Add("ENC28J60: MACON3.PADCFG needs TXCRCEN");
  }
  is_giant_ = !is_huge && frame.size() + (appends ? kFcsSize : 0) > pointer(kMamxfl);
  if (!appends && frame.size() > kFcsSize) {
    const base::ConstByteSpan body = base::ConstByteSpan(frame).first(frame.size() - kFcsSize);
    if (!std::ranges::equal(FrameCheckSequence(body), base::ConstByteSpan(frame).last(kFcsSize))) {
      violations_.Add("ENC28J60: a frame is sent with a wrong frame check sequence");
    }
    frame.resize(frame.size() - kFcsSize);
  }
  if (pads) {
    frame.resize(std::max(frame.size(), kMinFrame));
  } else if (frame.size() < kMinFrame) {
    violations_.Add("ENC28J60: a frame of less than 64 bytes is sent");
  }
  return frame;
}

void Enc28j60Model::StartTransmit() {
  if (Has(kEcon1, kTransmitReset)) {
    violations_.Add("ENC28J60: TXRTS set while TXRST is set");
    return;
  }
  CheckTransmitArea();
  ++transmissions_;
  const bool is_faulty = HasFault(kTxStall) && transmissions_ % kFaultEach == 0;
  if (stalls_ > 0 || is_faulty) {
    stalls_ -= std::min<size_t>(stalls_, 1);
    is_stalled_ = true;
  }
  if (is_stalled_) {
    return;
  }
  outgoing_ = FrameToSend(std::to_integer<uint8_t>(buffer_.at(pointer(kEtxst) % kBufferSize)));
  const VirtualTime duration =
      static_cast<VirtualTime>(outgoing_.size() + kOverheadBytes) * kByteTime;
  VirtualTime start = clock_.now();
  if (!is_full_duplex() && !incoming_.empty()) {
    // One wire: behind the frame that is on it, before those that wait.
    start = incoming_.front().end;
    for (size_t i = 1; i < incoming_.size(); ++i) {
      incoming_[i].end += duration;
    }
    wire_free_at_ += duration;
  }
  transmit_end_ = start + duration;
}

bool Enc28j60Model::CollidesLate() {
  if (late_collisions_ > 0) {
    --late_collisions_;
    return true;
  }
  if (is_full_duplex() || !link_up() || outgoing_.size() <= kCollisionWindow) {
    return false;
  }
  const bool is_false = HasFault(kFalseLateCollision) && transmissions_ % kFaultEach == 0;
  // A full duplex partner sends whenever it likes.
  return is_false || (partner_is_full_duplex() && transmissions_ % kMismatchEach == 0);
}

void Enc28j60Model::FinishTransmit() {
  transmit_end_ = kNever;
  set_reg(kEcon1, static_cast<uint8_t>(reg(kEcon1) & ~kTransmitRequest));
  uint32_t status = static_cast<uint32_t>(outgoing_.size() + kFcsSize) & 0xffff;
  if (is_giant_ || CollidesLate()) {
    status |= is_giant_ ? kVectorGiant : kVectorLateCollision;
    const int cause = kTransmitAborted | (is_giant_ ? 0 : kLateCollision);
    set_reg(kEstat, static_cast<uint8_t>(reg(kEstat) | cause));
    Raise(kTransmitError | kTransmitted);
    is_stalled_ = !is_full_duplex();  // erratum 12
    WriteTransmitVector(status);
    return;
  }
  WriteTransmitVector(status | kVectorOk);
  Raise(kTransmitted);
  PutOnWire();
}

void Enc28j60Model::PutOnWire() {
  const bool is_looped = (phy_.at(kPhcon1) & kPhyLoopback) != 0;
  if (is_looped && !is_full_duplex()) {
    violations_.Add("ENC28J60: PHY loopback in half duplex mode, which is not reliable");
  }
  // 6.6: in half duplex the PHY hands back what it sends, unless told otherwise.
  const bool hears_itself = !is_full_duplex() && (phy_.at(kPhcon2) & kHalfLoopbackDisable) == 0;
  if (is_looped || hears_itself) {
    Receive(outgoing_, 0);
  }
  const bool is_off = (phy_.at(kPhcon2) & kTransmitDisable) != 0;
  if (!is_looped && !is_off && link_up()) {
    sent_.push_back(outgoing_);
  }
}

// The host took TXRTS back (12.1.4: TXIF is set all the same).
void Enc28j60Model::AbortTransmit() {
  if (transmit_end_ == kNever && !is_stalled_) {
    return;
  }
  transmit_end_ = kNever;
  set_reg(kEstat, static_cast<uint8_t>(reg(kEstat) | kTransmitAborted));
  Raise(kTransmitted);
}

void Enc28j60Model::WriteTransmitVector(uint32_t status) {
  const uint32_t on_wire = static_cast<uint32_t>(outgoing_.size() + kFcsSize);
  const std::array<uint32_t, kVectorSize> vector = {
      status, status >> 8, status >> 16, status >> 24, on_wire, on_wire >> 8, 0};
  size_t at = pointer(kEtxnd);
  for (const uint32_t byte : vector) {
    buffer_.at(++at % kBufferSize) = static_cast<std::byte>(byte);
  }
}

}  // namespace test
