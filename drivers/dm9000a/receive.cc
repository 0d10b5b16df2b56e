// Receiving: four bytes in front of each frame, then the frame, read and summed in one pass.
#include "drivers/dm9000a/dm9000a.h"

namespace drivers {
namespace {

using namespace dm9000a;

constexpr size_t kFrameCheckSequence = 4;
constexpr size_t kEthernetHeader = 14;
// Shorter frames are discarded by the chip, and so are longer ones (RCR.DIS_LONG).
constexpr size_t kShortest = 64;
constexpr size_t kLongest = 1522;

constexpr bool IsPlausible(const RxHeader& header) {
  return header.ready == RxHeader::kFrame && header.length >= kShortest &&
         header.length <= kLongest;
}

}  // namespace

// Of two reads the first one brings what an earlier access left in the read-ahead register
// (application notes 5.6).
bool Dm9000a::HasFrame() {
  if (!is_running()) {
    return false;
  }
  bus_.WriteIndex(kPeekMemory);
  static_cast<void>(bus_.ReadData());
  const auto ready = static_cast<uint8_t>(bus_.ReadData());
  if (ready == RxHeader::kNoFrame || ready == RxHeader::kFrame) {
    return ready == RxHeader::kFrame;
  }
  // Only a reset finds the way back to where a frame begins (application notes 5.6).
  ++details_.rx_bad_ready_bytes;
  Recover();
  return false;
}

base::Result<base::Pbuf> Dm9000a::DoReceive() {
  if (!HasFrame()) {
    return std::unexpected(base::Status::kUnavailable);
  }
  const RxHeader header = ReadHeader();
  if (!IsPlausible(header) || header.status.has(RxStatus::kErrors)) {
    return std::unexpected(DropBad(header));
  }
  const size_t size = header.length - kFrameCheckSequence;
  if (size > kMaxFrame) {
    Discard(header.length);
    ++counters().rx_too_long;
    return std::unexpected(base::Status::kDataLoss);
  }
  auto frame = pools().Allocate(kReceiveHeadroom, size, base::Holder::kStack);
  if (!frame) {
    Discard(header.length);
    ++(frame.error() == base::Status::kResourceExhausted ? counters().rx_no_buffer
                                                         : counters().rx_too_long);
    return frame;
  }
  frame->Append(size);
  frame->set_sum(ReadFrame(*frame, header.length));
  return frame;
}

RxHeader Dm9000a::ReadHeader() {
  bus_.WriteIndex(kReadMemory);
  RxHeader header;
  if (bus_.width() == IndexDataBus::Width::k16) {
    const uint16_t first = bus_.ReadData();
    header.ready = static_cast<uint8_t>(first);
    header.status.raw = static_cast<uint8_t>(first >> 8);
    header.length = bus_.ReadData();
    return header;
  }
  header.ready = static_cast<uint8_t>(bus_.ReadData());
  header.status.raw = static_cast<uint8_t>(bus_.ReadData());
  const auto low = static_cast<uint8_t>(bus_.ReadData());
  header.length = static_cast<uint16_t>(low | bus_.ReadData() << 8);
  return header;
}

// Reads `length` bytes, of which `frame` takes all but the check sequence; returns the sum of those
// behind the Ethernet header.
base::Sum Dm9000a::ReadFrame(base::Pbuf& frame, size_t length) {
  const base::ByteSpan bytes = frame.bytes();
  const size_t whole = bytes.size() - bytes.size() % bus_.step();
  base::Sum sum = bus_.ReadBlock(bytes.first(whole), kEthernetHeader);
  size_t taken = whole;
  if (whole != bytes.size()) {
    // The other half of this access belongs to the check sequence.
    const auto last = static_cast<uint8_t>(bus_.ReadData());
    bytes[whole] = std::byte{last};
    sum = base::AddSums(sum, last);
    taken += bus_.step();
  }
  Discard(length - taken);
  return sum;
}

base::Status Dm9000a::DropBad(const RxHeader& header) {
  ++counters().rx_errors;
  if (!IsPlausible(header)) {
    ++details_.rx_bad_headers;
    Recover();
    return base::Status::kDataLoss;
  }
  Discard(header.length);
  const RxStatus status = header.status;
  details_.rx_runts += status.has(RxStatus::kRunt);
  details_.rx_late_collisions += status.has(RxStatus::kLateCollision);
  details_.rx_watchdog += status.has(RxStatus::kWatchdog);
  details_.rx_physical_layer += status.has(RxStatus::kPhysicalLayer);
  details_.rx_alignment_errors += status.has(RxStatus::kAlignment);
  details_.rx_crc_errors += status.has(RxStatus::kCrc);
  details_.rx_fifo_overflows += status.has(RxStatus::kFifoOverflow);
  return base::Status::kDataLoss;
}

// Takes `length` bytes out of the memory. Reading them is the one way on which the chip's pointer
// and its read-ahead register stay together, and it turns round the end of the memory by itself.
void Dm9000a::Discard(size_t length) {
  for (size_t taken = 0; taken < length; taken += bus_.step()) {
    static_cast<void>(bus_.ReadData());
  }
}

}  // namespace drivers
