#include "stack/icmp.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/netif.h"
#include "stack/packet_origin.h"
#include "stack/stack.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"

namespace stack {
namespace {

using base::Status;

constexpr size_t kMaxPayload = 65535 - wire::kIpv4HeaderSize - wire::kIcmpHeaderSize;

// RFC 1122 3.2.2: no errors about errors. What is no query is taken for one.
bool IsIcmpError(const base::Pbuf& packet, const Ipv4Meta& meta) {
  if (meta.protocol != wire::kProtocolIcmp) {
    return false;
  }
  return packet.bytes().empty() || packet.data()[0] != std::byte{wire::kIcmpEchoRequest};
}

}  // namespace

EchoSocket::EchoSocket(Stack& stack, uint16_t identifier)
    : stack_(stack), identifier_(identifier), changed_(stack.executor()) {
  while (identifier_ == 0) {
    identifier_ = stack.random().Next16();
  }
  stack.icmp().sockets_.PushBack(*this);
}

Status EchoSocket::Send(const base::IpAddress& to, uint16_t sequence, base::ConstByteSpan payload,
                        const SendOptions& options) {
  auto packet = stack_.pools().AllocateCopy(kEchoHeadroom, payload, base::Holder::kApplication);
  if (!packet) {
    ++stack_.stats().icmp.tx_no_buffer;
    return packet.error();
  }
  return Send(to, sequence, std::move(*packet), options);
}

Status EchoSocket::Send(const base::IpAddress& to, uint16_t sequence, base::Pbuf&& payload,
                        const SendOptions& options) {
  base::Pbuf packet = std::move(payload);
  if (packet.size() > kMaxPayload) {
    return Status::kInvalidArgument;
  }
  const auto route = stack_.ipv4().FindRoute(to.v4);
  if (!route) {
    ++stack_.stats().ipv4.tx_no_route;
    return route.error();
  }
  const base::Sum sum = base::PacketSum(packet);
  std::byte* const out = packet.Prepend(wire::kIcmpHeaderSize).data();
  base::EncodeHeader(
      wire::IcmpHeader{
          .type = wire::kIcmpEchoRequest, .identifier = identifier_, .sequence = sequence},
      out);
  base::StoreBe16(out + 2, base::FinishChecksum(
                               base::AddSums(sum, base::SumWords<wire::kIcmpHeaderSize / 4>(out))));
  const Status status = stack_.ipv4().Send(std::move(packet),
                                           {.source = route->source,
                                            .destination = to.v4,
                                            .protocol = wire::kProtocolIcmp,
                                            .ttl = options.ttl,
                                            .tos = options.tos,
                                            .dont_fragment = options.dont_fragment},
                                           *route);
  if (status == Status::kOk) {
    ++stack_.stats().icmp.tx_echo_requests;
  }
  return status;
}

base::Result<EchoReply> EchoSocket::Receive() {
  if (!errors_.empty()) {
    const Error error = errors_[0];
    std::copy(errors_.begin() + 1, errors_.end(), errors_.begin());
    --errors_.count;
    return EchoReply{.from = error.from,
                     .sequence = error.sequence,
                     .error_type = error.type,
                     .error_code = error.code,
                     .received = error.received};
  }
  base::Pbuf packet = received_.PopFront();
  if (!packet) {
    return std::unexpected(Status::kUnavailable);
  }
  packet.set_holder(base::Holder::kApplication);
  const PacketOrigin origin = Recall(packet);
  return EchoReply{.payload = std::move(packet),
                   .from = origin.from,
                   .sequence = origin.number,
                   .ttl = origin.ttl,
                   .received = origin.received};
}

EchoSocket* Icmp::Find(uint16_t identifier) {
  EchoSocket* socket = sockets_.first();
  while (socket != nullptr && socket->identifier_ != identifier) {
    socket = sockets_.Next(*socket);
  }
  return socket;
}

void Icmp::OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) {
  IcmpStats& stats = stack_.stats().icmp;
  if (packet.bytes().size() < wire::kIcmpHeaderSize) {
    ++stats.rx_too_short;
    return;
  }
  if (!base::SumIsGood(base::PacketSum(packet))) {
    ++stats.rx_bad_checksum;
    return;
  }
  switch (static_cast<uint8_t>(packet.data()[0])) {
    case wire::kIcmpEchoRequest:
      return AnswerEcho(std::move(packet), meta);
    case wire::kIcmpEchoReply:
      return OnEchoReply(std::move(packet), meta);
    case wire::kIcmpUnreachable:
      ++stats.rx_unreachable;
      return OnError(packet, meta);
    case wire::kIcmpTimeExceeded:
      ++stats.rx_time_exceeded;
      return OnError(packet, meta);
    default:
      ++stats.rx_ignored_type;
  }
}

// The answer is the request with another type: the buffer goes back as it came.
void Icmp::AnswerEcho(base::Pbuf&& packet, const Ipv4Meta& meta) {
  IcmpStats& stats = stack_.stats().icmp;
  ++stats.rx_echo_requests;
  if (meta.to_group) {
    ++stats.rx_echo_broadcast;  // RFC 1122 3.2.2.6 allows silence; answers would feed smurf
    return;
  }
  const auto route = stack_.ipv4().FindRouteBack(meta);
  if (!route) {
    ++stack_.stats().ipv4.tx_no_route;
    return;
  }
  std::byte* const header = packet.data();
  // RFC 1624: the type falls by 8 in the upper half of its word, so the checksum rises by as much.
  const uint32_t checksum = base::LoadBe16(header + 2) + uint32_t{wire::kIcmpEchoRequest} * 256;
  header[0] = std::byte{wire::kIcmpEchoReply};
  base::StoreBe16(header + 2, static_cast<uint16_t>(checksum + (checksum >> 16)));
  packet.clear_sum();
  const Status status = stack_.ipv4().Send(std::move(packet),
                                           {.source = meta.destination,
                                            .destination = meta.source,
                                            .protocol = wire::kProtocolIcmp,
                                            .tos = meta.tos},
                                           *route);
  if (status == Status::kOk) {
    ++stats.tx_echo_replies;
  }
}

