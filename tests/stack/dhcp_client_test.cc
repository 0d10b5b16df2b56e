#include "stack/dhcp_client.h"

#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::DhcpClient;
using stack::DhcpState;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using wire::DhcpMessageType;

constexpr Ipv4Address kServer = TestHost::IpOf(254);
constexpr MacAddress kServerMac = TestHost::MacOf(254);
constexpr Ipv4Address kOffered = TestHost::IpOf(50);
constexpr MacAddress kHostMac = TestHost::MacOf(1);

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

void AddU32(ByteVector& to, uint8_t code, std::optional<uint32_t> value) {
  if (value) {
    ByteVector bytes(6);
    bytes[0] = std::byte{code};
    bytes[1] = std::byte{4};
    base::StoreBe32(bytes.data() + 2, *value);
    AppendTo(to, bytes);
  }
}
std::optional<uint32_t> ValueOf(std::optional<Ipv4Address> address) {
  return address ? std::optional(address->value) : std::nullopt;
}

ByteVector ToWire(const ServerMessage& message) {
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

TEST(DhcpClient, GetsAnAddressStepByStep) {
  Exchange exchange;
  Wire& wire = exchange.wire;
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  const ClientMessage discover = exchange.Next();
  EXPECT_EQ(discover.type(), DhcpMessageType::kDiscover);
  EXPECT_TRUE(discover.packet.ethernet.destination.is_broadcast());
  EXPECT_EQ(discover.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(discover.packet.ipv4->destination, base::kIpv4Broadcast);
  EXPECT_EQ(discover.header.client_address, Ipv4Address{});
  EXPECT_EQ(discover.options.at(61), ToBytes({1, 2, 0, 0, 0, 0, 1}));
  EXPECT_FALSE(discover.address(50));
  EXPECT_EQ(exchange.client.state(), DhcpState::kSelecting);
  EXPECT_TRUE(wire.Silent());

  wire.Advance(10ms);
  exchange.Answer({.xid = discover.header.xid});
  const ClientMessage request = exchange.Next();
  EXPECT_EQ(request.type(), DhcpMessageType::kRequest);
  EXPECT_EQ(request.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(request.packet.ipv4->destination, base::kIpv4Broadcast);
  EXPECT_EQ(request.header.xid, discover.header.xid);
  EXPECT_EQ(request.header.secs, discover.header.secs);
  EXPECT_EQ(request.address(50), kOffered);
  EXPECT_EQ(request.address(54), kServer);
  EXPECT_TRUE(wire.Silent());

  wire.Advance(10ms);
  exchange.Answer({.type = DhcpMessageType::kAck,
                   .xid = discover.header.xid,
                   .more_options = ToBytes({6,   8,   192, 0,   2,   253, 192, 0,  2, 252, 15, 7,
                                            'e', 'x', 'a', 'm', 'p', 'l', 'e', 26, 2, 5,   220})});
  wire.Advance(1ms);
  EXPECT_EQ(exchange.client.state(), DhcpState::kProbing);
  const Packet probe = wire.Next();
  EXPECT_EQ(probe.arp->target_ip, kOffered);
  EXPECT_EQ(probe.arp->sender_ip, Ipv4Address{});
  wire.Advance(500ms);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(wire.host().netif().ipv4(),
            (stack::Ipv4Config{.address = kOffered,
                               .mask = Ipv4Address::Mask(24),
                               .gateway = kServer,
                               .dns = {TestHost::IpOf(253), TestHost::IpOf(252)}}));
  EXPECT_EQ(exchange.client.lease().domain.view(), "example");
  EXPECT_EQ(exchange.client.lease().mtu, 1500);
  EXPECT_EQ(exchange.client.lease().renew_seconds, 1800u);
  EXPECT_EQ(exchange.client.lease().rebind_seconds, 3150u);
  const stack::DhcpTimes& times = exchange.client.times();
  EXPECT_EQ(times.offer - times.started, 11ms);
  EXPECT_EQ(times.request, times.offer);
  EXPECT_EQ(times.ack - times.request, 10ms);
  EXPECT_EQ(times.bound - times.ack, 500ms);
  EXPECT_EQ(wire.Next().arp->sender_ip, Ipv4Address{});  // second probe
  EXPECT_EQ(wire.Next().arp->sender_ip, kOffered);       // announcement
  EXPECT_TRUE(SameFields(exchange.stats(),
                         {.tx_discover = 1, .tx_request = 1, .rx_offer = 1, .rx_ack = 1}));
  EXPECT_EQ(wire.host().buffers_in_use(), 0u);
}

TEST(DhcpClient, TakesAnswersSentToTheAddressItDoesNotHaveYet) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid}, kOffered);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kRequest);
}

