#include "agent/capture_ring.h"

#include <algorithm>
#include <array>

#include "stack/base/fields.h"
#include "stack/wire/ethernet.h"

namespace agent {
namespace {

struct RecordHeader {
  uint64_t time_us = 0;
  protocol::FrameDirection direction = protocol::FrameDirection::kReceive;
  uint32_t dropped = 0;
  uint16_t original_size = 0;
  uint16_t stored_size = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"time_us", &RecordHeader::time_us},
                      base::Field{"direction", &RecordHeader::direction},
                      base::Field{"dropped", &RecordHeader::dropped},
                      base::Field{"original_size", &RecordHeader::original_size},
                      base::Field{"stored_size", &RecordHeader::stored_size}};
};
constexpr size_t kHeaderSize = base::kWireSize<RecordHeader>;

void WriteFront(base::RingBuffer& ring, const base::Pbuf& frame, size_t count) {
  frame.ForEachPart([&](base::ConstByteSpan part) {
    const size_t taken = std::min(count, part.size());
    ring.Write(part.first(taken));
    count -= taken;
  });
}

}  // namespace

CaptureRing::CaptureRing(base::ByteSpan storage, FrameTaps& taps, base::Executor& executor)
    : ring_(storage), taps_(taps), changed_(executor) {}

base::Status CaptureRing::Start(const stack::NetIf& netif, uint16_t snaplen) {
  if (netif_ != nullptr) {
    return base::Status::kBusy;
  }
  if (!IsSnaplen(snaplen)) {
    return base::Status::kInvalidArgument;
  }
  netif_ = &netif;
  snaplen_ = snaplen;
  totals_ = {};
  ring_.Clear();
  taps_.Add(*this);
  return base::Status::kOk;
}

bool CaptureRing::IsSnaplen(uint16_t snaplen) {
  return snaplen >= wire::kEthernetHeaderSize && snaplen <= protocol::kMaxFrame;
}

void CaptureRing::Stop() {
  taps_.Remove(*this);
  netif_ = nullptr;
}

bool CaptureRing::Pop(protocol::CapturedFrameInfo& frame) {
  if (ring_.empty()) {
    return false;
  }
  std::array<std::byte, kHeaderSize> bytes;
  ring_.Read(bytes);
  const auto header = base::DecodeHeader<RecordHeader>(bytes.data());
  frame.time_us = header.time_us;
  frame.direction = header.direction;
  frame.dropped = header.dropped;
  frame.original_size = header.original_size;
  frame.data.count = header.stored_size;
  ring_.Read(std::span(frame.data.items).first(header.stored_size));
  return true;
}

void CaptureRing::OnFrame(const stack::NetIf& netif, stack::Direction direction,
                          const base::Pbuf& frame, base::Instant when) {
  if (&netif != netif_) {
    return;
  }
  ++totals_.received;
  const size_t size = frame.size();
  const size_t stored = std::min<size_t>(size, snaplen_);
  if (ring_.room() < kHeaderSize + stored) {
    ++totals_.dropped;
    return;
  }
  std::array<std::byte, kHeaderSize> bytes;
  base::EncodeHeader(RecordHeader{.time_us = static_cast<uint64_t>(base::ToMicroseconds(when)),
                                  .direction = direction == stack::Direction::kReceive
                                                   ? protocol::FrameDirection::kReceive
                                                   : protocol::FrameDirection::kTransmit,
                                  .dropped = totals_.dropped,
                                  .original_size = static_cast<uint16_t>(size),
                                  .stored_size = static_cast<uint16_t>(stored)},
                     bytes.data());
  ring_.Write(bytes);
  WriteFront(ring_, frame, stored);
  changed_.Notify();
}

}  // namespace agent
