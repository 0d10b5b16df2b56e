// Bytes received in order and not yet read: the received buffers themselves.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/pbuf.h"

namespace stack {

class ReceiveQueue {
 public:
  size_t size() const { return size_; }
  size_t packet_count() const { return packets_.count(); }
  bool empty() const { return size_ == 0; }

  // Puts `data`, which is not empty, behind the rest.
  void Push(base::Pbuf&& data);
  // The oldest packet; an empty Pbuf when there is none.
  base::Pbuf Pop();
  // Moves the oldest bytes to `out`; returns how many that was.
  size_t Read(base::ByteSpan out);
  void Clear();

 private:
  base::PbufQueue packets_;
  size_t size_ = 0;
};

// Copies `data` behind the bytes of `tail`, the last of `queued_packets`, when it fits into the
// same buffer, nobody else looks there and the copy is worth it: small segments must not hold a
// buffer each. Returns false, and nothing is changed, otherwise.
bool Coalesce(base::PbufPart* tail, const base::Pbuf& data, size_t queued_packets);

}  // namespace stack
