// Receiving: one status word a frame, then the frame, read and summed in one pass.
#include <bit>
#include <cstring>

#include "drivers/lan9118/lan9118.h"
#include "drivers/lan9118/registers.h"

namespace drivers {
namespace {

using namespace lan9118;

// The FIFO's words are little-endian, and memory takes them as they are.
static_assert(std::endian::native == std::endian::little);

constexpr size_t kFrameCheckSequence = 4;
constexpr size_t kEthernetHeader = 14;
// With the two bytes in front of it, the header is read as whole words.
constexpr size_t kPaddedHeader = stack::EthernetDriver::kReceiveHeadroom + kEthernetHeader;
static_assert(kPaddedHeader % 16 == 0);

constexpr int kMaxForwardPolls = 1'000;

constexpr size_t RoundUpToWord(size_t size) { return (size + 3) & ~size_t{3}; }

}  // namespace

bool Lan9118::HasFrame() {
  if (frames_waiting_ == 0) {
    const RxFifoInfo info{bus_.Read(RxFifoInfo::kAddress)};
    frames_waiting_ = info.is_plausible() ? info.statuses() : 0;
  }
  return frames_waiting_ != 0;
}

base::Result<base::Pbuf> Lan9118::DoReceive() {
  if (!HasFrame()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  --frames_waiting_;
  const RxStatus status{bus_.Read(kRxStatusFifo)};
  const size_t length = status.length();
  if (status.has(RxStatus::kError) || length < kEthernetHeader + kFrameCheckSequence ||
      length > kMaxFrame + kFrameCheckSequence) {
    return DropBad(status.raw);
  }
  const size_t size = length - kFrameCheckSequence;
  auto frame =
      pools().Allocate(kReceiveHeadroom, RoundUpToWord(kReceiveHeadroom + size) - kReceiveHeadroom,
                       base::Holder::kStack);
  if (!frame) {
    Discard(length);
    ++(frame.error() == base::Status::kResourceExhausted ? counters().rx_no_buffer
                                                         : counters().rx_too_long);
    return frame;
  }
  frame->Append(size);
  frame->set_sum(ReadFrame(frame->data() - kReceiveHeadroom, size - kEthernetHeader));
  return frame;
}

// Reads header and payload to the word-aligned `to`; returns the sum of the payload.
base::Sum Lan9118::ReadFrame(std::byte* to, size_t payload) {
  const size_t whole = kPaddedHeader + (payload & ~size_t{3});
  base::Sum sum = bus_.ReadBlock(kRxDataFifo, {to, whole}, kPaddedHeader);
  const size_t tail = payload & 3;
  if (tail != 0) {
    // The rest of this word belongs to the frame check sequence.
    const uint32_t word = bus_.Read(kRxDataFifo) & ((uint32_t{1} << 8 * tail) - 1);
    std::memcpy(to + whole, &word, sizeof(word));
    sum = base::AddSums(sum, base::FoldSum((word & 0xffff) + (word >> 16)));
  }
  bus_.Read(kRxDataFifo);
  return sum;
}

std::unexpected<base::Status> Lan9118::DropBad(uint32_t raw) {
  const RxStatus status{raw};
  Discard(status.length());
  if (!status.has(RxStatus::kError)) {
    ++(status.length() > kMaxFrame ? counters().rx_too_long : counters().rx_too_short);
    return std::unexpected(base::Status::kDataLoss);
  }
  ++counters().rx_errors;
  details_.rx_crc_errors += status.has(RxStatus::kCrcError);
  details_.rx_length_errors += status.has(RxStatus::kLengthError);
  details_.rx_runts += status.has(RxStatus::kRunt);
  details_.rx_mii_errors += status.has(RxStatus::kMiiError);
  details_.rx_watchdog += status.has(RxStatus::kWatchdog);
  details_.rx_collisions += status.has(RxStatus::kCollision);
  return std::unexpected(base::Status::kDataLoss);
}

// Takes a frame of `length` bytes out of the FIFO. Fast forward needs at least four words of it
// there (3.13.1.1).
void Lan9118::Discard(size_t length) {
  const size_t words = RoundUpToWord(kReceiveHeadroom + length) / 4;
  if (!config_.fast_forward || words < 4) {
    for (size_t i = 0; i < words; ++i) {
      bus_.Read(kRxDataFifo);
    }
    return;
  }
  Set(RxDatapath{RxDatapath::kFastForward});
  for (int i = 0; i < kMaxForwardPolls; ++i) {
    if ((Get<RxDatapath>().raw & RxDatapath::kFastForward) == 0) {
      return;
    }
  }
  ++details_.bus_timeouts;
}

}  // namespace drivers