TEST(DhcpClient, RepeatsDiscoverWithTheSameNumberAndLongerWaits) {
  Exchange exchange;
  const ClientMessage first = exchange.Next();
  base::Duration wait = 4s;
  uint16_t secs = 0;
  for (int i = 0; i < 6; ++i) {
    exchange.wire.Advance(wait - 1s - 10ms);
    EXPECT_TRUE(exchange.wire.Silent()) << i;
    exchange.wire.Advance(2s + 20ms);
    const ClientMessage again = exchange.Next();
    EXPECT_EQ(again.type(), DhcpMessageType::kDiscover);
    EXPECT_EQ(again.header.xid, first.header.xid);
    EXPECT_GT(again.header.secs, secs);
    EXPECT_EQ(again.header.flags, wire::kDhcpBroadcastFlag);  // perhaps unicast did not get here
    EXPECT_TRUE(exchange.wire.Silent()) << i;
    secs = again.header.secs;
    // The next wait starts somewhere in the last two seconds.
    exchange.wire.Advance(base::Duration{});
    wait = std::min<base::Duration>(2 * wait, 64s);
    if (i >= 1) {
      break;  // what follows is only longer
    }
    wait -= 2s;
  }
  EXPECT_EQ(first.header.flags, 0);
  EXPECT_EQ(exchange.client.last_failure(), Status::kDeadlineExceeded);
}

TEST(DhcpClient, RepeatsRequestThenStartsOver) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  for (int i = 0; i < stack::kDhcpRequestTries; ++i) {
    const ClientMessage request = exchange.Next();
    EXPECT_EQ(request.type(), DhcpMessageType::kRequest);
    EXPECT_EQ(request.header.xid, xid);
    while (exchange.wire.Silent()) {
      exchange.wire.Advance(1s);
    }
  }
  const ClientMessage discover = exchange.Next();
  EXPECT_EQ(discover.type(), DhcpMessageType::kDiscover);
  EXPECT_NE(discover.header.xid, xid);
}

TEST(DhcpClient, ANakStartsOverAfterAPause) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  exchange.Next();
  exchange.Answer({.type = DhcpMessageType::kNak, .xid = xid, .address = {}, .lease = {}});
  EXPECT_EQ(exchange.client.last_failure(), Status::kRefused);
  exchange.wire.Advance(stack::kDhcpNakWait - 1ms);
  EXPECT_TRUE(exchange.wire.Silent());
  exchange.wire.Advance(2ms);
  const ClientMessage discover = exchange.Next();
  EXPECT_EQ(discover.type(), DhcpMessageType::kDiscover);
  EXPECT_NE(discover.header.xid, xid);
  EXPECT_EQ(exchange.stats().rx_nak, 1u);
}

