#include "stack/udp.h"

#include <utility>

#include "stack/netif.h"
#include "stack/packet_origin.h"
#include "stack/stack.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"
#include "stack/wire/udp.h"

namespace stack {
namespace {

using base::Status;

constexpr size_t kMaxPayload = 65535 - wire::kIpv4HeaderSize - wire::kUdpHeaderSize;
constexpr int kPortTries = 64;  // with half of the ports in use, 64 misses in a row never happen

}  // namespace

UdpSocket::UdpSocket(Stack& stack, const UdpLimits& limits)
    : stack_(stack), limits_(limits), changed_(stack.executor()) {}

Status UdpSocket::Bind(uint16_t port) { return stack_.udp().Bind(*this, port); }

void UdpSocket::Close() {
  Unlink();
  port_ = 0;
  error_ = Status::kOk;
  received_.Clear();
}

Status UdpSocket::SendTo(base::ConstByteSpan data, const base::SocketAddress& to) {
  auto packet = stack_.pools().AllocateCopy(kUdpHeadroom, data, base::Holder::kApplication);
  if (!packet) {
    ++stack_.stats().udp.tx_no_buffer;
    return packet.error();
  }
  return SendTo(std::move(*packet), to);
}

Status UdpSocket::SendTo(base::Pbuf&& data, const base::SocketAddress& to) {
  if (port_ == 0) {
    RETURN_IF_ERROR(Bind(0));
  }
  return stack_.udp().Send(*this, std::move(data), to);
}

base::Result<UdpDatagram> UdpSocket::Receive() {
  base::Pbuf packet = received_.PopFront();
  if (!packet) {
    return std::unexpected(Status::kUnavailable);
  }
  packet.set_holder(base::Holder::kApplication);
  const PacketOrigin origin = Recall(packet);
  return UdpDatagram{.payload = std::move(packet),
                     .from = {origin.from, origin.number},
                     .to = origin.to,
                     .netif = origin.netif,
                     .ttl = origin.ttl,
                     .received = origin.received};
}

Status UdpSocket::TakeError() { return std::exchange(error_, Status::kOk); }

UdpSocket* Udp::Find(uint16_t port, const NetIf* netif) {
  auto& bucket = BucketOf(port);
  for (UdpSocket* socket = bucket.first(); socket != nullptr; socket = bucket.Next(*socket)) {
    if (socket->port_ == port &&
        (socket->netif_ == nullptr || netif == nullptr || socket->netif_ == netif)) {
      return socket;
    }
  }
  return nullptr;
}

Status Udp::Bind(UdpSocket& socket, uint16_t port) {
  socket.Unlink();
  socket.port_ = 0;
  if (port == 0) {
    for (int i = 0; i < kPortTries && port == 0; ++i) {
      const auto candidate =
          static_cast<uint16_t>(kFirstEphemeralPort + stack_.random().Below(kEphemeralPorts));
      port = Find(candidate, socket.netif_) == nullptr ? candidate : uint16_t{0};
    }
    if (port == 0) {
      return Status::kResourceExhausted;
    }
  } else if (Find(port, socket.netif_) != nullptr) {
    return Status::kBusy;
  }
  socket.port_ = port;
  BucketOf(port).PushBack(socket);
  return Status::kOk;
}

void Udp::OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) {
  UdpStats& stats = stack_.stats().udp;
  if (packet.bytes().size() < wire::kUdpHeaderSize) {
    ++stats.rx_bad_length;
    return;
  }
  const auto header = base::DecodeHeader<wire::UdpHeader>(packet.data());
  const size_t size = packet.size();
  if (header.length < wire::kUdpHeaderSize || header.length > size) {
    ++stats.rx_bad_length;
    return;
  }
  if (header.length != size) {
    packet.TrimBack(size - header.length);
  }
  // 0: the sender did not compute one (RFC 768).
  if (header.checksum != 0) {
    const base::Sum pseudo =
        wire::PseudoHeaderSum(meta.source, meta.destination, wire::kProtocolUdp, header.length);
    if (!base::SumIsGood(base::AddSums(base::PacketSum(packet), pseudo))) {
      ++stats.rx_bad_checksum;
      return;
    }
  }
  if (header.destination_port == 0) {
    ++stats.rx_bad_port;
    return;
  }
  UdpSocket* const socket = Find(header.destination_port, meta.netif);
  if (socket == nullptr) {
    ++stats.rx_no_socket;
    return stack_.icmp().SendError(wire::kIcmpUnreachable, wire::kUnreachablePort, packet, meta);
  }
  Queue(*socket, std::move(packet), header.source_port, meta);
}

