#include "stack/wire/arp.h"

#include <algorithm>

#include "agent/handlers/handlers.h"
#include "stack/arp_listener.h"
#include "stack/wire/ethernet.h"

namespace agent {
namespace {

constexpr uint32_t kMaxScan = 4096;
constexpr base::Duration kProgressInterval = std::chrono::seconds(1);
// Requests of one round of the main loop, when a scan is behind its schedule.
constexpr uint32_t kRequestsPerRound = 4;

// Notes who answered by broadcast, which the listener does not tell.
class BroadcastWatch final : public FrameObserver {
 public:
  bool Saw(base::Ipv4Address sender) const {
    return std::find(senders_.begin(), senders_.end(), sender) != senders_.end();
  }

  void OnFrame(const stack::NetIf&, stack::Direction direction, const base::Pbuf& frame,
               base::Instant) override {
    const base::ConstByteSpan bytes = frame.bytes();
    if (direction != stack::Direction::kReceive ||
        bytes.size() < wire::kEthernetHeaderSize + wire::kArpPacketSize) {
      return;
    }
    const auto header = base::DecodeHeader<wire::EthernetHeader>(bytes.data());
    if (header.type != wire::kEtherTypeArp || !header.destination.is_broadcast()) {
      return;
    }
    const auto packet =
        base::DecodeHeader<wire::ArpPacket>(bytes.data() + wire::kEthernetHeaderSize);
    if (packet.operation == wire::kArpReply && !Saw(packet.sender_ip)) {
      senders_.Append(packet.sender_ip);
    }
  }

 private:
  base::Bounded<base::Ipv4Address, 16> senders_;
};

protocol::ArpEntry Describe(const Core& core, const stack::ArpEntry& entry) {
  protocol::ArpEntry out{.address = entry.ip, .mac = entry.mac};
  for (size_t i = 0; i < core.interfaces.size(); ++i) {
    if (&core.interfaces[i].netif == entry.netif) {
      out.interface = static_cast<uint8_t>(i);
    }
  }
  switch (entry.state) {
    case stack::ArpState::kReachable: {
      // It grows old kArpReachableTime after it was confirmed.
      const base::Duration age = stack::kArpReachableTime - (entry.due - core.now());
      out.state = protocol::ArpEntryState::kReachable;
      out.age_s = static_cast<uint32_t>(std::max<int64_t>(age.count(), 0) / 1'000'000);
      break;
    }
    case stack::ArpState::kConfirming:
      out.state = protocol::ArpEntryState::kStale;
      out.age_s = static_cast<uint32_t>(stack::kArpReachableTime.count() / 1'000'000);
      break;
    default:
      break;
  }
  return out;
}

// A probe or a scan under way.
struct Search {
  Search(Core& core, stack::NetIf& interface, base::Ipv4Address only)
      : netif(interface), listener(core.stack, interface, only), tap(core.taps, watch) {}

