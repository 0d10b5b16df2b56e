#include "tests/support/vprobe/sw_dp.h"

#include <iterator>

namespace test {
namespace {

constexpr uint32_t kLineResetClocks = 50;  // B4.3.3
constexpr uint32_t kJtagToSwd = 0xe79e;    // B5.2, sent from bit 0
constexpr uint32_t kSwdToJtag = 0xe73c;    // B5.2
constexpr uint32_t kSelectionBits = 16;
constexpr uint32_t kCtrlWritable = 0x54ffff0d;  // B2.2.2
constexpr uint32_t kDebugResetRequest = 1u << 26;
constexpr uint32_t kReadOk = 1u << 6;

}  // namespace

void SwDp::Clock(bool bit) {
  const bool was_reset = ones_ >= kLineResetClocks;
  if (was_reset && !bit) {
    after_reset_ = 0;
  }
  ones_ = bit ? ones_ + 1 : 0;
  shift_ = (shift_ >> 1) | (bit ? 1u << (kSelectionBits - 1) : 0);
  ++after_reset_;
  if (ones_ == kLineResetClocks && state_ != State::kJtag) {
    state_ = State::kReset;
  }
  if (after_reset_ != kSelectionBits) {
    return;
  }
  // The first bit of both is a zero, the one that ended the ones.
  if (shift_ == kJtagToSwd) {
    state_ = state_ == State::kJtag ? State::kUnsynchronised : state_;
  } else if (shift_ == kSwdToJtag) {
    state_ = State::kJtag;
  }
}

void SwDp::SetPower(bool on) {
  if (on && !powered_) {
    state_ = State::kJtag;
    ones_ = shift_ = 0;
    after_reset_ = kSelectionBits;
    control_ = select_ = read_buffer_ = last_read_ = 0;
    ap_.PowerUp();
  }
  powered_ = on;
}

Ack SwDp::Begin(bool ap, bool read, uint8_t address) {
  ones_ = 0;
  if (!powered_ || faults_.Happens(FaultKind::kNoAck)) {
    return Ack::kNone;
  }
  const bool idr = !ap && read && address == kDpIdr;
  if (state_ == State::kReset && idr) {
    state_ = State::kReady;
  }
  // After a line reset only a read of DPIDR brings the port back (B4.3.3).
  if (state_ != State::kReady) {
    return Ack::kNone;
  }
  // These are answered whatever has happened (B4.2.4, B4.2.5).
  const bool always =
      !ap && (read ? address == kDpIdr || address == kDpCtrlStat : address == kDpAbort);
  if (always) {
    return Ack::kOk;
  }
  if (sticky()) {
    return Ack::kFault;
  }
  if (faults_.Happens(FaultKind::kWait)) {
    return Ack::kWait;
  }
  if (faults_.Happens(FaultKind::kFault)) {
    control_ |= kStickyError;
    return Ack::kFault;
  }
  return Ack::kOk;
}

Ack SwDp::Read(bool ap, uint8_t address, uint32_t& value) {
  const Ack ack = Begin(ap, true, address);
  if (ack != Ack::kOk) {
    return ack;
  }
  if (ap) {
    value = read_buffer_;
    const bool good = AccessAp(true, address, read_buffer_);
    control_ = good ? control_ | kReadOk : (control_ & ~kReadOk) | kStickyError;
  } else {
    value = ReadDp(address);
  }
  last_read_ = value;
  if (faults_.Happens(FaultKind::kParity)) {
    value = ~value;
    return Ack::kParity;
  }
  return Ack::kOk;
}

Ack SwDp::Write(bool ap, uint8_t address, uint32_t value) {
  const Ack ack = Begin(ap, false, address);
  if (ack != Ack::kOk) {
    return ack;
  }
  if (!ap) {
    WriteDp(address, value);
  } else if (!AccessAp(false, address, value)) {
    control_ |= kStickyError;
  }
  return Ack::kOk;
}

uint32_t SwDp::ReadDp(uint8_t address) {
  switch (address) {
    case kDpIdr:
      return idcode_;
    case kDpCtrlStat:
      // Banks 1 to 4 are DLCR, TARGETID, DLPIDR and EVENTSTAT: none in this version of the port.
      // Each power or reset request is granted at once, in the bit above it.
      return (select_ & 0xf) != 0
                 ? 0
                 : control_ |
                       (control_ & (kDebugPowerRequest | kSystemPowerRequest | kDebugResetRequest))
                           << 1;
    case kDpResend:
      return last_read_;
    default:
      return read_buffer_;
  }
}

void SwDp::WriteDp(uint8_t address, uint32_t value) {
  if (address == kDpAbort) {
    Abort(value);
  } else if (address == kDpCtrlStat && (select_ & 0xf) == 0) {
    control_ = (control_ & ~kCtrlWritable) | (value & kCtrlWritable);
  } else if (address == kDpSelect) {
    select_ = value;
  }
}

// B2.2.1. DAPABORT has nothing to end: every access is over when it is answered.
void SwDp::Abort(uint32_t value) {
  constexpr uint32_t kFlags[] = {0, kStickyCompare, kStickyError, kWriteDataError, kStickyOverrun};
  for (uint32_t bit = 1; bit < std::size(kFlags); ++bit) {
    if ((value & (1u << bit)) != 0) {
      control_ &= ~kFlags[bit];
    }
  }
}

bool SwDp::AccessAp(bool read, uint8_t address, uint32_t& value) {
  if ((control_ & kDebugPowerRequest) == 0) {
    return false;
  }
  if ((select_ >> 24) != 0) {
    value = read ? 0 : value;
    return true;
  }
  const auto whole = static_cast<uint8_t>((select_ & 0xf0) | address);
  return read ? ap_.Read(whole, value) : ap_.Write(whole, value);
}

}  // namespace test
