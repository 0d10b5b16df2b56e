// A DHCP client on a wire whose server is the test.
#pragma once

#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "stack/dhcp_client.h"
#include "tests/support/test_host.h"

namespace test::dhcp {

using base::Status;
using stack::DhcpClient;
using stack::DhcpState;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using wire::DhcpMessageType;

inline constexpr Ipv4Address kServer = TestHost::IpOf(254);
inline constexpr MacAddress kServerMac = TestHost::MacOf(254);
inline constexpr Ipv4Address kOffered = TestHost::IpOf(50);
inline constexpr MacAddress kHostMac = TestHost::MacOf(1);

// A message of the client, taken apart.
struct ClientMessage {
  Packet packet;
  wire::DhcpHeader header;
  std::map<uint8_t, ByteVector> options;

  DhcpMessageType type() const { return static_cast<DhcpMessageType>(options.at(53).at(0)); }
  std::optional<Ipv4Address> address(uint8_t code) const {
    const auto found = options.find(code);
    return found == options.end()
               ? std::nullopt
               : std::optional(Ipv4Address{base::LoadBe32(found->second.data())});
  }
};

// What the server says; tests change what they are about.
struct ServerMessage {
  DhcpMessageType type = DhcpMessageType::kOffer;
  uint32_t xid = 0;
  Ipv4Address address = kOffered;
  std::optional<Ipv4Address> server = kServer;
  std::optional<Ipv4Address> mask = Ipv4Address::Mask(24);
  std::optional<Ipv4Address> router = kServer;
  std::optional<uint32_t> lease = 3600;
  std::optional<uint32_t> renew;
  std::optional<uint32_t> rebind;
  MacAddress client_mac = kHostMac;
  ByteVector more_options;
  bool end = true;
  wire::DhcpHeader header{.op = wire::kBootReply};
};

inline void AddU32(ByteVector& to, uint8_t code, std::optional<uint32_t> value) {
  if (value) {
    ByteVector bytes(6);
    bytes[0] = std::byte{code};
    bytes[1] = std::byte{4};
    base::StoreBe32(bytes.data() + 2, *value);
    AppendTo(to, bytes);
  }
}
inline std::optional<uint32_t> ValueOf(std::optional<Ipv4Address> address) {
  return address ? std::optional(address->value) : std::nullopt;
}

inline ByteVector ToWire(const ServerMessage& message) {
  wire::DhcpHeader header = message.header;
  header.xid = message.xid;
  header.your_address = message.address;
  header.client_mac = message.client_mac;
  ByteVector options = ToBytes({53, 1, static_cast<int>(message.type)});
  AddU32(options, 54, ValueOf(message.server));
  AddU32(options, 1, ValueOf(message.mask));
  AddU32(options, 3, ValueOf(message.router));
  AddU32(options, 51, message.lease);
  AddU32(options, 58, message.renew);
  AddU32(options, 59, message.rebind);
  AppendTo(options, message.more_options);
  if (message.end) {
    options.push_back(std::byte{255});
  }
  return WithHeader(header, options);
}

// A client on a wire whose server is the test.
class Exchange {
 public:
  Exchange() : client(wire.stack(), wire.host().netif()) {
    EXPECT_EQ(client.Start(), Status::kOk);
    wire.Advance(1ms);
  }

  ClientMessage Next() {
    ClientMessage message{.packet = wire.Next()};
    EXPECT_TRUE(message.packet.udp && message.packet.checksums);
    if (message.packet.udp) {
      EXPECT_EQ(message.packet.udp->source_port, 68);
      EXPECT_EQ(message.packet.udp->destination_port, 67);
      EXPECT_GE(message.packet.payload.size(), 300u);
      message.header = base::DecodeHeader<wire::DhcpHeader>(message.packet.payload.data());
      EXPECT_EQ(message.header.op, wire::kBootRequest);
      EXPECT_EQ(message.header.client_mac, kHostMac);
      wire::DhcpOptionReader reader(message.packet.payload);
      while (const auto option = reader.Next()) {
        message.options[option->code] = ToVector(option->value);
      }
    }
    return message;
  }
  void Answer(const ServerMessage& message, Ipv4Address to = base::kIpv4Broadcast,
              uint16_t from_port = 67) {
    const bool group = to.is_broadcast();
    wire.Inject(EthernetFrame(
        {.destination = group ? base::kMacBroadcast : kHostMac,
         .source = kServerMac,
         .type = wire::kEtherTypeIpv4},
        Ipv4Packet(
            {.ttl = 64, .protocol = wire::kProtocolUdp, .source = kServer, .destination = to},
            UdpPacket({.source_port = from_port, .destination_port = 68}, kServer, to,
                      ToWire(message)))));
  }
  // DISCOVER has been seen; from OFFER to the state behind the address probe.
  void Bind(ServerMessage offer = {}) {
    offer.xid = Next().header.xid;
    offer.type = DhcpMessageType::kOffer;
    Answer(offer);
    EXPECT_EQ(Next().type(), DhcpMessageType::kRequest);
    offer.type = DhcpMessageType::kAck;
    Answer(offer);
    wire.Advance(700ms);
    EXPECT_EQ(client.state(), DhcpState::kBound);
    wire.Advance(2s);
    wire.host().driver().sent().clear();  // probes and announcements
  }
  // So that unicast to the server needs no ARP.
  void IntroduceServer() {
    wire.InjectArp({.operation = wire::kArpRequest,
                    .sender_mac = kServerMac,
                    .sender_ip = kServer,
                    .target_ip = wire.host().ip()},
                   base::kMacBroadcast);
    wire.Next();
  }
  const stack::DhcpStats& stats() { return wire.stats().dhcp; }

  Wire wire;
  DhcpClient client;
};

}  // namespace test::dhcp
