// Transmitting: each part of a packet is a piece with two command words in front, so that parts may
// start at any byte and nothing is copied but into the FIFO.
#include <algorithm>

#include "drivers/lan9118/lan9118.h"
#include "drivers/lan9118/registers.h"

namespace drivers {
namespace {

using namespace lan9118;

constexpr size_t kEthernetHeader = 14;
// Pieces between the first and the last have at least four bytes (3.12.5).
constexpr size_t kShortestMiddlePiece = 4;

size_t OffsetInWord(const std::byte* data) { return reinterpret_cast<uintptr_t>(data) & 3; }

// 1 to 3 bytes as the low end of a word.
uint32_t LoadLow(const std::byte* from, size_t count) {
  const auto first = std::to_integer<uint32_t>(from[0]);
  if (count == 1) {
    return first;
  }
  const uint32_t two = first | std::to_integer<uint32_t>(from[1]) << 8;
  return count == 2 ? two : two | std::to_integer<uint32_t>(from[2]) << 16;
}

struct Shape {
  size_t size = 0;  // of the frame
  size_t parts = 0;
};

Shape Measure(const base::PbufPart* part) {
  Shape shape;
  for (; part != nullptr; part = part->next) {
    shape.size += part->size;
    ++shape.parts;
  }
  return shape;
}

// What the pieces take of the FIFO at most: each a command and two broken words, and once the other
// command (3.12.5).
size_t FifoBytes(const Shape& shape) { return shape.size + 4 + 10 * shape.parts; }

bool HasShortMiddle(const base::PbufPart* part) {
  for (part = part->next; part != nullptr && part->next != nullptr; part = part->next) {
    if (part->size < kShortestMiddlePiece) {
      return true;
    }
  }
  return false;
}

}  // namespace

base::Status Lan9118::DoTransmit(base::Pbuf&& frame) {
  const Shape shape = Measure(frame.head());
  if (shape.size < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  if (!MakeRoom()) {
    tx_wanted_ = true;
    return base::Status::kUnavailable;
  }
  if (shape.parts <= 2 || (FifoBytes(shape) <= kLargestTransmit && !HasShortMiddle(frame.head()))) {
    WritePieces(frame, shape.size);
  } else {
    WriteGathered(frame, shape.size);
  }
  tx_free_bytes_ -= std::min(FifoBytes(shape), kLargestTransmit);
  ++tx_unreaped_;
  ++tx_tag_;
  frame.Reset();
  return base::Status::kOk;
}

// True when a frame of any size and shape fits.
bool Lan9118::MakeRoom() {
  if (tx_unreaped_ < kMaxUnreaped && tx_free_bytes_ >= kLargestTransmit) {
    return true;
  }
  ReapStatuses();
  return tx_unreaped_ < kMaxUnreaped && tx_free_bytes_ >= kLargestTransmit;
}

size_t Lan9118::DoTransmitRoom() const {
  const TxFifoInfo info{bus_.Read(TxFifoInfo::kAddress)};
  const size_t unfinished = tx_unreaped_ - std::min<size_t>(tx_unreaped_, info.statuses());
  return std::min<size_t>(info.free_bytes() / kLargestTransmit, kMaxUnreaped - unfinished);
}

void Lan9118::WritePieces(const base::Pbuf& frame, size_t size) {
  const uint32_t command_b = TxCommandB::Make(static_cast<uint32_t>(size), tx_tag_).raw;
  uint32_t segment = TxCommandA::kFirst;
  size_t left = size;
  for (const base::PbufPart* part = frame.head(); left != 0; part = part->next) {
    if (part->size == 0) {
      continue;
    }
    left -= part->size;
    if (left == 0) {
      segment |= TxCommandA::kLast;
    }
    const auto offset = static_cast<uint32_t>(OffsetInWord(part->data));
    bus_.Write(kTxDataFifo, TxCommandA::Make(part->size, offset, segment).raw);
    bus_.Write(kTxDataFifo, command_b);
    segment = 0;
    WritePiece(part->data, part->size);
  }
}

// Whole words as a block; what stands in front and behind as words of their own, so that no byte of
// a neighbour is touched.
void Lan9118::WritePiece(const std::byte* data, size_t size) {
  const size_t offset = OffsetInWord(data);
  if (offset != 0) {
    const size_t count = std::min(4 - offset, size);
    bus_.Write(kTxDataFifo, LoadLow(data, count) << 8 * offset);
    data += count;
    size -= count;
  }
  const size_t whole = size & ~size_t{3};
  if (whole != 0) {
    bus_.WriteBlock(kTxDataFifo, {data, whole});
  }
  if (whole != size) {
    bus_.Write(kTxDataFifo, LoadLow(data + whole, size - whole));
  }
}

// For packets in so many or so small parts that the chip would not take them as pieces: all bytes
// as one, put together word by word.
void Lan9118::WriteGathered(const base::Pbuf& frame, size_t size) {
  constexpr uint32_t kWhole = TxCommandA::kFirst | TxCommandA::kLast;
  const auto frame_size = static_cast<uint32_t>(size);
  bus_.Write(kTxDataFifo, TxCommandA::Make(frame_size, 0, kWhole).raw);
  bus_.Write(kTxDataFifo, TxCommandB::Make(frame_size, tx_tag_).raw);
  uint32_t word = 0;
  size_t filled = 0;
  frame.ForEachPart([&](base::ConstByteSpan bytes) {
    for (const std::byte byte : bytes) {
      word |= std::to_integer<uint32_t>(byte) << 8 * filled;
      if (++filled == 4) {
        bus_.Write(kTxDataFifo, word);
        word = 0;
        filled = 0;
      }
    }
  });
  if (filled != 0) {
    bus_.Write(kTxDataFifo, word);
  }
}

// The FIFO has the frames already, so nothing hurries: a status word is read for its errors alone.
void Lan9118::DoReapTransmitted() {
  if (tx_unreaped_ >= kReapBatch) {
    ReapStatuses();
  }
}

void Lan9118::ReapStatuses() {
  const auto info = Get<TxFifoInfo>();
  tx_free_bytes_ = info.free_bytes();
  const uint32_t count = std::min(info.statuses(), tx_unreaped_);
  for (uint32_t i = 0; i < count; ++i) {
    CountTransmitted(bus_.Read(kTxStatusFifo));
  }
  tx_unreaped_ -= count;
}

void Lan9118::CountTransmitted(uint32_t raw) {
  const TxStatus status{raw};
  details_.tx_collisions += status.collisions();
  if (!status.has(TxStatus::kError)) {
    return;
  }
  ++counters().tx_errors;
  details_.tx_loss_of_carrier += status.has(TxStatus::kLossOfCarrier);
  details_.tx_no_carrier += status.has(TxStatus::kNoCarrier);
  details_.tx_late_collisions += status.has(TxStatus::kLateCollision);
  details_.tx_excessive_collisions += status.has(TxStatus::kExcessiveCollisions);
  details_.tx_excessive_deferrals += status.has(TxStatus::kExcessiveDeferral);
  details_.tx_underruns += status.has(TxStatus::kUnderrun);
}

}  // namespace drivers
