#include "stack/dhcp_message.h"

#include <gtest/gtest.h>

#include "tests/support/dhcp_exchange.h"
#include "tests/support/same_fields.h"

namespace test::dhcp {
namespace {

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

}  // namespace
}  // namespace test::dhcp
