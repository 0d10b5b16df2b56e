#include "host-cli/frame_text.h"

#include "host-cli/format.h"
#include "stack/base/fields.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/udp.h"

namespace netctl {
namespace {

constexpr uint8_t kProtocolIcmp = 1;
constexpr uint8_t kProtocolTcp = 6;
constexpr uint8_t kProtocolUdp = 17;

std::string ArpText(base::ConstByteSpan bytes) {
  const auto arp = base::Decode<wire::ArpPacket, base::kNetworkOrder>(bytes);
  if (!arp) {
    return "ARP, cut off";
  }
  if (arp->operation == 1) {
    return fmt::format("ARP request who-has {} tell {}", arp->target_ip, arp->sender_ip);
  }
  return fmt::format("ARP reply {} is-at {}", arp->sender_ip, arp->sender_mac);
}

std::string IcmpText(base::ConstByteSpan bytes) {
  if (bytes.size() < 8) {
    return "ICMP, cut off";
  }
  const auto type = static_cast<uint8_t>(bytes[0]);
  const uint16_t sequence = base::LoadBe16(bytes.data() + 6);
  if (type == wire::kIcmpEchoRequest || type == wire::kIcmpEchoReply) {
    return fmt::format("ICMP echo {} seq {}", type == wire::kIcmpEchoRequest ? "request" : "reply",
                       sequence);
  }
  return fmt::format("ICMP type {} code {}", type, static_cast<uint8_t>(bytes[1]));
}

std::string TcpText(base::ConstByteSpan bytes) {
  if (bytes.size() < 20) {
    return "TCP, cut off";
  }
  constexpr std::string_view kNames =
      "FSRP.U";  // FIN, SYN, RST, PSH, ACK, URG as tcpdump writes them
  std::string flags;
  for (size_t bit = 0; bit < kNames.size(); ++bit) {
    if (((static_cast<unsigned>(bytes[13]) >> bit) & 1) != 0) {
      flags += kNames[bit];
    }
  }
  return fmt::format("TCP {} > {} [{}] seq {} ack {} win {}", base::LoadBe16(bytes.data()),
                     base::LoadBe16(bytes.data() + 2), flags, base::LoadBe32(bytes.data() + 4),
                     base::LoadBe32(bytes.data() + 8), base::LoadBe16(bytes.data() + 14));
}

std::string UdpText(base::ConstByteSpan bytes) {
  const auto udp = base::Decode<wire::UdpHeader, base::kNetworkOrder>(bytes);
  return udp ? fmt::format("UDP {} > {} length {}", udp->source_port, udp->destination_port,
                           udp->length)
             : "UDP, cut off";
}

std::string Ipv4Text(base::ConstByteSpan bytes) {
  const auto ip = base::Decode<wire::Ipv4Header, base::kNetworkOrder>(bytes);
  if (!ip || bytes.size() < ip->header_size()) {
    return "IPv4, cut off";
  }
  const std::string addresses = fmt::format("{} > {} ", ip->source, ip->destination);
  const base::ConstByteSpan payload = bytes.subspan(ip->header_size());
  if (ip->fragment_offset() != 0) {
    return addresses + fmt::format("fragment at {}", ip->fragment_offset());
  }
  switch (ip->protocol) {
    case kProtocolIcmp:
      return addresses + IcmpText(payload);
    case kProtocolTcp:
      return addresses + TcpText(payload);
    case kProtocolUdp:
      return addresses + UdpText(payload);
    default:
      return addresses + fmt::format("protocol {}", ip->protocol);
  }
}

}  // namespace

std::string FrameText(base::ConstByteSpan frame, size_t original_size) {
  const auto ethernet = base::Decode<wire::EthernetHeader, base::kNetworkOrder>(frame);
  if (!ethernet) {
    return fmt::format("{} bytes, no Ethernet header", original_size);
  }
  const base::ConstByteSpan payload = frame.subspan(base::kWireSize<wire::EthernetHeader>);
  std::string text = fmt::format("EtherType {:04x}", ethernet->type);
  if (ethernet->type == wire::kEtherTypeArp) {
    text = ArpText(payload);
  } else if (ethernet->type == wire::kEtherTypeIpv4) {
    text = Ipv4Text(payload);
  }
  return fmt::format("{} > {} {}, {} bytes", ethernet->source, ethernet->destination, text,
                     original_size);
}

}  // namespace netctl
