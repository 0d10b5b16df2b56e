// Segments that arrived behind a gap, kept until the gap is filled.
//
// The packets stand in order and do not overlap. Where one begins is noted in its own headroom,
// over the TCP header that nobody needs any more, so a connection without gaps pays nothing. What
// was received first stays: later copies of the same bytes are ignored, whatever they say.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/pbuf.h"
#include "stack/tcp/sequence.h"

namespace stack {

class Reassembly {
 public:
  bool empty() const { return packets_.empty(); }
  size_t size() const { return size_; }
  size_t packet_count() const { return packets_.count(); }

  // Keeps the new bytes of `data`, which begins at `start`. Bytes behind one that was kept already
  // are left to a retransmission. Returns false when it had to be dropped: `limit` packets are kept
  // already, or there is no headroom to note the number. Nothing new in it is no failure.
  bool Insert(Sequence start, base::Pbuf&& data, size_t limit);

  // Where the first kept packet begins; not to be asked when empty().
  Sequence front_start() const;
  // Takes the first kept packet out.
  base::Pbuf PopFront();
  void Clear();

 private:
  base::PbufPart* FindLastAtOrBefore(Sequence start) const;

  base::PbufQueue packets_;
  size_t size_ = 0;
};

}  // namespace stack