TEST(DhcpClient, DeclinesAnAddressInUse) {
  Exchange exchange;
  Wire& wire = exchange.wire;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  exchange.Next();
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = xid});
  wire.Advance(1ms);
  EXPECT_EQ(wire.Next().arp->target_ip, kOffered);
  wire.InjectArp({.operation = wire::kArpReply,
                  .sender_mac = TestHost::MacOf(66),
                  .sender_ip = kOffered,
                  .target_mac = kHostMac},
                 kHostMac);
  const ClientMessage decline = exchange.Next();
  EXPECT_EQ(decline.type(), DhcpMessageType::kDecline);
  EXPECT_EQ(decline.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(decline.packet.ipv4->destination, base::kIpv4Broadcast);
  EXPECT_EQ(decline.header.client_address, Ipv4Address{});
  EXPECT_EQ(decline.address(50), kOffered);
  EXPECT_EQ(decline.address(54), kServer);
  EXPECT_EQ(exchange.client.last_failure(), Status::kBusy);
  EXPECT_EQ(exchange.client.conflict_mac(), TestHost::MacOf(66));
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  wire.Advance(stack::kDhcpDeclineWait - 1ms);
  EXPECT_TRUE(wire.Silent());
  wire.Advance(2ms);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, RenewsAtHalfTheLease) {
  Exchange exchange;
  exchange.Bind();
  exchange.IntroduceServer();
  exchange.wire.Advance(1800s - 3s);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  exchange.wire.host().driver().sent().clear();
  exchange.IntroduceServer();
  exchange.wire.Advance(1s);
  const ClientMessage renew = exchange.Next();
  EXPECT_EQ(renew.type(), DhcpMessageType::kRequest);
  EXPECT_EQ(renew.packet.ipv4->source, kOffered);
  EXPECT_EQ(renew.packet.ipv4->destination, kServer);
  EXPECT_EQ(renew.header.client_address, kOffered);
  EXPECT_FALSE(renew.address(50));
  EXPECT_FALSE(renew.address(54));
  EXPECT_EQ(exchange.client.state(), DhcpState::kRenewing);
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = renew.header.xid, .lease = 7200},
                  kOffered);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(exchange.client.lease_ends() - exchange.client.times().request, 7200s);
  EXPECT_TRUE(exchange.wire.Silent());  // no new announcement
}

TEST(DhcpClient, RebindsWithAnyServerAndGivesUpAtTheEnd) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  const base::Instant end = exchange.client.lease_ends();
  std::vector<std::pair<base::Duration, bool>> requests;  // time left, broadcast
  while (wire.now() < end - 1s) {
    wire.Advance(1s);
    while (!wire.Silent()) {
      const Packet packet = wire.Next();
      if (packet.udp) {
        requests.emplace_back(end - wire.now(), packet.ipv4->destination.is_broadcast());
        EXPECT_EQ(packet.ipv4->source, kOffered);
      }
    }
  }
  // Unicast ones wait for ARP in vain; broadcast ones from 0.875 of the lease on.
  ASSERT_GE(requests.size(), 2u);
  for (const auto& [left, broadcast] : requests) {
    EXPECT_TRUE(broadcast);
    EXPECT_LE(left, 450s);
  }
  EXPECT_TRUE(wire.host().netif().has_ipv4());
  EXPECT_EQ(exchange.client.state(), DhcpState::kRebinding);
  wire.Advance(2s);
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, AnyServerMayAnswerARebind) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.Advance(3150s);
  while (!wire.Silent()) {
    const Packet packet = wire.Next();
    if (packet.udp) {
      const auto header = base::DecodeHeader<wire::DhcpHeader>(packet.payload.data());
      exchange.Answer(
          {.type = DhcpMessageType::kAck, .xid = header.xid, .server = TestHost::IpOf(253)});
    }
  }
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(exchange.client.lease().server, TestHost::IpOf(253));
}

TEST(DhcpClient, AnEndlessLeaseIsNeverRenewed) {
  Exchange exchange;
  exchange.Bind({.lease = 0xffffffff});
  exchange.wire.Advance(std::chrono::hours(24 * 365));
  EXPECT_TRUE(exchange.wire.Silent());
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_EQ(exchange.client.lease_ends(), base::kNever);
}