void Icmp::OnEchoReply(base::Pbuf&& packet, const Ipv4Meta& meta) {
  IcmpStats& stats = stack_.stats().icmp;
  ++stats.rx_echo_replies;
  const auto header = base::DecodeHeader<wire::IcmpHeader>(packet.data());
  EchoSocket* const socket = Find(header.identifier);
  if (socket == nullptr) {
    ++stats.rx_echo_unmatched;
    return;
  }
  if (socket->received_.count() >= kEchoMaxQueued) {
    ++stats.rx_echo_queue_full;
    return;
  }
  packet.StripFront(wire::kIcmpHeaderSize,
                    base::SumWords<wire::kIcmpHeaderSize / 4>(packet.data()));
  Remember(packet, {.netif = meta.netif,
                    .received = stack_.now(),
                    .from = meta.source,
                    .to = meta.destination,
                    .number = header.sequence,
                    .ttl = meta.ttl});
  packet.set_holder(base::Holder::kApplication);
  socket->received_.PushBack(std::move(packet));
  socket->changed_.Notify();
}

void Icmp::OnIcmpError(const IcmpError& error) {
  const auto quoted = base::DecodeHeader<wire::IcmpHeader>(error.transport.data());
  EchoSocket* const socket =
      quoted.type == wire::kIcmpEchoRequest ? Find(quoted.identifier) : nullptr;
  if (socket == nullptr) {
    ++stack_.stats().icmp.rx_echo_unmatched;
    return;
  }
  if (!socket->errors_.Append({.from = error.reporter,
                               .sequence = quoted.sequence,
                               .type = error.type,
                               .code = error.code,
                               .received = stack_.now()})) {
    ++stack_.stats().icmp.rx_echo_queue_full;
    return;
  }
  socket->changed_.Notify();
}

void Icmp::OnError(const base::Pbuf& packet, const Ipv4Meta& meta) {
  const auto header = base::DecodeHeader<wire::IcmpHeader>(packet.data());
  Report(
      {.type = header.type,
       .code = header.code,
       .mtu = header.code == wire::kUnreachableFragmentationNeeded ? header.sequence : uint16_t{0},
       .reporter = meta.source,
       .source = meta.destination},
      packet.bytes().subspan(wire::kIcmpHeaderSize));
}

// `quoted` is our packet from its IPv4 header on, as far as it was sent back to error.source.
void Icmp::Report(IcmpError error, base::ConstByteSpan quoted) {
  IcmpStats& stats = stack_.stats().icmp;
  if (quoted.size() < wire::kIpv4HeaderSize) {
    ++stats.rx_too_short;
    return;
  }
  const auto header = base::DecodeHeader<wire::Ipv4Header>(quoted.data());
  if (header.version() != 4 || header.header_size() < wire::kIpv4HeaderSize ||
      quoted.size() < header.header_size() + 8) {
    ++stats.rx_too_short;
    return;
  }
  Transport* const transport = stack_.ipv4().Find(header.protocol);
  if (transport == nullptr || header.fragment_offset() != 0 || header.source != error.source) {
    ++stats.rx_bad_quote;
    return;
  }
  error.destination = header.destination;
  error.transport = quoted.subspan(header.header_size());
  transport->OnIcmpError(error);
}

void Icmp::ReportUnreachable(base::ConstByteSpan packet) {
  const auto header = base::DecodeHeader<wire::Ipv4Header>(packet.data());
  Report({.type = wire::kIcmpUnreachable,
          .code = wire::kUnreachableHost,
          .reporter = header.source,
          .source = header.source},
         packet);
}

void Icmp::SendError(uint8_t type, uint8_t code, const base::Pbuf& packet, const Ipv4Meta& meta) {
  IcmpStats& stats = stack_.stats().icmp;
  if (meta.to_group || IsIcmpError(packet, meta)) {
    return;
  }
  const auto route = stack_.ipv4().FindRouteBack(meta);
  if (!route) {
    ++stack_.stats().ipv4.tx_no_route;
    return;
  }
  if (!rate_limit_.Allow(meta.source, stack_.now(), stack_.random())) {
    ++stats.tx_rate_limited;
    return;
  }
  // The packet's IPv4 header and the first eight bytes behind it (RFC 792).
  const size_t quoted = meta.header_size + std::min<size_t>(packet.bytes().size(), 8);
  auto error =
      stack_.pools().Allocate(kIpHeadroom, wire::kIcmpHeaderSize + quoted, base::Holder::kStack);
  if (!error) {
    ++stats.tx_no_buffer;
    return;
  }
  std::byte* const out = error->Append(wire::kIcmpHeaderSize + quoted).data();
  base::EncodeHeader(wire::IcmpHeader{.type = type, .code = code}, out);
  std::memcpy(out + wire::kIcmpHeaderSize, packet.data() - meta.header_size, quoted);
  base::StoreBe16(out + 2, base::FinishChecksum(base::SumBytes(error->bytes())));
  const Status status = stack_.ipv4().Send(
      std::move(*error),
      {.source = meta.destination, .destination = meta.source, .protocol = wire::kProtocolIcmp},
      *route);
  if (status == Status::kOk) {
    ++(type == wire::kIcmpUnreachable ? stats.tx_unreachable : stats.tx_time_exceeded);
  }
}

}  // namespace stack
