#include "tests/support/test_host.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace test {
namespace {

constexpr size_t kMaxRounds = 10'000;  // a stack that never gets idle is a fault of its own

}  // namespace

TestHost::TestHost(uint8_t number)
    : driver_(storage_.pools(), MacOf(number)),
      netif_(driver_, "eth0"),
      stack_(interfaces_, storage_.pools(), executor_) {
  const std::array<uint8_t, 1> entropy{number};
  stack_.SeedRandom(std::as_bytes(std::span(entropy)));
  netif_.SetIpv4({.address = IpOf(number),
                  .mask = Ipv4Address::Mask(24),
                  .gateway = IpOf(254),
                  .dns = {IpOf(253)}});
}

base::Instant TestHost::Run(base::Instant now) {
  for (size_t i = 0; i < kMaxRounds; ++i) {
    const base::Instant next = stack_.Poll(now);
    const bool idle = executor_.idle();
    executor_.RunReady(64);
    if (idle && next > now) {
      return next;
    }
  }
  ADD_FAILURE() << "the stack never got idle";
  return now;
}

Wire::Wire(uint8_t number) : host_(number) {
  next_ = host_.Run(now_);
  Advance(stack::kArpAnnounceInterval);
  host_.driver().sent().clear();  // the announcements of the address
  host_.stack().stats() = {};
}

void Wire::Inject(ByteVector frame) {
  host_.driver().Receive(std::move(frame));
  next_ = host_.Run(now_);
}

void Wire::InjectIpv4(wire::Ipv4Header header, base::ConstByteSpan payload,
                      base::ConstByteSpan options) {
  if (header.source.is_unspecified()) {
    header.source = kPeerIp;
  }
  if (header.destination.is_unspecified()) {
    header.destination = host_.ip();
  }
  if (header.ttl == 0) {
    header.ttl = 64;
  }
  Inject(
      EthernetFrame({.destination = host_.mac(), .source = kPeerMac, .type = wire::kEtherTypeIpv4},
                    Ipv4Packet(header, payload, options)));
}

void Wire::InjectUdp(uint16_t from, uint16_t to, base::ConstByteSpan payload) {
  InjectIpv4(
      {.protocol = wire::kProtocolUdp},
      UdpPacket({.source_port = from, .destination_port = to}, kPeerIp, host_.ip(), payload));
}

void Wire::InjectArp(const wire::ArpPacket& packet, const MacAddress& destination) {
  Inject(EthernetFrame(
      {.destination = destination, .source = packet.sender_mac, .type = wire::kEtherTypeArp},
      WithHeader(packet, {})));
}

void Wire::IntroducePeer() {
  InjectArp({.operation = wire::kArpRequest,
             .sender_mac = kPeerMac,
             .sender_ip = kPeerIp,
             .target_ip = host_.ip()},
            base::kMacBroadcast);
  Next();
  host_.stack().stats() = {};
}

Packet Wire::Next() {
  auto& sent = host_.driver().sent();
  if (sent.empty()) {
    ADD_FAILURE() << "the host sent nothing";
    return {};
  }
  const Packet packet = ParseFrame(sent.front());
  sent.pop_front();
  return packet;
}

void Wire::Advance(base::Duration duration) {
  const base::Instant end = now_ + duration;
  next_ = host_.Run(now_);  // what the test has changed takes effect now
  while (next_ <= end) {
    now_ = std::max(now_, next_);
    next_ = host_.Run(now_);
  }
  now_ = end;
  next_ = host_.Run(now_);
}

Pair::Pair(const CableFaults& faults, uint64_t seed)
    : cable_(a_.driver(), b_.driver(), faults, seed) {}

base::Instant Pair::Step() {
  for (size_t i = 0; i < kMaxRounds; ++i) {
    const base::Instant next = base::Earlier(a_.Run(now_), b_.Run(now_));
    if (!cable_.Move(now_)) {
      return base::Earlier(next, cable_.next());
    }
  }
  ADD_FAILURE() << "the two never got idle";
  return now_;
}

void Pair::RunFor(base::Duration duration) {
  RunUntil([] { return false; }, duration);
}

bool Pair::RunUntil(const std::function<bool()>& done, base::Duration limit) {
  const base::Instant end = now_ + limit;
  while (true) {
    Step();
    if (done()) {
      return true;
    }
    const base::Instant next = Step();  // what `done` itself has sent
    if (next > end) {
      now_ = end;
      return done();
    }
    now_ = std::max(next, now_);
  }
}

}  // namespace test