TEST(DhcpClient, AsksForTheSameAddressWhenTheLinkComesBack) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.host().driver().SetLink(false);
  wire.Advance(5s);
  EXPECT_TRUE(wire.Silent());
  EXPECT_TRUE(wire.host().netif().has_ipv4());
  wire.host().driver().SetLink(true);
  wire.Advance(1ms);
  ClientMessage request;
  while (!wire.Silent() && !request.packet.udp) {  // behind the announcement
    request.packet = wire.Next();
  }
  ASSERT_TRUE(request.packet.udp);
  request.header = base::DecodeHeader<wire::DhcpHeader>(request.packet.payload.data());
  wire::DhcpOptionReader reader(request.packet.payload);
  while (const auto option = reader.Next()) {
    request.options[option->code] = ToVector(option->value);
  }
  EXPECT_EQ(exchange.client.state(), DhcpState::kRebooting);
  EXPECT_EQ(request.type(), DhcpMessageType::kRequest);
  EXPECT_EQ(request.packet.ipv4->source, Ipv4Address{});
  EXPECT_EQ(request.header.client_address, Ipv4Address{});
  EXPECT_EQ(request.address(50), kOffered);
  EXPECT_FALSE(request.address(54));
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = request.header.xid});
  wire.Advance(1s);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
}

TEST(DhcpClient, OnAnotherNetworkItStartsOver) {
  Exchange exchange;
  exchange.Bind();
  Wire& wire = exchange.wire;
  wire.host().driver().SetLink(false);
  wire.Advance(5s);
  wire.host().driver().SetLink(true);
  wire.Advance(1ms);
  wire.Next();  // announcement
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.type = DhcpMessageType::kNak,
                   .xid = xid,
                   .address = {},
                   .server = TestHost::IpOf(253),
                   .lease = {}});
  wire.Advance(1ms);
  EXPECT_FALSE(wire.host().netif().has_ipv4());
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kDiscover);
}

TEST(DhcpClient, WaitsForALink) {
  Wire wire;
  wire.host().driver().SetLink(false);
  wire.Advance(1ms);
  DhcpClient client(wire.stack(), wire.host().netif());
  EXPECT_EQ(client.Start(), Status::kOk);
  wire.Advance(100s);
  EXPECT_TRUE(wire.Silent());
  EXPECT_EQ(client.state(), DhcpState::kInit);
  wire.host().driver().SetLink(true);
  wire.Advance(1ms);
  EXPECT_TRUE(wire.Next().udp);
  EXPECT_EQ(client.state(), DhcpState::kSelecting);
}

TEST(DhcpClient, ReleasesOnRequest) {
  Exchange exchange;
  exchange.Bind();
  exchange.IntroduceServer();
  exchange.client.Stop(true);
  exchange.wire.Advance(1ms);
  const ClientMessage release = exchange.Next();
  EXPECT_EQ(release.type(), DhcpMessageType::kRelease);
  EXPECT_EQ(release.packet.ipv4->source, kOffered);
  EXPECT_EQ(release.packet.ipv4->destination, kServer);
  EXPECT_EQ(release.header.client_address, kOffered);
  EXPECT_EQ(release.address(54), kServer);
  EXPECT_FALSE(exchange.wire.host().netif().has_ipv4());
  exchange.wire.Advance(std::chrono::hours(2));
  EXPECT_TRUE(exchange.wire.Silent());
  EXPECT_EQ(exchange.client.state(), DhcpState::kStopped);
}

TEST(DhcpClient, AReleaseFindsItsWayWhenTheServerMustBeResolvedFirst) {
  Exchange exchange;
  exchange.Bind();
  exchange.client.Stop(true);
  exchange.wire.Advance(1ms);
  EXPECT_EQ(exchange.wire.Next().arp->target_ip, kServer);
  exchange.wire.InjectArp({.operation = wire::kArpReply,
                           .sender_mac = kServerMac,
                           .sender_ip = kServer,
                           .target_mac = kHostMac,
                           .target_ip = kOffered},
                          kHostMac);
  EXPECT_EQ(exchange.Next().type(), DhcpMessageType::kRelease);
  EXPECT_EQ(exchange.wire.host().buffers_in_use(), 0u);
}