  stack::NetIf& netif;
  stack::ArpListener listener;
  BroadcastWatch watch;
  ScopedTap tap;
  protocol::ArpProgressInfo progress;
};

// Reports answers until `deadline`: kOk then. kCancelled, kClosed. `since` says when the request of
// an answer was sent.
template <typename Since>
stack::Task<base::Status> ReportAnswers(stack::TaskContext&, Job& job, Search& search,
                                        base::Instant deadline, const Since& since) {
  for (;;) {
    const base::Result<stack::ArpAnswer> answer = co_await stack::Until(
        search.listener.changed(), deadline, [&] { return search.listener.Receive(); });
    if (!answer) {
      co_return answer.error() == base::Status::kDeadlineExceeded ? base::Status::kOk
                                                                  : answer.error();
    }
    protocol::ArpReply reply{.address = answer->ip, .mac = answer->mac};
    const base::Instant sent_at = since(answer->ip, reply.sequence);
    if (sent_at == base::kNever) {
      continue;
    }
    reply.time_us =
        static_cast<uint32_t>(std::max<int64_t>((answer->received - sent_at).count(), 0));
    reply.broadcast = search.watch.Saw(answer->ip);
    ++search.progress.received;
    const base::Status sent = co_await SendEvent<protocol::ArpReplied>(job, reply);
    if (sent != base::Status::kOk) {
      co_return sent;
    }
  }
}

stack::Task<base::Status> RunProbe(stack::TaskContext& context, Job& job,
                                   protocol::ArpProbeRequest request) {
  Core& core = job.core();
  Search search(core, core.interfaces[request.interface].netif, request.target);
  const base::Ipv4Address sender =
      request.duplicate_detection ? base::Ipv4Address{} : search.netif.ipv4().address;
  base::Status status = base::Status::kOk;
  base::Instant sent_at;
  const auto since = [&](base::Ipv4Address, uint16_t& sequence) {
    sequence = static_cast<uint16_t>(search.progress.sent - 1);
    return sent_at;
  };
  while (status == base::Status::kOk &&
         (request.count == 0 || search.progress.sent < request.count)) {
    status = core.stack.arp().SendRequest(search.netif, request.target, sender);
    if (status == base::Status::kUnreachable) {
      break;
    }
    sent_at = core.now();
    ++search.progress.sent;
    const bool last = request.count != 0 && search.progress.sent == request.count;
    const base::Instant deadline =
        sent_at + std::chrono::milliseconds(last ? request.timeout_ms : request.interval_ms);
    status = co_await ReportAnswers(context, job, search, deadline, since);
  }
  job.SendLast<protocol::ArpProgress>(search.progress);
  co_return status;
}

stack::Task<base::Status> RunScan(stack::TaskContext& context, Job& job,
                                  protocol::ArpScanRequest request) {
  Core& core = job.core();
  Search search(core, core.interfaces[request.interface].netif, {});
  const uint32_t count = request.last.value - request.first.value + 1;
  const base::Instant start = core.now();
  const auto due = [&](uint32_t index) {
    return start + base::Duration(static_cast<int64_t>(index) * request.interval_us);
  };
  const auto since = [&](base::Ipv4Address address, uint16_t& sequence) {
    sequence = 0;
    const uint32_t index = address.value - request.first.value;
    return index < search.progress.sent ? due(index) : base::kNever;
  };
  base::Instant report_at = start + kProgressInterval;
  base::Status status = base::Status::kOk;
  while (status == base::Status::kOk && search.progress.sent < count) {
    for (uint32_t i = 0; i < kRequestsPerRound && search.progress.sent < count &&
                         due(search.progress.sent) <= core.now();
         ++i) {
      const base::Ipv4Address target{request.first.value + search.progress.sent};
      // One that was not sent will not be answered; only a missing link ends the scan.
      if (core.stack.arp().SendRequest(search.netif, target, search.netif.ipv4().address) ==
          base::Status::kUnreachable) {
        status = base::Status::kUnreachable;
        break;
      }
      ++search.progress.sent;
    }
    if (core.now() >= report_at) {
      report_at = core.now() + kProgressInterval;
      // Without room for it the next one says more.
      static_cast<void>(job.TrySend<protocol::ArpProgress>(search.progress));
    }
    if (status == base::Status::kOk) {
      const base::Instant next = search.progress.sent < count
                                     ? due(search.progress.sent)
                                     : core.now() + std::chrono::milliseconds(request.timeout_ms);
      status = co_await ReportAnswers(context, job, search, next, since);
    }
  }
  job.SendLast<protocol::ArpProgress>(search.progress);
  co_return status;
}

}  // namespace

base::Result<protocol::ArpTable> Handlers::Handle(protocol::GetArpTable, const protocol::Empty&) {
  protocol::ArpTable table;
  for (const stack::ArpEntry& entry : core_.stack.arp().entries()) {
    if (entry.state != stack::ArpState::kFree) {
      table.entries.Append(Describe(core_, entry));
    }
  }
  return table;
}

base::Result<protocol::Empty> Handlers::Handle(protocol::FlushArp, const protocol::Empty&) {
  for (Interface& interface : core_.interfaces) {
    core_.stack.arp().Flush(interface.netif);
  }
  return protocol::Empty{};
}

base::Result<protocol::Empty> Handlers::Handle(protocol::ProbeArp,
                                               const protocol::ArpProbeRequest& request) {
  if (core_.FindInterface(request.interface) == nullptr || request.interval_ms == 0 ||
      request.target.is_unspecified()) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::ProbeArp>(&RunProbe, request);
}

base::Result<protocol::Empty> Handlers::Handle(protocol::ScanArp,
                                               const protocol::ArpScanRequest& request) {
  if (core_.FindInterface(request.interface) == nullptr || request.last < request.first ||
      request.last.value - request.first.value >= kMaxScan) {
    return std::unexpected(base::Status::kInvalidArgument);
  }
  return StartJob<protocol::ScanArp>(&RunScan, request);
}

}  // namespace agent
