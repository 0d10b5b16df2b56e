// Arriving segments: header checks, and who they are for (RFC 9293 3.10.7).
#include "stack/stack.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/limits.h"
#include "stack/tcp/tcp.h"
#include "stack/wire/icmp.h"
#include "stack/wire/ipv4.h"

namespace stack {
namespace {

using wire::TcpHeader;

// Flags that no TCP combines: nothing could be meant by them.
bool IsNonsense(const Segment& segment) {
  return segment.has(TcpHeader::kSyn) && (segment.flags & (TcpHeader::kFin | TcpHeader::kRst)) != 0;
}

bool IsHardError(uint8_t code) {
  return code == wire::kUnreachableProtocol || code == wire::kUnreachablePort;
}

}  // namespace

void Tcp::OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) {
  ++stack_.stats().tcp.rx_segments;
  ConnectionId id;
  Segment segment;
  if (!Parse(packet, meta, id, segment)) {
    return;
  }
  if (Connection* const connection = connections_.Find(id)) {
    if (ReopensTimeWait(*connection, segment)) {
      return Reopen(*connection, segment);
    }
    connection->OnSegment(segment);
    return ReleaseIfDone(*connection);
  }
  if (TcpListener* const listener = FindListener(id.local_port)) {
    return OnListen(*listener, id, segment);
  }
  ++stack_.stats().tcp.rx_no_socket;
  ReplyReset(id, segment);
}

// Checks everything that does not depend on a connection. False: dropped and counted.
bool Tcp::Parse(base::Pbuf& packet, const Ipv4Meta& meta, ConnectionId& id, Segment& segment) {
  TcpStats& stats = stack_.stats().tcp;
  const size_t first = packet.bytes().size();
  if (first < wire::kTcpHeaderSize) {
    ++stats.rx_bad_header;
    return false;
  }
  const auto header = base::DecodeHeader<TcpHeader>(packet.data());
  const size_t header_size = header.header_size();
  if (header_size < wire::kTcpHeaderSize || header_size > first) {
    ++stats.rx_bad_header;
    return false;
  }
  const size_t size = packet.is_chain() ? packet.size() : first;
  const base::Sum pseudo =
      wire::PseudoHeaderSum(meta.source, meta.destination, wire::kProtocolTcp, size);
  const base::Sum sum =
      packet.has_sum() && !packet.is_chain() ? packet.sum() : base::PacketSum(packet);
  if (!base::SumIsGood(base::AddSums(sum, pseudo))) {
    ++stats.rx_bad_checksum;
    return false;
  }
  if (meta.to_group || header.source_port == 0 || header.destination_port == 0) {
    ++stats.rx_bad_address;
    return false;
  }
  id = {.local_ip = meta.destination,
        .remote_ip = meta.source,
        .local_port = header.destination_port,
        .remote_port = header.source_port};
  segment.sequence = Sequence(header.sequence);
  segment.acknowledgment = Sequence(header.acknowledgment);
  segment.text_size = static_cast<uint32_t>(size - header_size);
  segment.window = header.window;
  segment.flags = header.flags();
  segment.options =
      packet.bytes().subspan(wire::kTcpHeaderSize, header_size - wire::kTcpHeaderSize);
  if (IsNonsense(segment)) {
    ++stats.rx_bad_flags;
    return false;
  }
  if (packet.is_chain()) {
    packet.TrimFront(header_size);
  } else {
    packet.StripFront(header_size);
    packet.clear_sum();
  }
  segment.text = std::move(packet);
  return true;
}

// RFC 9293 3.10.7.2.
void Tcp::OnListen(TcpListener& listener, const ConnectionId& id, const Segment& segment) {
  if (segment.has(TcpHeader::kRst)) {
    ++stack_.stats().tcp.rx_no_socket;
    return;
  }
  if (segment.has(TcpHeader::kAck)) {
    ++stack_.stats().tcp.rx_no_socket;
    return ReplyReset(id, segment);
  }
  if (!segment.has(TcpHeader::kSyn)) {
    ++stack_.stats().tcp.rx_bad_flags;
    return;
  }
  listener.OnSyn(id, segment, ChooseIss(id));
}

// RFC 9293 3.10.7.4, TIME-WAIT: a SYN with a number that the old connection never used opens a new
// one, if somebody listens.
bool Tcp::ReopensTimeWait(const Connection& connection, const Segment& segment) {
  constexpr uint8_t kControl = TcpHeader::kSyn | TcpHeader::kAck | TcpHeader::kRst;
  return connection.state() == TcpState::kTimeWait &&
         (segment.flags & kControl) == TcpHeader::kSyn &&
         segment.sequence > connection.receive_next() &&
         FindListener(connection.id().local_port) != nullptr;
}

// The new connection begins above all numbers of the old one (RFC 9293 3.4.3).
void Tcp::Reopen(Connection& old, const Segment& syn) {
  const ConnectionId id = old.id();
  const Sequence unused = old.send_max() + uint32_t{kMaxWindow};
  old.Terminate(base::Status::kOk);
  ReleaseIfDone(old);
  FindListener(id.local_port)->OnSyn(id, syn, Later(ChooseIss(id), unused));
}

// RFC 5927: believed only when it quotes what is in flight, and a soft error once established.
void Tcp::OnIcmpError(const IcmpError& error) {
  if (error.type != wire::kIcmpUnreachable) {
    return;
  }
  const std::byte* const quoted = error.transport.data();
  const ConnectionId id{.local_ip = error.source,
                        .remote_ip = error.destination,
                        .local_port = base::LoadBe16(quoted),
                        .remote_port = base::LoadBe16(quoted + 2)};
  Connection* const connection = connections_.Find(id);
  if (connection != nullptr) {
    connection->OnUnreachable(Sequence(base::LoadBe32(quoted + 4)), error.code, error.mtu,
                              IsHardError(error.code));
    ReleaseIfDone(*connection);
  }
}

}  // namespace stack
