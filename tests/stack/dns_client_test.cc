#include "stack/dns_client.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/dns_exchange.h"
#include "tests/support/same_fields.h"

namespace test::dns {
namespace {

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

TEST(DnsClient, LongNamesAreAskedForButNotKept) {
  Resolver resolver;
  std::string name(81, 'a');
  name[40] = '.';
  for (int i = 0; i < 2; ++i) {
    resolver.Ask(name);
    EXPECT_EQ(resolver.client.Query(name).error(), Status::kBusy);
    resolver.Answer(resolver.Next(), {.records = {A(name, kAnswer)}});
    ExpectAddress(resolver.Take(), kAnswer);
  }
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
}  // namespace test::dns
