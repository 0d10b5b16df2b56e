#include "stack/tcp/segment.h"

#include <algorithm>

#include "stack/wire/ipv4.h"

namespace stack {
namespace {

using wire::TcpHeader;

// The sum of a header's 16-bit words in host order, not folded.
uint32_t SumHeader(const TcpHeader& header) {
  return uint32_t{header.source_port} + header.destination_port + (header.sequence >> 16) +
         (header.sequence & 0xffff) + (header.acknowledgment >> 16) +
         (header.acknowledgment & 0xffff) + header.offset_and_flags + header.window;
}

}  // namespace

void Segment::TrimFront(uint32_t count) {
  sequence += count;
  if (has(TcpHeader::kSyn) && count != 0) {
    flags &= static_cast<uint8_t>(~TcpHeader::kSyn);
    --count;
  }
  const uint32_t cut = std::min(count, text_size);
  text.TrimFront(cut);
  text_size -= cut;
  if (cut < count) {
    flags &= static_cast<uint8_t>(~TcpHeader::kFin);
  }
}

void Segment::TrimBack(uint32_t count) {
  if (has(TcpHeader::kFin) && count != 0) {
    flags &= static_cast<uint8_t>(~TcpHeader::kFin);
    --count;
  }
  const uint32_t cut = std::min(count, text_size);
  text.TrimBack(cut);
  text_size -= cut;
}

void PrependHeader(base::Pbuf& packet, const SegmentHeader& header, const ConnectionId& id,
                   base::Sum text_sum, size_t text_size) {
  const size_t size = SizeOf(header);
  TcpHeader fields{.source_port = id.local_port,
                   .destination_port = id.remote_port,
                   .sequence = header.sequence.value(),
                   .acknowledgment = header.acknowledgment.value(),
                   .offset_and_flags = TcpHeader::OffsetAndFlags(size, header.flags),
                   .window = header.window};
  uint32_t sum = SumHeader(fields);
  std::byte* const out = packet.Prepend(size).data();
  if (header.mss != 0) {
    std::byte* const option = out + wire::kTcpHeaderSize;
    wire::WriteMssOption(header.mss, option);
    sum += base::LoadBe16(option) + header.mss;
  }
  const base::Sum pseudo =
      wire::PseudoHeaderSum(id.local_ip, id.remote_ip, wire::kProtocolTcp, size + text_size);
  sum = base::WordToSum(base::FoldSum(sum));
  fields.checksum = base::FinishChecksum(base::FoldSum(sum + pseudo + text_sum));
  base::EncodeHeader(fields, out);
}

}  // namespace stack