TEST(DhcpClient, ASecondOneOnTheSameInterfaceIsRefused) {
  Exchange exchange;
  DhcpClient second(exchange.wire.stack(), exchange.wire.host().netif());
  EXPECT_EQ(second.Start(), Status::kBusy);
}

TEST(DhcpClient, AsksForTheAddressAndNameItWasGiven) {
  Wire wire;
  DhcpClient client(wire.stack(), wire.host().netif());
  client.set_host_name("board-7");
  client.set_requested_address(TestHost::IpOf(77));
  EXPECT_EQ(client.Start(), Status::kOk);
  wire.Advance(1ms);
  const Packet packet = wire.Next();
  wire::DhcpOptionReader reader(packet.payload);
  std::map<uint8_t, ByteVector> options;
  while (const auto option = reader.Next()) {
    options[option->code] = ToVector(option->value);
  }
  EXPECT_FALSE(reader.malformed());
  EXPECT_EQ(options.at(12), ToBytes("board-7"));
  EXPECT_EQ(options.at(50), ToBytes({192, 0, 2, 77}));
}

// Everything here must be ignored: the client goes on as if it had not come.
void ExpectIgnored(const ServerMessage& message, const stack::DhcpStats& more,
                   uint16_t from_port = 67) {
  Exchange exchange;
  ServerMessage sent = message;
  sent.xid += exchange.Next().header.xid;
  exchange.Answer(sent, base::kIpv4Broadcast, from_port);
  EXPECT_TRUE(exchange.wire.Silent());
  EXPECT_EQ(exchange.client.state(), DhcpState::kSelecting);
  stack::DhcpStats expected = more;
  expected.tx_discover = 1;
  EXPECT_TRUE(SameFields(exchange.stats(), expected));
  EXPECT_EQ(exchange.wire.host().buffers_in_use(), 0u);
}

TEST(DhcpOffer, OfOthersIsIgnored) {
  ExpectIgnored({.xid = 1}, {.rx_not_ours = 1});
  ExpectIgnored({.client_mac = TestHost::MacOf(2)}, {.rx_not_ours = 1});
  ExpectIgnored({}, {.rx_not_ours = 1}, 6767);
  ExpectIgnored({.type = DhcpMessageType::kAck}, {.rx_not_ours = 1});
  ExpectIgnored({.type = DhcpMessageType::kNak}, {.rx_not_ours = 1});
}

TEST(DhcpOffer, NoServerSentIsMalformed) {
  ExpectIgnored({.header = {.op = wire::kBootRequest}}, {.rx_malformed = 1});
  ExpectIgnored({.header = {.op = wire::kBootReply, .hardware_type = 6}}, {.rx_malformed = 1});
  ExpectIgnored({.header = {.op = wire::kBootReply, .hardware_size = 16}}, {.rx_malformed = 1});
  ExpectIgnored({.header = {.op = wire::kBootReply, .cookie = 1}}, {.rx_malformed = 1});
  ExpectIgnored({.more_options = ToBytes({15, 200, 'x'}), .end = false}, {.rx_malformed = 1});
  ExpectIgnored({.type = DhcpMessageType{}}, {.rx_malformed = 1});
}

TEST(DhcpOffer, OfAnImpossibleAddressIsRefused) {
  for (const Ipv4Address address : {"0.0.0.0"_ip, "127.0.0.1"_ip, "224.0.0.1"_ip,
                                    "255.255.255.255"_ip, "192.0.2.0"_ip, "192.0.2.255"_ip}) {
    ExpectIgnored({.address = address}, {.rx_bad_offer = 1});
  }
  ExpectIgnored({.mask = "255.0.255.0"_ip}, {.rx_bad_offer = 1});
  ExpectIgnored({.server = std::nullopt}, {.rx_bad_offer = 1});
  ExpectIgnored({.lease = std::nullopt}, {.rx_bad_offer = 1});
  for (const uint32_t lease : {0u, 1u, 59u}) {
    ExpectIgnored({.lease = lease}, {.rx_bad_offer = 1});
  }
}

