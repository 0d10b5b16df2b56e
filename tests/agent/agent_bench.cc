#include "tests/agent/agent_bench.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "protocol/schema_hash.h"

namespace agent {
namespace {

// The board's clock is a function without an argument.
base::Instant bench_now;
base::Instant ReadBenchClock() { return bench_now; }

}  // namespace

size_t FakeUart::Read(base::ByteSpan out) {
  const size_t count = std::min(out.size(), to_agent.size());
  std::copy_n(to_agent.begin(), count, out.begin());
  to_agent.erase(to_agent.begin(), to_agent.begin() + static_cast<ptrdiff_t>(count));
  return count;
}

size_t FakeUart::Write(base::ConstByteSpan data) {
  const size_t count = std::min(data.size(), room_);
  test::AppendTo(to_host, data.first(count));
  room_ -= count;
  return count;
}

AgentBench::AgentBench(const test::PhyOptions& phy)
    : phy_model_(phy), host_(protocol::Role::kHost, host_memory_.buffers(), *this, host_stats_) {
  bench_now = base::Instant{};
  mdio_.Attach(1, phy_model_);
  storage_ = std::make_unique<AppStorage<kLimits>>(AppParts{.board = info_,
                                                            .pools = packets_.pools(),
                                                            .driver = driver_,
                                                            .phy = phy_,
                                                            .counters = counters_,
                                                            .channels = channels_,
                                                            .read_clock = &ReadBenchClock});
  app().Start(kMac, {}, bench_now);
  OpenSession(1);
  EXPECT_TRUE(RunUntil([this] { return host_.state() == protocol::SessionState::kEstablished; }));
}

void AgentBench::OpenSession(uint32_t id) {
  host_.Connect(id,
                {.protocol_version = protocol::kVersion,
                 .schema_hash = protocol::kSchemaHash,
                 .receive_buffer = 1 << 16},
                bench_now);
}

void AgentBench::NegotiateLink() {
  phy_model_.PlugIn();
  phy_.Start();
  for (int i = 0; i < 1000 && !phy_.link().is_up(); ++i) {
    RunFor(std::chrono::milliseconds(10));
    phy_.Poll(bench_now);
  }
  ASSERT_TRUE(phy_.link().is_up());
}

base::Instant AgentBench::now() const { return bench_now; }

size_t AgentBench::buffers_in_use() {
  size_t count = packets_.pools().part_stats().in_use;
  for (const base::PbufPool* pool : packets_.pools().pools()) {
    count += pool->stats().in_use;
  }
  return count;
}

void AgentBench::MoveLine() {
  if (!line_cut_) {
    host_.OnBytes(uart_.to_host, bench_now);
  }
  uart_.to_host.clear();
  uart_.set_room(1 << 16);
  second_uart_.set_room(1 << 16);
  std::array<std::byte, 4096> bytes;
  for (size_t count = host_.TakeOutput(bytes, bench_now); count != 0;
       count = host_.TakeOutput(bytes, bench_now)) {
    if (!line_cut_) {
      uart_.Deliver(std::span(bytes).first(count));
    }
  }
}

void AgentBench::MoveWire() {
  wire_moved_ = !driver_.sent().empty();
  while (!driver_.sent().empty()) {
    test::ByteVector frame = std::move(driver_.sent().front());
    driver_.sent().pop_front();
    const test::Packet packet = test::ParseFrame(frame);
    if (on_frame && on_frame(packet, frame)) {
      continue;
    }
    sent.push_back(packet);
    if (driver_.loopback() != base::Loopback::kOff) {
      driver_.Receive(std::move(frame));
    } else if (peer_answers_) {
      Answer(packet);
    }
  }
}

void AgentBench::Answer(const test::Packet& packet) {
  if (packet.arp && packet.arp->operation == wire::kArpRequest &&
      packet.arp->target_ip == kPeerIp) {
    const wire::ArpPacket reply{.operation = wire::kArpReply,
                                .sender_mac = kPeerMac,
                                .sender_ip = kPeerIp,
                                .target_mac = kMac,
                                .target_ip = packet.arp->sender_ip};
    driver_.Receive(
        test::EthernetFrame({.destination = kMac, .source = kPeerMac, .type = wire::kEtherTypeArp},
                            test::WithHeader(reply, {})));
  }
  if (packet.icmp && packet.icmp->type == wire::kIcmpEchoRequest &&
      packet.ipv4->destination == kPeerIp) {
    wire::IcmpHeader reply = *packet.icmp;
    reply.type = wire::kIcmpEchoReply;
    reply.checksum = 0;
    driver_.Receive(
        test::EthernetFrame({.destination = kMac, .source = kPeerMac, .type = wire::kEtherTypeIpv4},
                            test::Ipv4Packet({.ttl = 63,
                                              .protocol = wire::kProtocolIcmp,
                                              .source = kPeerIp,
                                              .destination = packet.ipv4->source},
                                             test::IcmpPacket(reply, packet.payload))));
  }
}

void AgentBench::ReceiveMessages() {
  protocol::ReceivedMessage message;
  while (host_.Receive(message)) {
    const auto decoded = protocol::DecodeMessage(message.bytes);
    ASSERT_TRUE(decoded);
    HostEvent event{decoded->header, test::ToVector(decoded->fields)};
    (event.header.kind == protocol::MessageKind::kEvent ? events : responses)
        .push_back(std::move(event));
    host_.Release();
  }
}

// Everything that happens at one point in time; returns when something happens next.
base::Instant AgentBench::Step() {
  constexpr int kMaxRounds = 5000;  // injecting frames takes many rounds at one point in time
  mdio_.SetTime(bench_now);
  base::Instant next = base::kNever;
  for (int i = 0; i < kMaxRounds; ++i) {
    next = app().Poll(bench_now);
    MoveWire();
    MoveLine();
    ReceiveMessages();
    next = base::Earlier(next, host_.Poll(bench_now));
    const bool idle = uart_.to_agent.empty() && uart_.to_host.empty() && !host_.has_output();
    if (next > bench_now && idle && !wire_moved_) {
      return next;
    }
  }
  throw std::runtime_error(
      "the loop does not come to rest at " + std::to_string(base::ToMicroseconds(bench_now)) +
      " us; next " + std::to_string(base::ToMicroseconds(next)) + ", wire " +
      std::to_string(wire_moved_) + ", line " + std::to_string(uart_.to_agent.size()) + " " +
      std::to_string(uart_.to_host.size()) + " " + std::to_string(host_.has_output()));
}

void AgentBench::RunFor(base::Duration duration) {
  const base::Instant end = bench_now + duration;
  RunUntil([&] { return bench_now >= end; }, duration);
}

bool AgentBench::RunUntil(const std::function<bool()>& done, base::Duration limit) {
  const base::Instant end = bench_now + limit;
  for (;;) {
    const base::Instant next = Step();
    if (done()) {
      return true;
    }
    if (bench_now >= end) {
      return false;
    }
    bench_now = std::clamp(next, bench_now + base::Duration(1), end);
  }
}

std::optional<base::Status> AgentBench::End(uint16_t job) const {
  const auto ends = Events<protocol::JobEnded>(job);
  EXPECT_LE(ends.size(), 1u);
  return ends.empty() ? std::nullopt : std::optional(ends[0].status);
}

base::Status AgentBench::Finish(uint16_t job, base::Duration limit) {
  EXPECT_TRUE(RunUntil([&] { return End(job).has_value(); }, limit)) << "the job does not end";
  return End(job).value_or(base::Status::kDeadlineExceeded);
}

void AgentBench::UseStaticAddress() {
  EXPECT_TRUE(Call<protocol::SetIp>({.source = protocol::AddressSource::kStatic,
                                     .address = kIp,
                                     .mask = base::Ipv4Address::Mask(24)}));
  RunFor(5s);
  sent.clear();
}

void AgentBench::PingPeer(uint16_t count) {
  const uint16_t job = Start<protocol::Ping>({.target = kPeerIp, .count = count});
  EXPECT_EQ(Finish(job), base::Status::kOk);
  EXPECT_EQ(Events<protocol::PingEnd>(job).at(0).received, count);
}

}  // namespace agent
