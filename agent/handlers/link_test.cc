#include "agent/handlers/link_test.h"

#include <algorithm>
#include <array>

#include "stack/arp_listener.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"

namespace agent {
namespace {

using protocol::LinkTestPath;
using protocol::LinkTestPattern;

// IEEE 802 local experimental EtherType 1 (IEEE 802 9.2.4).
constexpr uint16_t kTestEtherType = 0x88b5;
// Behind the Ethernet header of a loopback frame: sequence number, then the pattern.
constexpr size_t kPatternOffset = wire::kEthernetHeaderSize + 2;
constexpr uint16_t kMaxFrames = 1000;
constexpr base::Duration kLinkPatience = std::chrono::seconds(3);
constexpr base::Duration kFramePatience = std::chrono::milliseconds(200);
// For a partner, which may be busy or asleep.
constexpr base::Duration kReplyPatience = std::chrono::milliseconds(1000);
constexpr int kResolveTries = 3;
constexpr uint16_t kDefaultSizes[] = {60, 64, 128, 256, 512, 1024, 1500, 1514};

// Sees the frames that come back and compares them with what was sent.
class LoopbackReceiver final : public FrameObserver {
 public:
  LoopbackReceiver(const stack::NetIf& netif, base::Executor& executor)
      : netif_(netif), changed_(executor) {}

  void Begin(LinkTestPattern pattern, uint16_t size) {
    result_ = {.pattern = pattern, .size = size};
  }
  protocol::LinkTestResult& result() { return result_; }
  base::Signal& changed() { return changed_; }

  void OnFrame(const stack::NetIf& netif, stack::Direction direction, const base::Pbuf& frame,
               base::Instant) override {
    const base::ConstByteSpan bytes = frame.bytes();
    if (&netif != &netif_ || direction != stack::Direction::kReceive ||
        bytes.size() < kPatternOffset || base::LoadBe16(bytes.data() + 12) != kTestEtherType) {
      return;
    }
    ++result_.received;
    if (const uint16_t bad = FirstBadOffset(bytes); bad != protocol::kNotCorrupted) {
      ++result_.corrupted;
      result_.first_bad_offset = std::min(result_.first_bad_offset, bad);
    }
    changed_.Notify();
  }

 private:
  uint16_t FirstBadOffset(base::ConstByteSpan frame) const {
    const uint16_t sequence = base::LoadBe16(frame.data() + wire::kEthernetHeaderSize);
    if (sequence >= result_.sent) {
      return wire::kEthernetHeaderSize;
    }
    const size_t size = std::min<size_t>(frame.size(), result_.size);
    for (size_t i = kPatternOffset; i < size; ++i) {
      if (frame[i] != PatternByte(result_.pattern, sequence, i - kPatternOffset)) {
        return static_cast<uint16_t>(i);
      }
    }
    return frame.size() < result_.size ? static_cast<uint16_t>(frame.size())
                                       : protocol::kNotCorrupted;
  }

  const stack::NetIf& netif_;
  base::Signal changed_;
  protocol::LinkTestResult result_;
};

// Turns a loopback off again, however the test ends.
class ScopedLoopback {
 public:
  explicit ScopedLoopback(stack::EthernetDriver& driver) : driver_(driver) {}
  ScopedLoopback(const ScopedLoopback&) = delete;
  ScopedLoopback& operator=(const ScopedLoopback&) = delete;
  ~ScopedLoopback() {
    // Off is always implemented.
    static_cast<void>(driver_.SetLoopback(base::Loopback::kOff));
    driver_.CheckLink();
  }

