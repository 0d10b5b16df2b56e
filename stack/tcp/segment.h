// A received segment, checked and taken apart, and the writer of segments to send.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/checksum.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/tcp/sequence.h"
#include "stack/wire/tcp.h"
#include "stack/wire/tcp_options.h"

namespace stack {

// What names a connection (RFC 9293 3.3: the socket pair).
struct ConnectionId {
  base::Ipv4Address local_ip;
  base::Ipv4Address remote_ip;
  uint16_t local_port = 0;
  uint16_t remote_port = 0;

  constexpr bool operator==(const ConnectionId&) const = default;
};

struct Segment {
  Sequence sequence;            // SEG.SEQ
  Sequence acknowledgment;      // SEG.ACK
  uint32_t text_size = 0;       // of `text`
  uint16_t window = 0;          // SEG.WND
  uint8_t flags = 0;            // wire::TcpHeader::k...
  base::Pbuf text;              // from the first byte behind the header on; may be empty
  base::ConstByteSpan options;  // inside the headroom of `text`: to be read before that is written

  bool has(uint8_t flag) const { return (flags & flag) != 0; }
  // SEG.LEN: SYN and FIN count.
  uint32_t length() const {
    return text_size + (has(wire::TcpHeader::kSyn) ? 1 : 0) + (has(wire::TcpHeader::kFin) ? 1 : 0);
  }
  Sequence end() const { return sequence + length(); }

  // Cut what is outside the receive window; SYN goes first, FIN last.
  void TrimFront(uint32_t count);
  void TrimBack(uint32_t count);
};

// A segment to send, without its text.
struct SegmentHeader {
  Sequence sequence;
  Sequence acknowledgment;
  uint8_t flags = 0;
  uint16_t window = 0;
  uint16_t mss = 0;  // 0: no MSS option
};

// The header, with options, in front of a segment.
constexpr size_t SizeOf(const SegmentHeader& header) {
  return wire::kTcpHeaderSize + (header.mss != 0 ? wire::kTcpMssOptionSize : 0);
}

// Writes the header in front of `packet`, whose headroom is large enough. `text_sum` and
// `text_size` are those of all text that follows.
void PrependHeader(base::Pbuf& packet, const SegmentHeader& header, const ConnectionId& id,
                   base::Sum text_sum, size_t text_size);

}  // namespace stack
