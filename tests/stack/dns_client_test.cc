#include "stack/dns_client.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/same_fields.h"
#include "tests/support/test_host.h"

namespace test {
namespace {

using base::Status;
using stack::DnsAnswer;
using stack::DnsClient;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr Ipv4Address kFirst = TestHost::IpOf(253);
constexpr Ipv4Address kSecond = TestHost::IpOf(252);
constexpr Ipv4Address kAnswer = "198.51.100.7"_ip;

ByteVector Name(std::string_view text) {
  ByteVector bytes(text.size() + 2);
  EXPECT_TRUE(wire::WriteDnsName(*wire::MakeDnsName(text), bytes));
  return bytes;
}
ByteVector Record(const ByteVector& owner, uint16_t type, uint32_t ttl, const ByteVector& data) {
  ByteVector bytes = owner;
  AppendTo(bytes, WithHeader(wire::DnsRecord{.type = type,
                                             .klass = 1,
                                             .ttl = ttl,
                                             .size = static_cast<uint16_t>(data.size())},
                             data));
  return bytes;
}
ByteVector A(std::string_view owner, Ipv4Address address, uint32_t ttl = 300) {
  ByteVector data(4);
  base::StoreBe32(data.data(), address.value);
  return Record(Name(owner), wire::kDnsTypeA, ttl, data);
}
ByteVector Cname(std::string_view owner, std::string_view target, uint32_t ttl = 300) {
  return Record(Name(owner), wire::kDnsTypeCname, ttl, Name(target));
}

struct Query {
  Packet packet;
  wire::DnsHeader header;
  std::string name;
};

// A resolver whose servers are the test: 192.0.2.253, and 192.0.2.252 when asked for.
class Resolver {
 public:
  explicit Resolver(bool two_servers = false) : client(wire.stack()) {
    for (const Ipv4Address server : {kFirst, kSecond}) {
      wire.InjectArp({.operation = wire::kArpRequest,
                      .sender_mac = TestHost::MacOf(server.octet(3)),
                      .sender_ip = server,
                      .target_ip = wire.host().ip()},
                     base::kMacBroadcast);
      wire.Next();
    }
    stack::Ipv4Config config = wire.host().netif().ipv4();
    config.dns = {kFirst, two_servers ? kSecond : Ipv4Address{}};
    SetConfig(config);
    wire.stack().stats() = {};
  }

  void Ask(std::string_view name, const DnsClient::Options& options = {}) {
    const auto query = client.Query(name, options);
    ASSERT_TRUE(query);
    handle = *query;
  }
  Query Next() {
    Query query{.packet = wire.Next()};
    EXPECT_TRUE(query.packet.udp && query.packet.checksums);
    EXPECT_GE(query.packet.payload.size(), wire::kDnsHeaderSize);
    query.header = base::DecodeHeader<wire::DnsHeader>(query.packet.payload.data());
    size_t offset = wire::kDnsHeaderSize;
    query.name = wire::ReadDnsName(query.packet.payload, offset)->view();
    const auto question =
        base::DecodeHeader<wire::DnsQuestion>(query.packet.payload.data() + offset);
    EXPECT_EQ(question, (wire::DnsQuestion{.type = wire::kDnsTypeA, .klass = 1}));
    EXPECT_EQ(offset + 4, query.packet.payload.size());
    return query;
  }
  struct Response {
    uint16_t flags = 0x8180;
    std::vector<ByteVector> records;
    std::optional<uint16_t> answer_count;
    uint16_t id_offset = 0;
    std::optional<Ipv4Address> from;
    uint16_t from_port = 53;
    std::optional<ByteVector> question;
  };
  void Answer(const Query& query, const Response& response) {
    wire::DnsHeader header{.id = static_cast<uint16_t>(query.header.id + response.id_offset),
                           .flags = response.flags,
                           .question_count = 1,
                           .answer_count = response.answer_count.value_or(
                               static_cast<uint16_t>(response.records.size()))};
    ByteVector message = WithHeader(header, {});
    ByteVector question = Name(query.name);
    AppendTo(question, ToBytes({0, 1, 0, 1}));
    AppendTo(message, response.question.value_or(question));
    for (const ByteVector& record : response.records) {
      AppendTo(message, record);
    }
    const Ipv4Address from = response.from.value_or(query.packet.ipv4->destination);
    wire.InjectIpv4({.protocol = wire::kProtocolUdp, .source = from},
                    UdpPacket({.source_port = response.from_port,
                               .destination_port = query.packet.udp->source_port},
                              from, wire.host().ip(), message));
  }
  base::Result<DnsAnswer> Take() { return client.Take(handle); }

  Wire wire;
  DnsClient client;
  DnsClient::Handle handle;

