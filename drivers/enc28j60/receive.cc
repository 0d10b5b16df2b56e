// Receiving: header, then frame, out of the ring in one go of the read pointer.
#include <array>

#include "drivers/enc28j60/enc28j60.h"
#include "drivers/enc28j60/errata.h"
#include "drivers/enc28j60/registers.h"

namespace drivers {
namespace {

using namespace enc28j60;

constexpr size_t kFrameCheckSequence = 4;
constexpr size_t kEthernetHeader = 14;
constexpr int kMostPackets = 255;  // that EPKTCNT counts (7.2.4)

// The chip writes the same header that can be computed from the one before, or it has lost its way
// (a known failure under load): then every pointer that follows is wrong as well.
bool IsPlausible(uint16_t at, const ReceiveHeader& header, uint16_t ring_end) {
  return header.length <= ring_end && header.next == NextFrame(at, header.length, ring_end);
}

}  // namespace

// Erratum 6: EIR.PKTIF cannot be trusted, EPKTCNT can.
bool Enc28j60::HasFrame() {
  if (frames_waiting_ == 0) {
    frames_waiting_ = chip_.Get(kPacketCount);
  }
  return frames_waiting_ != 0;
}

base::Result<base::Pbuf> Enc28j60::DoReceive() {
  if (state_ != State::kRunning) {
    return std::unexpected(base::Status::kUnavailable);
  }
  Disarm();
  if (!HasFrame()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  chip_.SetWord(kReadPointer, next_frame_);
  std::array<std::byte, ReceiveHeader::kSize> bytes;
  chip_.ReadMemory(bytes);
  const ReceiveHeader header = ReceiveHeader::Load(bytes);
  if (!IsPlausible(next_frame_, header, kRingEnd)) {
    ++details_.rx_pointer_errors;
    ++counters().rx_errors;
    RestartReceiver();
    return std::unexpected(base::Status::kDataLoss);
  }
  auto frame = ReadFrame(header);
  ReleaseFrame(header.next);
  return frame;
}

base::Result<base::Pbuf> Enc28j60::ReadFrame(const ReceiveHeader& header) {
  if (!header.has(ReceiveHeader::kOk) ||
      header.has(ReceiveHeader::kCrcError | ReceiveHeader::kDropEvent)) {
    ++counters().rx_errors;
    details_.rx_crc_errors += header.has(ReceiveHeader::kCrcError);
    details_.rx_drop_events += header.has(ReceiveHeader::kDropEvent);
    return std::unexpected(base::Status::kDataLoss);
  }
  if (header.length < kEthernetHeader + kFrameCheckSequence ||
      header.length > kMaxFrame + kFrameCheckSequence) {
    ++(header.length > kMaxFrame ? counters().rx_too_long : counters().rx_too_short);
    return std::unexpected(base::Status::kDataLoss);
  }
  const size_t size = header.length - kFrameCheckSequence;
  auto frame = pools().Allocate(kReceiveHeadroom, size, base::Holder::kStack);
  if (!frame) {
    ++(frame.error() == base::Status::kResourceExhausted ? counters().rx_no_buffer
                                                         : counters().rx_too_long);
    return frame;
  }
  chip_.ReadMemory(frame->Append(size));
  ++frames_received_;
  return frame;
}

// Gives the memory back, then counts the packet as taken (7.2.4).
void Enc28j60::ReleaseFrame(uint16_t next) {
  next_frame_ = next;
  chip_.SetWord(kReceiveReadPointer, Erratum14ReadPointer(next, kRingEnd));
  chip_.SetBits(EthernetControl2::kRegister, EthernetControl2::kPacketDecrement);
  --frames_waiting_;
}

// Writing ERXST also puts the receiver's own pointer there (6.1).
void Enc28j60::SetUpRing() {
  next_frame_ = kErratum5RingStart;
  frames_waiting_ = 0;
  chip_.SetWord(kReceiveStart, kErratum5RingStart);
  chip_.SetWord(kReceiveEnd, kRingEnd);
  chip_.SetWord(kReceiveReadPointer, Erratum14ReadPointer(next_frame_, kRingEnd));
}

// Everything in the ring is lost. A reset of the receiver leaves EPKTCNT as it is (11.4), so it is
// counted down. When that does not bring the receiver back to where it starts, the whole chip is
// restarted.
void Enc28j60::RestartReceiver() {
  ++details_.rx_restarts;
  chip_.ClearBits(EthernetControl1::kRegister, EthernetControl1::kReceiveEnable);
  chip_.SetBits(EthernetControl1::kRegister, EthernetControl1::kReceiveReset);
  chip_.ClearBits(EthernetControl1::kRegister, EthernetControl1::kReceiveReset);
  uint8_t left = chip_.Get(kPacketCount);
  for (int i = 0; i < kMostPackets && left != 0; ++i) {
    chip_.SetBits(EthernetControl2::kRegister, EthernetControl2::kPacketDecrement);
    left = chip_.Get(kPacketCount);
  }
  SetUpRing();
  chip_.ClearBits(EthernetStatus::kRegister, EthernetStatus::kBufferError);
  chip_.ClearBits(Interrupts::kFlags, Interrupts::kReceiveError);
  if (left != 0 || chip_.GetWord(kReceiveWritePointer) != kErratum5RingStart) {
    RestartChip();
    return;
  }
  chip_.SetBits(EthernetControl1::kRegister, EthernetControl1::kReceiveEnable);
}

// The write pointer first: what arrives between the two readings makes the count say more, not
// less.
ReceiveEvidence Enc28j60::LookAtReceiver(bool has_error) {
  const uint16_t written = chip_.GetWord(kReceiveWritePointer);
  const bool is_empty = !HasFrame();
  return {.link_up = applied_link_.is_up(),
          .received = frames_received_,
          .sent = transmissions_,
          .is_stuck = is_empty && (has_error || written != next_frame_)};
}

}  // namespace drivers
