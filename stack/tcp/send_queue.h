// Bytes to send: queued by the application, kept until acknowledged.
//
//   head (SND.UNA)                       cursor                       tail
//   +-----------+-----------+-----------+-----------+-----------+------+
//   |  unacked  |  unacked  |  unacked  |  unsent   |  unsent   | ...  |   parts, one Pbuf each
//   +-----------+-----------+-----------+-----------+-----------+------+
//
// Positions are byte offsets from the head. A part that the application's bytes were copied into
// carries their sum, so that neither the first transmission nor a retransmission reads them again
// for the checksum. A slice shares the buffers; nothing is moved or rewritten.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/pbuf.h"
#include "stack/base/pbuf_pool.h"
#include "stack/base/result.h"
#include "stack/config.h"
#include "stack/wire/tcp.h"

namespace stack {

class SendQueue {
 public:
  // Room in front of copied bytes for all headers.
  static constexpr size_t kHeadroom = kIpHeadroom + wire::kTcpHeaderSize;

  size_t size() const { return size_; }
  size_t part_count() const { return parts_.count(); }
  bool empty() const { return size_ == 0; }

  // Copies `data` behind the rest, into parts of at most `mss` bytes, and sums it on the way.
  // Returns how much was taken; less than all of it when no buffer is left.
  size_t Append(base::PbufPools& pools, base::ConstByteSpan data, size_t mss);
  // Queues the parts of `data` as they are.
  void Append(base::Pbuf&& data);

  // Lets go of the first `count` bytes; at most size().
  void Acknowledge(size_t count);

  struct Piece {
    base::Pbuf bytes;            // every part carries its sum
    bool owns_headroom = false;  // kHeadroom bytes in front may be written: nobody looks at them
  };
  // Shares bytes [offset, offset + size), which are inside the queue, for a segment.
  // kResourceExhausted: no part is left.
  base::Result<Piece> Slice(size_t offset, size_t size);
  // Retransmission starts again at the head.
  void Rewind() { cursor_ = {}; }

  void Clear();

 private:
  // A part and the offset of its first byte.
  struct Position {
    base::PbufPart* part = nullptr;
    size_t start = 0;
  };
  Position Locate(size_t offset) const;
  size_t FillTail(base::ConstByteSpan data, size_t mss);

  base::PbufQueue parts_;
  size_t size_ = 0;
  Position cursor_;  // where the last slice ended; an empty one stands for the head
};

}  // namespace stack