 private:
  // Changing the address makes the stack forget its neighbours; here only the servers change.
  void SetConfig(const stack::Ipv4Config& config) {
    wire.host().netif().SetIpv4(config);
    wire.Advance(3s);
    wire.host().driver().sent().clear();
    for (const Ipv4Address server : {kFirst, kSecond}) {
      wire.InjectArp({.operation = wire::kArpRequest,
                      .sender_mac = TestHost::MacOf(server.octet(3)),
                      .sender_ip = server,
                      .target_ip = wire.host().ip()},
                     base::kMacBroadcast);
      wire.Next();
    }
  }
};

void ExpectAddress(const base::Result<DnsAnswer>& answer, Ipv4Address address) {
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->addresses.size(), 1u);
  EXPECT_EQ(answer->addresses[0], address);
}

TEST(DnsClient, AsksAndGetsAnAddress) {
  Resolver resolver;
  resolver.Ask("WWW.Example.com.");
  const Query query = resolver.Next();
  EXPECT_EQ(query.packet.ipv4->destination, kFirst);
  EXPECT_EQ(query.packet.udp->destination_port, 53);
  EXPECT_EQ(query.name, "www.example.com");
  EXPECT_EQ(query.header.flags, wire::DnsHeader::kRecursionDesired);
  EXPECT_EQ(query.header.question_count, 1);
  EXPECT_EQ(resolver.Take().error(), Status::kUnavailable);
  resolver.wire.Advance(20ms);
  resolver.Answer(query, {.records = {A("www.example.com", kAnswer)}});
  const auto answer = resolver.Take();
  ExpectAddress(answer, kAnswer);
  EXPECT_EQ(answer->ttl_seconds, 300u);
  EXPECT_EQ(answer->elapsed, 20ms);
  EXPECT_EQ(answer->server, base::IpAddress(kFirst));
  EXPECT_EQ(answer->queries, 1);
  EXPECT_FALSE(answer->from_cache);
  EXPECT_EQ(resolver.Take().error(), Status::kCancelled);
  resolver.wire.Advance(30s);
  EXPECT_TRUE(resolver.wire.Silent());
  EXPECT_TRUE(SameFields(resolver.wire.stats().dns, {.tx_queries = 1, .rx_answers = 1}));
  EXPECT_EQ(resolver.wire.host().buffers_in_use(), 0u);
}

TEST(DnsClient, EveryQueryHasItsOwnIdAndPort) {
  Resolver resolver;
  std::set<uint16_t> ids;
  std::set<uint16_t> ports;
  for (int i = 0; i < 50; ++i) {
    resolver.Ask("host" + std::to_string(i));
    const Query query = resolver.Next();
    ids.insert(query.header.id);
    ports.insert(query.packet.udp->source_port);
    resolver.client.Cancel(resolver.handle);
  }
  EXPECT_GT(ids.size(), 48u);
  EXPECT_GT(ports.size(), 48u);
}

TEST(DnsClient, AsksTheServersInTurnAndGivesUp) {
  Resolver resolver(true);
  resolver.Ask("example.com");
  std::set<uint16_t> ids;
  for (const auto& [server, wait] :
       {std::pair{kFirst, 1s}, std::pair{kSecond, 1s}, std::pair{kFirst, 2s},
        std::pair{kSecond, 2s}, std::pair{kFirst, 4s}, std::pair{kSecond, 4s}}) {
    const Query query = resolver.Next();
    EXPECT_EQ(query.packet.ipv4->destination, server);
    ids.insert(query.header.id);
    resolver.wire.Advance(wait - 1ms);
    EXPECT_TRUE(resolver.wire.Silent());
    resolver.wire.Advance(1ms);
  }
  EXPECT_GT(ids.size(), 4u);
  EXPECT_TRUE(resolver.wire.Silent());
  EXPECT_EQ(resolver.Take().error(), Status::kDeadlineExceeded);
  EXPECT_EQ(resolver.wire.stats().dns.timeouts, 6u);
  EXPECT_EQ(resolver.wire.host().buffers_in_use(), 0u);
}

TEST(DnsClient, AServerThatRefusesIsFollowedByTheNext) {
  Resolver resolver(true);
  resolver.Ask("example.com");
  resolver.Answer(resolver.Next(), {.flags = 0x8185});
  const Query second = resolver.Next();
  EXPECT_EQ(second.packet.ipv4->destination, kSecond);
  resolver.Answer(second, {.records = {A("example.com", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
}

TEST(DnsClient, WhenAllRefuseSoDoesIt) {
  Resolver resolver;
  resolver.Ask("example.com");
  for (int i = 0; i < stack::kDnsRounds; ++i) {
    resolver.Answer(resolver.Next(), {.flags = 0x8182});
  }
  EXPECT_EQ(resolver.client.Look(resolver.handle)->response_code, 2);
  EXPECT_EQ(resolver.Take().error(), Status::kRefused);
  EXPECT_TRUE(resolver.wire.Silent());
}

TEST(DnsClient, ANameThatIsNotThere) {
  Resolver resolver;
  resolver.Ask("nowhere.example");
  resolver.Answer(resolver.Next(), {.flags = 0x8183});
  EXPECT_EQ(resolver.Take().error(), Status::kNotFound);
  resolver.Ask("v6only.example");
  resolver.Answer(resolver.Next(), {});
  EXPECT_EQ(resolver.Take().error(), Status::kNotFound);
  EXPECT_EQ(resolver.wire.stats().dns.rx_not_found, 2u);
}

TEST(DnsClient, AClosedPortIsNews) {
  Resolver resolver;
  resolver.Ask("example.com");
  for (int i = 0; i < stack::kDnsRounds; ++i) {
    const Query query = resolver.Next();
    resolver.wire.InjectIpv4(
        {.protocol = wire::kProtocolIcmp, .source = kFirst},
        IcmpPacket({.type = wire::kIcmpUnreachable, .code = wire::kUnreachablePort},
                   WithHeader(*query.packet.ipv4, WithHeader(*query.packet.udp, {}))));
  }
  EXPECT_EQ(resolver.Take().error(), Status::kUnreachable);
}

TEST(DnsClient, FollowsAliasesInTheAnswer) {
  Resolver resolver;
  resolver.Ask("www.example.com");
  // In an order that needs more than one look.
  resolver.Answer(resolver.Next(),
                  {.records = {A("c.example", kAnswer, 200), Cname("b.example", "c.example", 100),
                               Cname("www.example.com", "b.example", 300)}});
  const auto answer = resolver.Take();
  ExpectAddress(answer, kAnswer);
  EXPECT_EQ(answer->aliases, 2);
  EXPECT_EQ(answer->ttl_seconds, 100u);
}

TEST(DnsClient, AsksForTheEndOfAChainThatTheAnswerLacks) {
  Resolver resolver;
  resolver.Ask("www.example.com");
  resolver.Answer(resolver.Next(), {.records = {Cname("www.example.com", "b.example")}});
  const Query query = resolver.Next();
  EXPECT_EQ(query.name, "b.example");
  resolver.Answer(query, {.records = {A("b.example", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
}

TEST(DnsClient, ARingOfAliasesEnds) {
  Resolver resolver;
  resolver.Ask("a.example");
  size_t queries = 0;
  while (!resolver.wire.Silent() && queries < 100) {
    const Query query = resolver.Next();
    ++queries;
    resolver.Answer(
        query, {.records = {Cname("a.example", "b.example"), Cname("b.example", "a.example")}});
  }
  EXPECT_LE(queries, stack::kDnsRounds);
  EXPECT_EQ(resolver.Take().error(), Status::kDataLoss);
}

TEST(DnsClient, AnEndlessChainOverManyAnswersEnds) {
  Resolver resolver;
  resolver.Ask("n0.example");
  size_t queries = 0;
  while (!resolver.wire.Silent() && queries < 100) {
    const Query query = resolver.Next();
    ++queries;
    resolver.Answer(query,
                    {.records = {Cname(query.name, "n" + std::to_string(queries) + ".example")}});
  }
  EXPECT_LE(queries, size_t{stack::kDnsMaxAliases} + stack::kDnsRounds);
  EXPECT_EQ(resolver.Take().error(), Status::kDataLoss);
}

TEST(DnsClient, KeepsAnswersForTheirTime) {
  Resolver resolver;
  resolver.Ask("example.com");
  resolver.Answer(resolver.Next(), {.records = {A("example.com", kAnswer, 10)}});
  EXPECT_TRUE(resolver.Take());
  resolver.wire.Advance(4s);
  resolver.Ask("EXAMPLE.com");
  EXPECT_TRUE(resolver.wire.Silent());
  const auto answer = resolver.Take();
  ExpectAddress(answer, kAnswer);
  EXPECT_TRUE(answer->from_cache);
  EXPECT_EQ(answer->ttl_seconds, 6u);
  resolver.wire.Advance(6s);
  resolver.Ask("example.com");
  EXPECT_EQ(resolver.Next().name, "example.com");
}

TEST(DnsClient, TheCacheCanBePassedByAndFlushed) {
  Resolver resolver;
  resolver.Ask("example.com");
  resolver.Answer(resolver.Next(), {.records = {A("example.com", kAnswer)}});
  EXPECT_TRUE(resolver.Take());
  resolver.Ask("example.com", {.use_cache = false});
  resolver.Next();
  resolver.client.Cancel(resolver.handle);
  resolver.client.FlushCache();
  resolver.Ask("example.com");
  resolver.Next();
}

TEST(DnsClient, TheCacheIsBoundedAndTheShortestLivedGoes) {
  Resolver resolver;
  for (size_t i = 0; i <= stack::kDnsCacheEntries; ++i) {
    const std::string name = "host" + std::to_string(i);
    resolver.Ask(name);
    resolver.Answer(resolver.Next(),
                    {.records = {A(name, kAnswer, static_cast<uint32_t>(100 + i))}});
    EXPECT_TRUE(resolver.Take());
  }
  resolver.Ask("host1");
  EXPECT_TRUE(resolver.Take()->from_cache);
  resolver.Ask("host0");
  EXPECT_EQ(resolver.Next().name, "host0");
}

TEST(DnsClient, TtlsAreMadeSensible) {
  for (const auto& [sent, taken] :
       {std::pair{0u, 0u}, std::pair{0x80000000u, 0u}, std::pair{0xffffffffu, 0u},
        std::pair{0x7fffffffu, stack::kDnsMaxTtlSeconds}}) {
    Resolver resolver;
    resolver.Ask("example.com");
    resolver.Answer(resolver.Next(), {.records = {A("example.com", kAnswer, sent)}});
    EXPECT_EQ(resolver.Take()->ttl_seconds, taken);
  }
}

TEST(DnsClient, MoreAddressesThanFitAreLeftOut) {
  Resolver resolver;
  resolver.Ask("example.com");
  std::vector<ByteVector> records;
  for (uint8_t i = 0; i < 20; ++i) {
    records.push_back(A("example.com", Ipv4Address::From(198, 51, 100, i)));
  }
  resolver.Answer(resolver.Next(), {.records = records});
  EXPECT_EQ(resolver.Take()->addresses.size(), stack::kDnsMaxAddresses);
}

TEST(DnsClient, AddressesNeedNoServer) {
  Resolver resolver;
  resolver.Ask("198.51.100.7");
  ExpectAddress(resolver.Take(), kAnswer);
  EXPECT_TRUE(resolver.wire.Silent());
  for (const char* text : {"1.2.3.256", "1.2.3", "1.2.3.4.5", "1.2.3.0004"}) {
    resolver.Ask(text);
    EXPECT_EQ(resolver.Next().name, text);
    resolver.client.Cancel(resolver.handle);
  }
}

TEST(DnsClient, TheServerAndPortCanBeNamed) {
  Resolver resolver;
  resolver.Ask("example.com", {.server = kSecond, .port = 5353});
  const Query query = resolver.Next();
  EXPECT_EQ(query.packet.ipv4->destination, kSecond);
  EXPECT_EQ(query.packet.udp->destination_port, 5353);
  resolver.Answer(query, {.records = {A("example.com", kAnswer)}, .from_port = 5353});
  ExpectAddress(resolver.Take(), kAnswer);
}

TEST(DnsClient, RefusesWhatItCannotAsk) {
  Resolver resolver;
  EXPECT_EQ(resolver.client.Query("").error(), Status::kInvalidArgument);
  EXPECT_EQ(resolver.client.Query("a..b").error(), Status::kInvalidArgument);
  resolver.Ask("example.com");
  EXPECT_EQ(resolver.client.Query("Example.com").error(), Status::kBusy);
  for (size_t i = 1; i < stack::kDnsMaxQueries; ++i) {
    resolver.Ask("host" + std::to_string(i));
  }
  EXPECT_EQ(resolver.client.Query("one.more").error(), Status::kResourceExhausted);
  resolver.client.Cancel(resolver.handle);
  EXPECT_TRUE(resolver.client.Query("one.more"));
}

TEST(DnsClient, WithoutServersNothingIsAsked) {
  Wire wire;
  wire.host().netif().SetIpv4({.address = wire.host().ip(), .mask = Ipv4Address::Mask(24)});
  DnsClient client(wire.stack());
  EXPECT_EQ(client.Query("example.com").error(), Status::kUnreachable);
}

TEST(DnsClient, NoRouteFailsAtOnce) {
  Resolver resolver;
  resolver.wire.host().netif().SetIpv4({});
  const auto handle = resolver.client.Query("example.com", {.server = kFirst});
  ASSERT_TRUE(handle);
  resolver.wire.Advance(1ms);
  EXPECT_EQ(resolver.client.Take(*handle).error(), Status::kUnreachable);
}

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

TEST(DnsClient, WithoutABufferItTriesAgain) {
  Resolver resolver;
  resolver.wire.host().pools().FailAllocation(1);
  resolver.Ask("example.com");
  EXPECT_TRUE(resolver.wire.Silent());
  resolver.wire.Advance(1s);
  resolver.Answer(resolver.Next(), {.records = {A("example.com", kAnswer)}});
  ExpectAddress(resolver.Take(), kAnswer);
}

}  // namespace
}  // namespace test