TEST(DhcpAck, FromAnotherServerOrForAnotherAddressIsIgnored) {
  Exchange exchange;
  const uint32_t xid = exchange.Next().header.xid;
  exchange.Answer({.xid = xid});
  exchange.Next();
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = xid, .server = TestHost::IpOf(66)});
  exchange.Answer({.type = DhcpMessageType::kNak, .xid = xid, .server = TestHost::IpOf(66)});
  exchange.Answer({.type = DhcpMessageType::kAck, .xid = xid, .address = TestHost::IpOf(51)});
  exchange.Answer({.type = DhcpMessageType::kOffer, .xid = xid});
  EXPECT_TRUE(exchange.wire.Silent());
  EXPECT_EQ(exchange.client.state(), DhcpState::kRequesting);
  EXPECT_EQ(exchange.stats().rx_not_ours, 3u);
  EXPECT_EQ(exchange.stats().rx_bad_offer, 1u);
}

TEST(DhcpAck, AForgedNakInBoundChangesNothing) {
  Exchange exchange;
  exchange.Bind();
  exchange.Answer({.type = DhcpMessageType::kNak, .xid = 0}, kOffered);
  EXPECT_EQ(exchange.client.state(), DhcpState::kBound);
  EXPECT_TRUE(exchange.wire.Silent());
}

TEST(DhcpLease, WhatCanBeMadeRightIsMadeRight) {
  Exchange exchange;
  exchange.Bind({.mask = std::nullopt,
                 .router = "198.51.100.1"_ip,
                 .lease = 1000,
                 .renew = 900,
                 .rebind = 800});
  const stack::DhcpLease& lease = exchange.client.lease();
  EXPECT_EQ(lease.mask, Ipv4Address::Mask(24));
  EXPECT_EQ(lease.gateway, Ipv4Address{});
  EXPECT_EQ(lease.renew_seconds, 500u);
  EXPECT_EQ(lease.rebind_seconds, 875u);
}

TEST(DhcpLease, OptionsInTheOverloadedFieldsCount) {
  ServerMessage offer{.router = std::nullopt, .more_options = ToBytes({52, 1, 3})};
  offer.header.boot_file = {3, 4, 192, 0, 2, 254, 52, 1, 3, 255};
  offer.header.server_name = {15, 3, 'l', 'a', 'b', 255};
  Exchange exchange;
  exchange.Bind(offer);
  EXPECT_EQ(exchange.client.lease().gateway, kServer);
  EXPECT_EQ(exchange.client.lease().domain.view(), "lab");
}

TEST(DhcpLease, AMissingEndIsTheEnd) {
  Exchange exchange;
  exchange.Bind({.end = false});
}

TEST(DhcpClient, LivesWithoutBuffers) {
  for (uint32_t n = 1; n < 12; ++n) {
    Exchange exchange;
    const uint32_t xid = exchange.Next().header.xid;
    exchange.wire.host().pools().FailAllocation(n);
    for (int i = 0; i < 200 && exchange.client.state() != DhcpState::kBound; ++i) {
      // A server that answers whatever is asked.
      while (!exchange.wire.Silent()) {
        const Packet packet = exchange.wire.Next();
        if (!packet.udp) {
          continue;
        }
        const auto header = base::DecodeHeader<wire::DhcpHeader>(packet.payload.data());
        const bool is_discover = exchange.client.state() == DhcpState::kSelecting;
        exchange.Answer({.type = is_discover ? DhcpMessageType::kOffer : DhcpMessageType::kAck,
                         .xid = header.xid});
      }
      exchange.Answer({.xid = xid});
      exchange.wire.Advance(1s);
    }
    EXPECT_EQ(exchange.client.state(), DhcpState::kBound) << n;
    exchange.wire.Advance(5s);
    EXPECT_EQ(exchange.wire.host().buffers_in_use(), 0u) << n;
  }
}

}  // namespace
}  // namespace test
