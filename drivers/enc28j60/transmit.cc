// Transmitting: a frame is written to a free slot at once and sent when its turn comes.
#include <array>

#include "drivers/enc28j60/enc28j60.h"
#include "drivers/enc28j60/errata.h"
#include "drivers/enc28j60/registers.h"

namespace drivers {
namespace {

using namespace enc28j60;

constexpr size_t kEthernetHeader = 14;
// In front of each frame: padding and check sequence as MACON3 says (figure 7-1).
constexpr uint8_t kAsConfigured = 0;

constexpr uint8_t kEnded = Interrupts::kTransmit | Interrupts::kTransmitError;

}  // namespace

base::Status Enc28j60::DoTransmit(base::Pbuf&& frame) {
  const size_t size = frame.size();
  if (size < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  LookAtTransmitter();
  if (state_ != State::kRunning || slots_used_ == kSlots) {
    tx_wanted_ = true;
    return base::Status::kUnavailable;
  }
  const auto slot = static_cast<uint8_t>((sending_slot_ + slots_used_) % kSlots);
  FillSlot(slot, frame);
  slot_sizes_[slot] = static_cast<uint16_t>(size);
  ++slots_used_;
  if (slots_used_ == 1) {
    attempts_ = 0;
    has_stalled_ = false;
    StartTransmit();
  }
  frame.Reset();
  return base::Status::kOk;
}

size_t Enc28j60::DoTransmitRoom() const { return static_cast<size_t>(kSlots - slots_used_); }

void Enc28j60::FillSlot(uint8_t slot, const base::Pbuf& frame) {
  chip_.SetWord(kWritePointer, SlotStart(slot));
  bool is_first = true;
  frame.ForEachPart([&](base::ConstByteSpan bytes) {
    if (is_first) {
      chip_.WriteMemory(kAsConfigured, bytes);
    } else if (!bytes.empty()) {
      chip_.WriteMemory(bytes);
    }
    is_first = false;
  });
}

// Erratum 12: after an abort the transmitter is in a state of its own, so it is reset before every
// frame. The end of the reset sets TXERIF.
void Enc28j60::StartTransmit() {
  const uint16_t start = SlotStart(sending_slot_);
  chip_.SetBits(EthernetControl1::kRegister, EthernetControl1::kTransmitReset);
  chip_.ClearBits(EthernetControl1::kRegister,
                  EthernetControl1::kTransmitReset | EthernetControl1::kTransmitRequest);
  chip_.ClearBits(Interrupts::kFlags, kEnded);
  chip_.ClearBits(EthernetStatus::kRegister,
                  EthernetStatus::kTransmitAborted | EthernetStatus::kLateCollision);
  chip_.SetWord(kTransmitStart, start);
  chip_.SetWord(kTransmitEnd, static_cast<uint16_t>(start + slot_sizes_[sending_slot_]));
  ++attempts_;
  ++transmissions_;
  chip_.SetBits(EthernetControl1::kRegister, EthernetControl1::kTransmitRequest);
}

void Enc28j60::DoReapTransmitted() {
  if (slots_used_ != 0) {
    Disarm();
    LookAtTransmitter();
  }
}

// Erratum 13: an aborted transmission may set TXERIF alone and leave TXRTS standing, so either flag
// is its end.
void Enc28j60::LookAtTransmitter() {
  if (state_ != State::kRunning || slots_used_ == 0) {
    return;
  }
  const uint8_t flags = chip_.Get(Interrupts::kFlags);
  if ((flags & kEnded) == 0) {
    return;
  }
  const TransmitStatus status = ReadTransmitStatus();
  details_.tx_collisions += status.collisions();
  if ((flags & Interrupts::kTransmitError) != 0) {
    OnTransmitError(status);
  } else {
    EndTransmit();
  }
}

TransmitStatus Enc28j60::ReadTransmitStatus() {
  const uint16_t start = SlotStart(sending_slot_);
  chip_.SetWord(kReadPointer, static_cast<uint16_t>(start + slot_sizes_[sending_slot_] + 1));
  std::array<std::byte, TransmitStatus::kSize> bytes;
  chip_.ReadMemory(bytes);
  return TransmitStatus::Load(bytes);
}

void Enc28j60::OnTransmitError(TransmitStatus status) {
  const bool is_late = status.has(TransmitStatus::kLateCollision);
  details_.tx_late_collisions += is_late;
  details_.tx_excessive_collisions += status.has(TransmitStatus::kExcessiveCollisions);
  if (Erratum13SendAgain(is_late, attempts_)) {
    ++details_.tx_repeats;
    StartTransmit();
    return;
  }
  ++counters().tx_errors;
  EndTransmit();
}

// The wire has the frame or will not get it; the next one's turn.
void Enc28j60::EndTransmit() {
  --slots_used_;
  sending_slot_ = static_cast<uint8_t>((sending_slot_ + 1) % kSlots);
  attempts_ = 0;
  has_stalled_ = false;
  if (slots_used_ != 0) {
    StartTransmit();
  } else {
    chip_.ClearBits(Interrupts::kFlags, kEnded);
  }
}

// Erratum 12 once more: what is on its way for longer than a transmission can take is started
// again, and when that does not help, the chip.
void Enc28j60::WatchTransmitter(base::Instant now) {
  LookAtTransmitter();
  if (slots_used_ == 0 || watched_transmission_ != transmissions_) {
    watched_transmission_ = transmissions_;
    watched_since_ = now;
    return;
  }
  if (now - watched_since_ < kErratum12StallTime) {
    return;
  }
  ++details_.tx_stalls;
  if (has_stalled_) {
    RestartChip();
    return;
  }
  has_stalled_ = true;
  StartTransmit();
}

}  // namespace drivers
