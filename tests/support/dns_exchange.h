// A resolver on a wire whose servers are the test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stack/dns_client.h"
#include "tests/support/test_host.h"

namespace test::dns {

using base::Status;
using stack::DnsAnswer;
using stack::DnsClient;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

inline constexpr Ipv4Address kFirst = TestHost::IpOf(253);
inline constexpr Ipv4Address kSecond = TestHost::IpOf(252);
inline constexpr Ipv4Address kAnswer = "198.51.100.7"_ip;

inline ByteVector Name(std::string_view text) {
  ByteVector bytes(text.size() + 2);
  EXPECT_TRUE(wire::WriteDnsName(*wire::MakeDnsName(text), bytes));
  return bytes;
}
inline ByteVector Record(const ByteVector& owner, uint16_t type, uint32_t ttl,
                         const ByteVector& data) {
  ByteVector bytes = owner;
  AppendTo(bytes, WithHeader(wire::DnsRecord{.type = type,
                                             .klass = 1,
                                             .ttl = ttl,
                                             .size = static_cast<uint16_t>(data.size())},
                             data));
  return bytes;
}
inline ByteVector A(std::string_view owner, Ipv4Address address, uint32_t ttl = 300) {
  ByteVector data(4);
  base::StoreBe32(data.data(), address.value);
  return Record(Name(owner), wire::kDnsTypeA, ttl, data);
}
inline ByteVector Cname(std::string_view owner, std::string_view target, uint32_t ttl = 300) {
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

inline void ExpectAddress(const base::Result<DnsAnswer>& answer, Ipv4Address address) {
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->addresses.size(), 1u);
  EXPECT_EQ(answer->addresses[0], address);
}

}  // namespace test::dns
