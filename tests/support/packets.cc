#include "tests/support/packets.h"

#include "stack/base/checksum.h"

namespace test {
namespace {

template <base::Described Header>
std::optional<Header> Take(base::ConstByteSpan& bytes) {
  const auto header = base::Decode<Header, base::kNetworkOrder>(bytes);
  if (!header) {
    return std::nullopt;
  }
  bytes = bytes.subspan(base::kWireSize<Header>);
  return *header;
}

void ParseTransport(Packet& packet, base::ConstByteSpan bytes) {
  const wire::Ipv4Header& ip = *packet.ipv4;
  const base::ConstByteSpan whole = bytes;
  if (ip.is_fragment()) {
    packet.payload = ToVector(bytes);
    return;
  }
  if (ip.protocol == wire::kProtocolIcmp) {
    packet.icmp = Take<wire::IcmpHeader>(bytes);
    packet.checksums &= base::SumIsGood(base::SumBytes(whole));
  } else if (ip.protocol == wire::kProtocolUdp) {
    packet.udp = Take<wire::UdpHeader>(bytes);
    packet.checksums &= base::SumIsGood(base::AddSums(
        base::SumBytes(whole),
        wire::PseudoHeaderSum(ip.source, ip.destination, wire::kProtocolUdp, whole.size())));
  }
  packet.payload = ToVector(bytes);
}

}  // namespace

ByteVector EthernetFrame(const wire::EthernetHeader& header, base::ConstByteSpan payload) {
  return WithHeader(header, payload);
}

ByteVector Ipv4Packet(wire::Ipv4Header header, base::ConstByteSpan payload,
                      base::ConstByteSpan options) {
  if (!options.empty() && header.version_and_size == 0x45) {
    header.version_and_size = static_cast<uint8_t>(0x45 + options.size() / 4);
  }
  if (header.total_length == 0) {
    header.total_length =
        static_cast<uint16_t>(wire::kIpv4HeaderSize + options.size() + payload.size());
  }
  ByteVector packet = WithHeader(header, options);
  if (header.checksum == 0) {
    base::StoreBe16(packet.data() + 10, base::FinishChecksum(base::SumBytes(packet)));
  }
  AppendTo(packet, payload);
  return packet;
}

ByteVector IcmpPacket(wire::IcmpHeader header, base::ConstByteSpan payload) {
  ByteVector packet = WithHeader(header, payload);
  if (header.checksum == 0) {
    base::StoreBe16(packet.data() + 2, base::FinishChecksum(base::SumBytes(packet)));
  }
  return packet;
}

ByteVector UdpPacket(wire::UdpHeader header, Ipv4Address source, Ipv4Address destination,
                     base::ConstByteSpan payload) {
  if (header.length == 0) {
    header.length = static_cast<uint16_t>(wire::kUdpHeaderSize + payload.size());
  }
  ByteVector packet = WithHeader(header, payload);
  if (header.checksum == 0) {
    const base::Sum pseudo =
        wire::PseudoHeaderSum(source, destination, wire::kProtocolUdp, header.length);
    const uint16_t checksum = base::FinishChecksum(base::AddSums(pseudo, base::SumBytes(packet)));
    base::StoreBe16(packet.data() + 6, checksum == 0 ? uint16_t{0xffff} : checksum);
  }
  return packet;
}

Packet ParseFrame(base::ConstByteSpan frame) {
  Packet packet{.frame_size = frame.size()};
  base::ConstByteSpan rest = frame;
  const auto ethernet = Take<wire::EthernetHeader>(rest);
  if (!ethernet) {
    return packet;
  }
  packet.ethernet = *ethernet;
  packet.payload = ToVector(rest);
  if (ethernet->type == wire::kEtherTypeArp) {
    packet.arp = Take<wire::ArpPacket>(rest);
  } else if (ethernet->type == wire::kEtherTypeIpv4) {
    const base::ConstByteSpan whole = rest;
    packet.ipv4 = Take<wire::Ipv4Header>(rest);
    const size_t header_size = packet.ipv4 ? packet.ipv4->header_size() : 0;
    if (packet.ipv4 && header_size >= wire::kIpv4HeaderSize &&
        header_size <= packet.ipv4->total_length && packet.ipv4->total_length <= whole.size()) {
      packet.checksums = base::SumIsGood(base::SumBytes(whole.first(header_size)));
      ParseTransport(packet, whole.subspan(header_size, packet.ipv4->total_length - header_size));
    }
  }
  return packet;
}

}  // namespace test