void Udp::Queue(UdpSocket& socket, base::Pbuf&& packet, uint16_t source_port,
                const Ipv4Meta& meta) {
  UdpStats& stats = stack_.stats().udp;
  if (socket.received_.count() >= socket.limits_.max_queued) {
    ++stats.rx_queue_full;
    return;
  }
  ++stats.rx_datagrams;
  packet.StripFront(wire::kUdpHeaderSize, base::SumWords<wire::kUdpHeaderSize / 4>(packet.data()));
  Remember(packet, {.netif = meta.netif,
                    .received = stack_.now(),
                    .from = meta.source,
                    .to = meta.destination,
                    .number = source_port,
                    .ttl = meta.ttl});
  packet.set_holder(base::Holder::kUdpReceive);
  socket.received_.PushBack(std::move(packet));
  socket.changed_.Notify();
}

Status Udp::Send(UdpSocket& socket, base::Pbuf&& data, const base::SocketAddress& to) {
  base::Pbuf packet = std::move(data);
  const size_t payload = packet.size();
  if (to.port == 0 || payload > kMaxPayload) {
    return Status::kInvalidArgument;
  }
  base::Result<Route> route = stack_.ipv4().FindRoute(to.ip.v4);
  if (socket.netif_ != nullptr && (!route || route->netif != socket.netif_)) {
    route = Route{socket.netif_, to.ip.v4, socket.netif_->ipv4().address};
  }
  if (!route) {
    ++stack_.stats().ipv4.tx_no_route;
    return route.error();
  }
  if (socket.unnumbered_) {
    route->source = {};
  }
  const base::Sum sum = base::PacketSum(packet);
  if (packet.headroom() < kUdpHeadroom - EthernetDriver::kReceiveHeadroom || packet.is_shared()) {
    auto front = stack_.pools().AllocateFront(kUdpHeadroom, std::move(packet));
    if (!front) {
      ++stack_.stats().udp.tx_no_buffer;
      return front.error();
    }
    packet = std::move(*front);
  }
  wire::UdpHeader header{.source_port = socket.port_,
                         .destination_port = to.port,
                         .length = static_cast<uint16_t>(payload + wire::kUdpHeaderSize)};
  std::byte* const out = packet.Prepend(wire::kUdpHeaderSize).data();
  base::EncodeHeader(header, out);
  const base::Sum pseudo =
      wire::PseudoHeaderSum(route->source, to.ip.v4, wire::kProtocolUdp, header.length);
  const uint16_t checksum = base::FinishChecksum(
      base::AddSums(base::AddSums(sum, pseudo), base::SumWords<wire::kUdpHeaderSize / 4>(out)));
  base::StoreBe16(out + 6, checksum == 0 ? uint16_t{0xffff} : checksum);  // RFC 768: 0 means none
  const Status status = stack_.ipv4().Send(std::move(packet),
                                           {.source = route->source,
                                            .destination = to.ip.v4,
                                            .protocol = wire::kProtocolUdp,
                                            .ttl = socket.ttl_},
                                           *route);
  if (status == Status::kOk) {
    ++stack_.stats().udp.tx_datagrams;
  }
  return status;
}

// RFC 1122 4.1.3.3: the application learns of errors. Who knows the port pair may report one; a
// datagram that went unanswered is all there is to lose.
void Udp::OnIcmpError(const IcmpError& error) {
  const auto header = base::DecodeHeader<wire::UdpHeader>(error.transport.data());
  UdpSocket* const socket = Find(header.source_port, nullptr);
  if (socket != nullptr && error.type == wire::kIcmpUnreachable) {
    socket->error_ = Status::kUnreachable;
    socket->changed_.Notify();
  }
}

size_t Udp::List(std::span<UdpBinding> out) {
  size_t count = 0;
  for (base::IntrusiveList<UdpSocket>& bucket : buckets_) {
    for (UdpSocket* socket = bucket.first(); socket != nullptr && count < out.size();
         socket = bucket.Next(*socket)) {
      out[count] = {.port = socket->port_,
                    .queued = static_cast<uint16_t>(socket->received_.count())};
      ++count;
    }
  }
  return count;
}

}  // namespace stack
