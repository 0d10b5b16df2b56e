// Transmitting: each part of a packet is a piece with two command words in front, so that parts may
// start at any byte and nothing is copied but into the FIFO.
#include <utility>

#include "drivers/lan9118/lan9118.h"
#include "drivers/lan9118/registers.h"

namespace drivers {
namespace {

using namespace lan9118;

constexpr size_t kCommandBytes = 8;
constexpr size_t kEthernetHeader = 14;
// Pieces between the first and the last have at least four bytes (3.12.5).
constexpr size_t kShortestMiddlePiece = 4;

constexpr size_t RoundUpToWord(size_t size) { return (size + 3) & ~size_t{3}; }

size_t OffsetInWord(const std::byte* data) { return reinterpret_cast<uintptr_t>(data) & 3; }

// `count`, at most 4, bytes as the low end of a word.
uint32_t LoadLow(const std::byte* from, size_t count) {
  uint32_t word = 0;
  for (size_t i = 0; i < count; ++i) {
    word |= std::to_integer<uint32_t>(from[i]) << 8 * i;
  }
  return word;
}

struct Shape {
  size_t size = 0;        // of the frame
  size_t fifo_bytes = 0;  // what its pieces take, commands included
  bool has_short_middle = false;
};

Shape Measure(const base::Pbuf& frame) {
  Shape shape;
  for (const base::PbufPart* part = frame.head(); part != nullptr; part = part->next) {
    if (part->size == 0) {
      continue;
    }
    if (part->size < kShortestMiddlePiece && shape.size != 0 && part->next != nullptr) {
      shape.has_short_middle = true;
    }
    shape.size += part->size;
    shape.fifo_bytes += kCommandBytes + RoundUpToWord(OffsetInWord(part->data) + part->size);
  }
  return shape;
}

}  // namespace

base::Status Lan9118::DoTransmit(base::Pbuf&& frame) {
  const Shape shape = Measure(frame);
  if (shape.size < kEthernetHeader) {
    return base::Status::kInvalidArgument;
  }
  const bool in_pieces = !shape.has_short_middle && shape.fifo_bytes <= kLargestTransmit;
  const size_t fifo_bytes =
      in_pieces ? shape.fifo_bytes : kCommandBytes + RoundUpToWord(shape.size);
  if (!MakeRoom(fifo_bytes)) {
    tx_wanted_ = true;
    return base::Status::kUnavailable;
  }
  if (in_pieces) {
    WritePieces(frame, shape.size);
  } else {
    WriteGathered(frame, shape.size);
  }
  tx_free_bytes_ -= fifo_bytes;
  ++tx_unreaped_;
  ++tx_tag_;
  frame.Reset();
  return base::Status::kOk;
}

bool Lan9118::MakeRoom(size_t fifo_bytes) {
  if (tx_unreaped_ < kMaxUnreaped && tx_free_bytes_ >= fifo_bytes) {
    return true;
  }
  ReapStatuses();
  return tx_unreaped_ < kMaxUnreaped && tx_free_bytes_ >= fifo_bytes;
}

size_t Lan9118::DoTransmitRoom() const {
  const TxFifoInfo info{bus_.Read(TxFifoInfo::kAddress)};
  const size_t unfinished = tx_unreaped_ - std::min<size_t>(tx_unreaped_, info.statuses());
  return std::min<size_t>(info.free_bytes() / kLargestTransmit, kMaxUnreaped - unfinished);
}

void Lan9118::WritePieces(const base::Pbuf& frame, size_t size) {
  const uint32_t command_b = TxCommandB::Make(static_cast<uint32_t>(size), tx_tag_).raw;
  size_t left = size;
  for (const base::PbufPart* part = frame.head(); part != nullptr; part = part->next) {
    if (part->size == 0) {
      continue;
    }
    const uint32_t segment =
        (left == size ? TxCommandA::kFirst : 0) | (left == part->size ? TxCommandA::kLast : 0);
    left -= part->size;
    const auto offset = static_cast<uint32_t>(OffsetInWord(part->data));
    bus_.Write(kTxDataFifo, TxCommandA::Make(part->size, offset, segment).raw);
    bus_.Write(kTxDataFifo, command_b);
    WritePiece({part->data, part->size});
  }
}

// Whole words as a block; what stands in front and behind as words of their own, so that no byte of
// a neighbour is touched.
void Lan9118::WritePiece(base::ConstByteSpan bytes) {
  const size_t offset = OffsetInWord(bytes.data());
  if (offset != 0) {
    const size_t count = std::min(4 - offset, bytes.size());
    bus_.Write(kTxDataFifo, LoadLow(bytes.data(), count) << 8 * offset);
    bytes = bytes.subspan(count);
  }
  const size_t whole = bytes.size() & ~size_t{3};
  if (whole != 0) {
    bus_.WriteBlock(kTxDataFifo, bytes.first(whole));
  }
  if (whole != bytes.size()) {
    bus_.Write(kTxDataFifo, LoadLow(bytes.data() + whole, bytes.size() - whole));
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
