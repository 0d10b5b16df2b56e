// A stack with one fake MAC, on a virtual clock.
#pragma once

#include <array>
#include <functional>

#include "stack/base/executor.h"
#include "stack/stack.h"
#include "tests/support/cable.h"
#include "tests/support/fake_ethernet_driver.h"
#include "tests/support/packets.h"
#include "tests/support/test_pools.h"

namespace test {

// One host of 192.0.2.0/24.
class TestHost {
 public:
  // Host 192.0.2.<number> with MAC 02:00:00:00:00:<number>.
  explicit TestHost(uint8_t number);

  static constexpr MacAddress MacOf(uint8_t number) { return {{2, 0, 0, 0, 0, number}}; }
  static constexpr Ipv4Address IpOf(uint8_t number) { return Ipv4Address::From(192, 0, 2, number); }

  // Runs stack and ready tasks until both are idle at `now`; returns when to call again.
  base::Instant Run(base::Instant now);

  FakeEthernetDriver& driver() { return driver_; }
  stack::NetIf& netif() { return netif_; }
  stack::Stack& stack() { return stack_; }
  base::PbufPools& pools() { return storage_.pools(); }
  base::Executor& executor() { return executor_; }
  // Buffers and parts that are not in their pools.
  size_t buffers_in_use() const { return storage_.in_use(); }
  MacAddress mac() const { return driver_.address(); }
  Ipv4Address ip() const { return netif_.ipv4().address; }

 private:
  TestPools storage_;
  base::Executor executor_;
  FakeEthernetDriver driver_;
  stack::NetIf netif_;
  std::array<stack::NetIf*, 1> interfaces_{&netif_};
  stack::Stack stack_;
};

// One host, and the test as everybody else on the wire: peer 192.0.2.9 with MAC 02:00:00:00:00:09
// unless said otherwise. Starts after the host has announced its address.
class Wire {
 public:
  explicit Wire(uint8_t number = 1);

  static constexpr MacAddress kPeerMac = TestHost::MacOf(9);
  static constexpr Ipv4Address kPeerIp = TestHost::IpOf(9);

  // Receives a frame and runs the host.
  void Inject(ByteVector frame);
  // From the peer to the host.
  void InjectIpv4(wire::Ipv4Header header, base::ConstByteSpan payload,
                  base::ConstByteSpan options = {});
  void InjectUdp(uint16_t from, uint16_t to, base::ConstByteSpan payload);
  void InjectArp(const wire::ArpPacket& packet, const MacAddress& destination);
  // Lets the host know where the peer is, by the peer's asking for it; swallows the answer.
  void IntroducePeer();

  // The next frame that the host sent; fails the test and returns an empty Packet when there is
  // none.
  Packet Next();
  // True when the host sent nothing.
  bool Silent() { return host_.driver().sent().empty(); }
  // Moves the clock, in steps that the stack asks for.
  void Advance(base::Duration duration);

  TestHost& host() { return host_; }
  stack::Stack& stack() { return host_.stack(); }
  base::Instant now() const { return now_; }
  // The counters, compared as a whole.
  const stack::StackStats& stats() { return host_.stack().stats(); }

 private:
  TestHost host_;
  base::Instant now_{};
  base::Instant next_{};
};

// Two hosts, 192.0.2.1 and 192.0.2.2, on one cable.
class Pair {
 public:
  explicit Pair(const CableFaults& faults = {}, uint64_t seed = 1);

  TestHost& a() { return a_; }
  TestHost& b() { return b_; }
  Cable& cable() { return cable_; }
  base::Instant now() const { return now_; }

  void RunFor(base::Duration duration);
  // Until `done` or for `limit` at most; returns whether it was done.
  bool RunUntil(const std::function<bool()>& done, base::Duration limit);

 private:
  // Everything that happens at now_; returns when something happens next.
  base::Instant Step();

  TestHost a_{1};
  TestHost b_{2};
  Cable cable_;
  base::Instant now_{};
};

}  // namespace test
