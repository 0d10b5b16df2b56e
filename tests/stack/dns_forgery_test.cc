#include <gtest/gtest.h>

#include "stack/dns_client.h"
#include "tests/support/dns_exchange.h"
#include "tests/support/same_fields.h"

namespace test::dns {
namespace {

// A forger's answer changes nothing; the right one still counts.
void ExpectForgeryIgnored(const Resolver::Response& forged, const stack::DnsStats& expected) {
  Resolver resolver(true);
  resolver.Ask("example.com");
  const Query query = resolver.Next();
  resolver.Answer(query, forged);
  EXPECT_EQ(resolver.Take().error(), Status::kUnavailable);
  EXPECT_TRUE(resolver.wire.Silent());
  EXPECT_TRUE(SameFields(resolver.wire.stats().dns, expected));
  resolver.Answer(query, {.records = {A("example.com", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
}

TEST(DnsForgery, IsIgnored) {
  const std::vector<ByteVector> forged = {A("example.com", "203.0.113.66"_ip)};
  const stack::DnsStats unmatched{.tx_queries = 1, .rx_unmatched = 1};
  ExpectForgeryIgnored({.records = forged, .id_offset = 1}, unmatched);
  ExpectForgeryIgnored({.records = forged, .from = kSecond}, unmatched);
  ExpectForgeryIgnored({.records = forged, .from_port = 5353}, unmatched);
  ExpectForgeryIgnored({.flags = 0x0100, .records = forged}, unmatched);  // a query
  ExpectForgeryIgnored({.flags = 0xa980, .records = forged}, unmatched);  // another opcode
  ByteVector other = Name("example.org");
  AppendTo(other, ToBytes({0, 1, 0, 1}));
  ExpectForgeryIgnored({.records = forged, .question = other}, unmatched);
  ByteVector aaaa = Name("example.com");
  AppendTo(aaaa, ToBytes({0, 28, 0, 1}));
  ExpectForgeryIgnored({.records = forged, .question = aaaa}, unmatched);
  ByteVector chaos = Name("example.com");
  AppendTo(chaos, ToBytes({0, 1, 0, 3}));
  ExpectForgeryIgnored({.records = forged, .question = chaos}, unmatched);
  ExpectForgeryIgnored({.question = ByteVector{}}, unmatched);
}

TEST(DnsForgery, ToAnotherPortFindsNobody) {
  Resolver resolver;
  resolver.Ask("example.com");
  Query query = resolver.Next();
  query.packet.udp->source_port ^= 1;
  resolver.Answer(query, {.records = {A("example.com", kAnswer)}});
  EXPECT_EQ(resolver.Take().error(), Status::kUnavailable);
  EXPECT_EQ(resolver.wire.stats().udp.rx_no_socket, 1u);
}

TEST(DnsForgery, RecordsOfOtherNamesClassesAndTypesAreNotTaken) {
  Resolver resolver;
  resolver.Ask("example.com");
  ByteVector chaos = A("example.com", "203.0.113.66"_ip);
  chaos[13 + 3] = std::byte{3};  // class
  resolver.Answer(resolver.Next(),
                  {.records = {A("example.org", "203.0.113.66"_ip), chaos,
                               Record(Name("example.com"), 16, 1, ToBytes({1, 'x'})),
                               A("example.com", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
}

// The server that should know better is followed by the next.
void ExpectMalformed(const Resolver::Response& response) {
  Resolver resolver(true);
  resolver.Ask("example.com");
  resolver.Answer(resolver.Next(), response);
  EXPECT_EQ(resolver.wire.stats().dns.rx_malformed, 1u);
  const Query next = resolver.Next();
  EXPECT_EQ(next.packet.ipv4->destination, kSecond);
  resolver.Answer(next, {.records = {A("example.com", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
  EXPECT_EQ(resolver.wire.host().buffers_in_use(), 0u);
}

TEST(DnsMalformed, IsNotBelieved) {
  // Wrong sizes of an address.
  for (const size_t size : {0u, 3u, 5u, 16u}) {
    ExpectMalformed(
        {.records = {Record(Name("example.com"), wire::kDnsTypeA, 1, ByteVector(size))}});
  }
  ByteVector cut = A("example.com", kAnswer);
  cut.resize(cut.size() - 1);  // data behind the end
  ExpectMalformed({.records = {cut}});
  cut.resize(cut.size() - 6);  // no room for the fixed part
  ExpectMalformed({.records = {cut}});
  ExpectMalformed({.records = {ToBytes({0xc0, 0xff})}});  // a pointer to nowhere
  // An alias that ends elsewhere than its data does.
  ByteVector data = Name("b.example");
  data.push_back(std::byte{0});
  ExpectMalformed({.records = {Record(Name("example.com"), wire::kDnsTypeCname, 1, data)}});
}

TEST(DnsMalformed, CountsAreNotBelieved) {
  Resolver resolver;
  resolver.Ask("example.com");
  resolver.Answer(resolver.Next(),
                  {.records = {A("example.com", kAnswer)}, .answer_count = uint16_t{65535}});
  ExpectAddress(resolver.Take(), kAnswer);
}

TEST(DnsMalformed, ShortMessagesAreDropped) {
  Resolver resolver;
  resolver.Ask("example.com");
  const Query query = resolver.Next();
  resolver.wire.InjectIpv4(
      {.protocol = wire::kProtocolUdp, .source = kFirst},
      UdpPacket({.source_port = 53, .destination_port = query.packet.udp->source_port}, kFirst,
                resolver.wire.host().ip(), ByteVector(11)));
  EXPECT_EQ(resolver.wire.stats().dns.rx_malformed, 1u);
  EXPECT_EQ(resolver.Take().error(), Status::kUnavailable);
}

TEST(DnsTruncated, WhatIsThereIsUsed) {
  Resolver resolver;
  resolver.Ask("example.com");
  resolver.Answer(resolver.Next(), {.flags = 0x8380, .records = {A("example.com", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
  EXPECT_EQ(resolver.wire.stats().dns.rx_truncated, 1u);
}

}  // namespace
}  // namespace test::dns
