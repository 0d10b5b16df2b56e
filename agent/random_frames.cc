#include "agent/random_frames.h"

#include <algorithm>
#include <array>

#include "stack/base/checksum.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/tcp.h"
#include "stack/wire/udp.h"

namespace agent {
namespace {

constexpr size_t kIpOffset = wire::kEthernetHeaderSize;
constexpr size_t kTransportOffset = kIpOffset + wire::kIpv4HeaderSize;

// Fills the checksum of a transport whose checksum field stands at `offset` and is zero so far.
void StoreChecksum(base::ByteSpan segment, size_t offset, base::Sum pseudo) {
  const base::Sum sum = base::AddSums(base::SumBytes(segment), pseudo);
  base::StoreBe16(segment.data() + offset, base::FinishChecksum(sum));
}

}  // namespace

size_t RandomFrames::Make(base::ByteSpan out) {
  wire::EthernetHeader header{.destination = target_.mac, .source = RandomMac()};
  if (random_.OneIn(10)) {
    header.destination = random_.OneIn(2) ? base::kMacBroadcast : RandomMac();
  }
  const uint32_t kind = random_.Below(20);
  size_t size = 0;
  if (kind == 0) {
    header.type = static_cast<uint16_t>(random_.Next());
    size = kIpOffset + AddPayload(out.subspan(kIpOffset), 1500);
  } else if (kind <= 3) {
    header.type = wire::kEtherTypeArp;
    size = kIpOffset + MakeArp(out.subspan(kIpOffset));
  } else {
    header.type = wire::kEtherTypeIpv4;
    size = kIpOffset + MakeIpv4(out.subspan(kIpOffset));
  }
  base::EncodeHeader(header, out.data());
  return random_.OneIn(2) ? AddDefects(out, size) : size;
}

size_t RandomFrames::MakeArp(base::ByteSpan out) {
  const wire::ArpPacket packet{
      .operation = static_cast<uint16_t>(1 + random_.Below(random_.OneIn(8) ? 0xffff : 2)),
      .sender_mac = RandomMac(),
      .sender_ip = RandomSource(),
      .target_mac = target_.mac,
      .target_ip = random_.OneIn(4) ? RandomSource() : target_.address};
  base::EncodeHeader(packet, out.data());
  return wire::kArpPacketSize;
}

size_t RandomFrames::MakeIpv4(base::ByteSpan out) {
  const base::ByteSpan segment = out.subspan(wire::kIpv4HeaderSize);
  wire::Ipv4Header header{.identification = static_cast<uint16_t>(random_.Next()),
                          .ttl = 64,
                          .source = RandomSource(),
                          .destination = target_.address};
  size_t size = 0;
  const uint32_t kind = random_.Below(10);
  if (kind < 5) {
    header.protocol = wire::kProtocolTcp;
    size = MakeTcp(segment, header.source);
  } else if (kind < 8) {
    header.protocol = wire::kProtocolUdp;
    size = MakeUdp(segment, header.source);
  } else if (kind == 8) {
    header.protocol = wire::kProtocolIcmp;
    size = MakeIcmp(segment);
  } else {
    header.protocol = static_cast<uint8_t>(random_.Next());
    size = AddPayload(segment, 600);
  }
  if (random_.OneIn(12)) {  // a fragment without its brothers, or one that lies about its place
    header.flags_and_offset =
        static_cast<uint16_t>(random_.Next() & (wire::Ipv4Header::kMoreFragments | 0x00ff));
  }
  header.total_length = static_cast<uint16_t>(wire::kIpv4HeaderSize + size);
  base::EncodeHeader(header, out.data());
  StoreChecksum(out.first(wire::kIpv4HeaderSize), 10, 0);
  return header.total_length;
}

size_t RandomFrames::MakeTcp(base::ByteSpan out, base::Ipv4Address source) {
  const size_t options = random_.OneIn(2) ? MakeTcpOptions(out.subspan(wire::kTcpHeaderSize)) : 0;
  const size_t header_size = wire::kTcpHeaderSize + options;
  constexpr std::array<uint8_t, 6> kUsual = {wire::TcpHeader::kSyn,
                                             wire::TcpHeader::kAck,
                                             wire::TcpHeader::kAck | wire::TcpHeader::kPsh,
                                             wire::TcpHeader::kFin | wire::TcpHeader::kAck,
                                             wire::TcpHeader::kRst,
                                             wire::TcpHeader::kSyn | wire::TcpHeader::kAck};
  const auto flags = random_.OneIn(4) ? static_cast<uint8_t>(random_.Next())
                                      : kUsual[random_.Below(static_cast<uint32_t>(kUsual.size()))];
  base::EncodeHeader(
      wire::TcpHeader{
          .source_port = RandomPort(),
          .destination_port = RandomPort(),
          .sequence = random_.Next(),
          .acknowledgment = random_.Next(),
          .offset_and_flags = wire::TcpHeader::OffsetAndFlags(header_size, flags),
          .window = static_cast<uint16_t>(random_.Next()),
          .urgent_pointer = static_cast<uint16_t>(random_.OneIn(8) ? random_.Next() : 0)},
      out.data());
  const size_t size = header_size + AddPayload(out.subspan(header_size), 400);
  StoreChecksum(out.first(size), 16,
                wire::PseudoHeaderSum(source, target_.address, wire::kProtocolTcp, size));
  return size;
}

// Options that are almost right: kinds that exist, lengths that may not.
size_t RandomFrames::MakeTcpOptions(base::ByteSpan out) {
  const size_t size = 4 * (1 + random_.Below(10));
  FillRandom(out.first(size));
  for (size_t i = 0; i + 1 < size; i += 4) {
    out[i] = static_cast<std::byte>(random_.Below(9));
    out[i + 1] = static_cast<std::byte>(random_.OneIn(4) ? random_.Below(256) : 4);
  }
  return size;
}

size_t RandomFrames::MakeUdp(base::ByteSpan out, base::Ipv4Address source) {
  const size_t size = wire::kUdpHeaderSize + AddPayload(out.subspan(wire::kUdpHeaderSize), 600);
  base::EncodeHeader(wire::UdpHeader{.source_port = RandomPort(),
                                     .destination_port = RandomPort(),
                                     .length = static_cast<uint16_t>(size)},
                     out.data());
  if (!random_.OneIn(8)) {  // zero: sent without a checksum
    StoreChecksum(out.first(size), 6,
                  wire::PseudoHeaderSum(source, target_.address, wire::kProtocolUdp, size));
  }
  return size;
}

size_t RandomFrames::MakeIcmp(base::ByteSpan out) {
  constexpr std::array<uint8_t, 5> kUsual = {wire::kIcmpEchoReply, wire::kIcmpUnreachable,
                                             wire::kIcmpEchoRequest, wire::kIcmpTimeExceeded,
                                             wire::kIcmpParameterProblem};
  const uint8_t type = random_.OneIn(6)
                           ? static_cast<uint8_t>(random_.Next())
                           : kUsual[random_.Below(static_cast<uint32_t>(kUsual.size()))];
  base::EncodeHeader(wire::IcmpHeader{.type = type,
                                      .code = static_cast<uint8_t>(random_.Below(6)),
                                      .identifier = static_cast<uint16_t>(random_.Next()),
                                      .sequence = static_cast<uint16_t>(random_.Next())},
                     out.data());
  const size_t size = wire::kIcmpHeaderSize + AddPayload(out.subspan(wire::kIcmpHeaderSize), 600);
  StoreChecksum(out.first(size), 2, 0);
  return size;
}

size_t RandomFrames::AddPayload(base::ByteSpan out, size_t limit) {
  const size_t size = random_.Below(static_cast<uint32_t>(limit) + 1);
  FillRandom(out.first(size));
  return size;
}

// One to three of: a flipped bit in the headers, a random byte in the headers, a cut.
size_t RandomFrames::AddDefects(base::ByteSpan out, size_t size) {
  const uint32_t count = 1 + random_.Below(3);
  for (uint32_t i = 0; i < count; ++i) {
    const auto headers = static_cast<uint32_t>(std::min(size, kTransportOffset + 40));
    // The destination address stays: a frame that the filter drops tests the filter alone.
    const size_t at = headers > 6 ? 6 + random_.Below(headers - 6) : 0;
    switch (random_.Below(3)) {
      case 0:
        out[at] ^= static_cast<std::byte>(1u << random_.Below(8));
        break;
      case 1:
        out[at] = static_cast<std::byte>(random_.Next());
        break;
      default:
        size = 1 + random_.Below(static_cast<uint32_t>(size));
        break;
    }
  }
  return size;
}

void RandomFrames::FillRandom(base::ByteSpan out) {
  for (std::byte& byte : out) {
    byte = static_cast<std::byte>(random_.Next());
  }
}

base::MacAddress RandomFrames::RandomMac() {
  base::MacAddress mac;
  for (uint8_t& octet : mac.octets) {
    octet = static_cast<uint8_t>(random_.Next());
  }
  // Locally administered; now and then a group address, which no station may send from.
  const uint8_t group = random_.OneIn(16) ? 1 : 0;
  mac.octets[0] = static_cast<uint8_t>((mac.octets[0] & 0xfc) | 2 | group);
  return mac;
}

base::Ipv4Address RandomFrames::RandomSource() {
  const uint32_t random = random_.Next();
  if (random_.OneIn(8)) {
    return {random};
  }
  const base::Ipv4Address source{(target_.address.value & target_.mask.value) |
                                 (random & ~target_.mask.value)};
  const bool keep_out =
      std::find(target_.keep_out.begin(), target_.keep_out.end(), source) != target_.keep_out.end();
  return keep_out ? base::Ipv4Address{random} : source;
}

// Ports where the board's services listen, or any.
uint16_t RandomFrames::RandomPort() {
  constexpr std::array<uint16_t, 6> kServices = {7, 9, 19, 53, 68, 80};
  return random_.OneIn(2) ? kServices[random_.Below(static_cast<uint32_t>(kServices.size()))]
                          : static_cast<uint16_t>(random_.Next());
}

}  // namespace agent