 private:
  stack::EthernetDriver& driver_;
};

base::Result<base::Pbuf> MakeFrame(Core& core, const wire::EthernetHeader& header, size_t size) {
  auto frame = core.stack.pools().Allocate(stack::EthernetDriver::kReceiveHeadroom, size,
                                           base::Holder::kApplication);
  if (frame) {
    base::EncodeHeader(header, frame->Append(size).data());
  }
  return frame;
}

void FillPattern(base::ByteSpan out, LinkTestPattern pattern, uint16_t sequence) {
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = PatternByte(pattern, sequence, i);
  }
}

base::Status SendLoopbackFrame(Core& core, stack::NetIf& netif,
                               const protocol::LinkTestResult& step) {
  auto frame = MakeFrame(
      core, {.destination = netif.mac(), .source = netif.mac(), .type = kTestEtherType}, step.size);
  if (!frame) {
    return base::Status::kUnavailable;
  }
  base::StoreBe16(frame->data() + wire::kEthernetHeaderSize, step.sent);
  FillPattern(frame->bytes().subspan(kPatternOffset), step.pattern, step.sent);
  return core.stack.TransmitRaw(netif, std::move(*frame));
}

// An ARP request behind which the frame is padded with the pattern. The partner's MAC checks the
// FCS over all of it before it answers.
base::Status SendPaddedRequest(Core& core, stack::NetIf& netif, base::Ipv4Address partner,
                               const base::MacAddress& partner_mac,
                               const protocol::LinkTestResult& step) {
  auto frame = MakeFrame(
      core, {.destination = partner_mac, .source = netif.mac(), .type = wire::kEtherTypeArp},
      step.size);
  if (!frame) {
    return base::Status::kUnavailable;
  }
  const base::ByteSpan packet = frame->bytes().subspan(wire::kEthernetHeaderSize);
  base::EncodeHeader(wire::ArpPacket{.operation = wire::kArpRequest,
                                     .sender_mac = netif.mac(),
                                     .sender_ip = netif.ipv4().address,
                                     .target_ip = partner},
                     packet.data());
  FillPattern(packet.subspan(wire::kArpPacketSize), step.pattern, step.sent);
  return core.stack.TransmitRaw(netif, std::move(*frame));
}

uint32_t Elapsed(Core& core, base::Instant start) {
  return static_cast<uint32_t>((core.now() - start).count());
}

// One size and pattern around a loopback: a frame, and when it is back the next one.
stack::Task<base::Status> RunLoopbackStep(stack::TaskContext&, Job& job, stack::NetIf& netif,
                                          LoopbackReceiver& receiver, uint16_t frames) {
  Core& core = job.core();
  protocol::LinkTestResult& step = receiver.result();
  const base::Instant start = core.now();
  for (uint16_t i = 0; i < frames; ++i) {
    const uint16_t expected = static_cast<uint16_t>(step.received + 1);
    const base::Status sent = SendLoopbackFrame(core, netif, step);
    ++step.sent;
    if (sent != base::Status::kOk) {
      const base::Status waited = co_await stack::Sleep(core.now() + kFramePatience);
      if (waited != base::Status::kOk) {
        co_return waited;
      }
      continue;
    }
    const base::Instant deadline = core.now() + kFramePatience;
    const base::Status back = co_await stack::Until(receiver.changed(), deadline, [&] {
      return step.received >= expected ? base::Status::kOk : base::Status::kUnavailable;
    });
    if (back == base::Status::kCancelled) {
      co_return back;
    }
  }
  step.duration_us = Elapsed(core, start);
  const base::Status reported = co_await SendEvent<protocol::LinkTestStep>(job, step);
  co_return reported;
}

stack::Task<base::Status> RunLoopback(stack::TaskContext& context, Job& job, Interface& interface,
                                      const protocol::LinkTestRequest& request) {
  Core& core = job.core();
  stack::NetIf& netif = interface.netif;
  const ScopedLoopback off_at_the_end(netif.driver());
  const base::Status set = netif.driver().SetLoopback(
      request.path == LinkTestPath::kMacLoopback ? base::Loopback::kMac : base::Loopback::kPhy);
  if (set != base::Status::kOk) {
    co_return set;
  }
  // The driver switches at its next poll, which may take the link down and up again.
  const base::Status settled = co_await stack::Sleep(core.now() + std::chrono::milliseconds(10));
  if (settled != base::Status::kOk) {
    co_return settled;
  }
  const base::Instant link_deadline = core.now() + kLinkPatience;
  const base::Status link = co_await stack::Until(core.stack.link_changed(), link_deadline, [&] {
    return netif.is_up() ? base::Status::kOk : base::Status::kUnavailable;
  });
  if (link != base::Status::kOk) {
    co_return link == base::Status::kCancelled ? link : base::Status::kUnreachable;
  }
  LoopbackReceiver receiver(netif, core.stack.executor());
  const ScopedTap tap(core.taps, receiver);
  for (const uint16_t size : request.sizes) {
    for (uint8_t pattern = 0; pattern < protocol::kLinkTestPatterns; ++pattern) {
      receiver.Begin(static_cast<LinkTestPattern>(pattern), size);
      const base::Status step =
          co_await RunLoopbackStep(context, job, netif, receiver, request.frames);
      if (step != base::Status::kOk) {
        co_return step;
      }
    }
  }
  co_return base::Status::kOk;
}

// Whose MAC address `partner` has. kUnreachable: nobody answers.
stack::Task<base::Result<base::MacAddress>> ResolvePartner(stack::TaskContext&, Core& core,
                                                           stack::NetIf& netif,
                                                           base::Ipv4Address partner) {
  stack::ArpListener listener(core.stack, netif, partner);
  for (int i = 0; i < kResolveTries; ++i) {
    const base::Status sent = core.stack.arp().SendRequest(netif, partner, netif.ipv4().address);
    if (sent == base::Status::kUnreachable) {
      co_return std::unexpected(sent);
    }
    const base::Instant deadline = core.now() + kReplyPatience;
    const base::Result<stack::ArpAnswer> answer =
        co_await stack::Until(listener.changed(), deadline, [&] { return listener.Receive(); });
    if (answer) {
      co_return answer->mac;
    }
    if (answer.error() == base::Status::kCancelled) {
      co_return std::unexpected(answer.error());
    }
  }
  co_return std::unexpected(base::Status::kUnreachable);
}

// One size and pattern on the wire: a request, and when it was answered the next one.
stack::Task<base::Status> RunWireStep(stack::TaskContext&, Job& job, stack::NetIf& netif,
                                      base::Ipv4Address partner,
                                      const base::MacAddress& partner_mac,
                                      protocol::LinkTestResult& step, uint16_t frames) {
  Core& core = job.core();
  stack::ArpListener listener(core.stack, netif, partner);
  const base::Instant start = core.now();
  for (uint16_t i = 0; i < frames; ++i) {
    // A frame that is not sent is one that is not answered.
    static_cast<void>(SendPaddedRequest(core, netif, partner, partner_mac, step));
    ++step.sent;
    const base::Instant deadline = core.now() + kFramePatience;
    const base::Result<stack::ArpAnswer> answer =
        co_await stack::Until(listener.changed(), deadline, [&] { return listener.Receive(); });
    if (answer) {
      ++step.received;
    } else if (answer.error() == base::Status::kCancelled) {
      co_return answer.error();
    }
  }
  step.duration_us = Elapsed(core, start);
  const base::Status reported = co_await SendEvent<protocol::LinkTestStep>(job, step);
  co_return reported;
}

stack::Task<base::Status> RunWire(stack::TaskContext& context, Job& job, Interface& interface,
                                  const protocol::LinkTestRequest& request) {
  Core& core = job.core();
  stack::NetIf& netif = interface.netif;
  const base::Result<base::MacAddress> partner =
      co_await ResolvePartner(context, core, netif, request.partner);
  if (!partner) {
    co_return partner.error();
  }
  protocol::LinkTestResult step;
  for (const uint16_t size : request.sizes) {
    for (uint8_t pattern = 0; pattern < protocol::kLinkTestPatterns; ++pattern) {
      step = {.pattern = static_cast<LinkTestPattern>(pattern), .size = size};
      const base::Status done = co_await RunWireStep(context, job, netif, request.partner, *partner,
                                                     step, request.frames);
      if (done != base::Status::kOk) {
        co_return done;
      }
    }
  }
  co_return base::Status::kOk;
}

}  // namespace

bool IsLinkTest(const protocol::LinkTestRequest& request) {
  return request.path <= LinkTestPath::kWire && request.frames > 0 &&
         request.frames <= kMaxFrames &&
         std::all_of(request.sizes.begin(), request.sizes.end(), [](uint16_t size) {
           return size >= wire::kMinFrame && size <= stack::EthernetDriver::kMaxFrame;
         });
}

stack::Task<base::Status> RunLinkTest(stack::TaskContext& context, Job& job,
                                      protocol::LinkTestRequest request) {
  if (request.sizes.empty()) {
    request.sizes.Assign(kDefaultSizes);
  }
  Interface& interface = job.core().interfaces[request.interface];
  if (request.path == LinkTestPath::kWire) {
    const base::Status done = co_await RunWire(context, job, interface, request);
    co_return done;
  }
  const base::Status done = co_await RunLoopback(context, job, interface, request);
  co_return done;
}

}  // namespace agent
