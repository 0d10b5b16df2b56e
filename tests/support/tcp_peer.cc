#include "tests/support/tcp_peer.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "stack/wire/tcp_options.h"

namespace test {
namespace {

using wire::TcpHeader;

constexpr std::array<std::pair<char, uint8_t>, 8> kFlags = {{{'F', TcpHeader::kFin},
                                                             {'S', TcpHeader::kSyn},
                                                             {'R', TcpHeader::kRst},
                                                             {'P', TcpHeader::kPsh},
                                                             {'U', TcpHeader::kUrg},
                                                             {'E', TcpHeader::kEce},
                                                             {'W', TcpHeader::kCwr},
                                                             {'.', TcpHeader::kAck}}};

uint8_t ToFlags(std::string_view text) {
  uint8_t flags = 0;
  for (const auto& [letter, flag] : kFlags) {
    if (text.find(letter) != std::string_view::npos) {
      flags |= flag;
    }
  }
  return flags;
}

std::string ToLetters(uint8_t flags) {
  std::string text;
  for (const auto& [letter, flag] : kFlags) {
    if ((flags & flag) != 0) {
      text += letter;
    }
  }
  return text;
}

template <typename T>
bool Agree(const std::optional<T>& a, const std::optional<T>& b) {
  return !a || !b || *a == *b;
}

void FixChecksum(ByteVector& bytes, Ipv4Address from, Ipv4Address to) {
  base::StoreBe16(bytes.data() + 16, 0);
  const base::Sum pseudo = wire::PseudoHeaderSum(from, to, wire::kProtocolTcp, bytes.size());
  base::StoreBe16(bytes.data() + 16,
                  base::FinishChecksum(base::AddSums(pseudo, base::SumBytes(bytes))));
}

}  // namespace

bool operator==(const Segment& a, const Segment& b) {
  const bool payload_counts = !(a.size && a.payload.empty()) && !(b.size && b.payload.empty());
  const size_t size_a = a.size.value_or(a.payload.size());
  const size_t size_b = b.size.value_or(b.payload.size());
  return a.flags == b.flags && a.seq == b.seq && a.ack == b.ack && Agree(a.window, b.window) &&
         Agree(a.mss, b.mss) && size_a == size_b && (!payload_counts || a.payload == b.payload);
}

void PrintTo(const Segment& segment, std::ostream* out) {
  const size_t size = segment.size.value_or(segment.payload.size());
  *out << "{" << segment.flags << " " << segment.seq << ":" << segment.seq + size << "(" << size
       << ") ack " << segment.ack;
  if (segment.window) {
    *out << " win " << *segment.window;
  }
  if (segment.mss) {
    *out << " <mss " << *segment.mss << ">";
  }
  if (!segment.payload.empty()) {
    *out << " \"" << segment.payload.substr(0, 40) << "\"";
  }
  *out << "}";
}

TcpPeer::TcpPeer(const Settings& settings) : settings_(settings) {
  wire_.host().driver().SumReceived(settings.sums_received_frames);
  wire_.IntroducePeer();
  if (settings.our_iss) {
    AimIss(*settings.our_iss);
  }
}

// The initial sequence number is a clock plus a constant of the socket pair: looks at it once, then
// waits until it will be the wanted one.
void TcpPeer::AimIss(uint32_t wanted) {
  stack::TcpListener probe(wire_.stack());
  EXPECT_EQ(probe.Listen(kOurPort), base::Status::kOk);
  Inject({.flags = "S"});
  Next();
  const uint32_t ticks = wanted - *our_iss_;
  probe.Close();
  Drain();
  our_iss_.reset();
  wire_.Advance(std::chrono::microseconds(int64_t{4} * ticks));
  wire_.host().driver().sent().clear();  // nobody answered ARP meanwhile
  wire_.IntroducePeer();
}

void TcpPeer::Listen(const stack::TcpOptions& options, uint8_t backlog) {
  our_port_ = kOurPort;
  listener_.emplace(wire_.stack(), options);
  EXPECT_EQ(listener_->Listen(kOurPort, backlog), base::Status::kOk);
}

void TcpPeer::Accept() {
  auto accepted = listener_->Accept();
  ASSERT_TRUE(accepted);
  socket_ = std::move(*accepted);
}

void TcpPeer::Connect(stack::TcpOptions options) {
  our_port_ = options.local_port = kConnectPort;
  auto connected = tcp_.Connect({Wire::kPeerIp, kPeerPort}, options);
  ASSERT_TRUE(connected);
  socket_ = std::move(*connected);
}

void TcpPeer::AcceptConnection(const stack::TcpOptions& options, uint16_t window, uint16_t mss) {
  Listen(options);
  Inject({.flags = "S", .seq = 0, .window = window, .mss = mss});
  ASSERT_EQ(Next(), (Segment{.flags = "S.", .seq = 0, .ack = 1}));
  Inject({.flags = ".", .seq = 1, .ack = 1, .window = window});
  Accept();
  ASSERT_TRUE(Silent());
}

void TcpPeer::ConnectEstablished(const stack::TcpOptions& options, uint16_t window, uint16_t mss) {
  Connect(options);
  ASSERT_EQ(Next(), (Segment{.flags = "S", .seq = 0}));
  Inject({.flags = "S.", .seq = 0, .ack = 1, .window = window, .mss = mss});
  ASSERT_EQ(Next(), (Segment{.flags = ".", .seq = 1, .ack = 1}));
  ASSERT_EQ(socket_.connect_status(), base::Status::kOk);
  ASSERT_TRUE(Silent());
}

ByteVector TcpPeer::Build(uint16_t from, const Segment& segment) const {
  ByteVector rest;
  if (segment.mss) {
    rest.resize(wire::kTcpMssOptionSize);
    wire::WriteMssOption(*segment.mss, rest.data());
  }
  const size_t header_size = wire::kTcpHeaderSize + rest.size();
  AppendTo(rest, ToBytes(segment.payload.empty() ? std::string(segment.size.value_or(0), 'x')
                                                 : segment.payload));
  const uint8_t flags = ToFlags(segment.flags);
  const TcpHeader header{.source_port = from,
                         .destination_port = our_port_,
                         .sequence = settings_.peer_iss + segment.seq,
                         .acknowledgment = (flags & TcpHeader::kAck) != 0
                                               ? our_iss_.value_or(0) + segment.ack
                                               : segment.ack,
                         .offset_and_flags = TcpHeader::OffsetAndFlags(header_size, flags),
                         .window = segment.window.value_or(65535)};
  ByteVector bytes = WithHeader(header, rest);
  FixChecksum(bytes, Wire::kPeerIp, TestHost::IpOf(1));
  return bytes;
}

void TcpPeer::Inject(const Segment& segment) { InjectFrom(kPeerPort, segment); }

void TcpPeer::InjectFrom(uint16_t port, const Segment& segment) {
  wire_.InjectIpv4({.protocol = wire::kProtocolTcp}, Build(port, segment));
}

void TcpPeer::InjectDamaged(const Segment& segment, const Damage& damage, bool fix_checksum) {
  ByteVector bytes = Build(kPeerPort, segment);
  damage(bytes);
  if (fix_checksum) {
    FixChecksum(bytes, Wire::kPeerIp, TestHost::IpOf(1));
  }
  wire_.InjectIpv4({.protocol = wire::kProtocolTcp}, bytes);
}

void TcpPeer::InjectUnreachable(uint8_t code, uint32_t seq, uint16_t mtu) {
  const TcpHeader quoted{.source_port = our_port_,
                         .destination_port = kPeerPort,
                         .sequence = our_iss_.value_or(0) + seq};
  ByteVector transport = WithHeader(quoted, {});
  ByteVector packet = Ipv4Packet({.ttl = 64,
                                  .protocol = wire::kProtocolTcp,
                                  .source = TestHost::IpOf(1),
                                  .destination = Wire::kPeerIp},
                                 transport);
  packet.resize(wire::kIpv4HeaderSize + 8);  // RFC 792: the header and 64 bits
  wire_.InjectIpv4(
      {.protocol = wire::kProtocolIcmp},
      IcmpPacket({.type = wire::kIcmpUnreachable, .code = code, .sequence = mtu}, packet));
}

Segment TcpPeer::Parse(const Packet& packet) {
  if (!packet.ipv4 || packet.ipv4->protocol != wire::kProtocolTcp ||
      packet.payload.size() < wire::kTcpHeaderSize) {
    ADD_FAILURE() << "this is no TCP segment";
    return {};
  }
  const ByteVector& bytes = packet.payload;
  const base::Sum pseudo = wire::PseudoHeaderSum(packet.ipv4->source, packet.ipv4->destination,
                                                 wire::kProtocolTcp, bytes.size());
  EXPECT_TRUE(base::SumIsGood(base::AddSums(pseudo, base::SumBytes(bytes)))) << "bad checksum";
  const auto header = base::DecodeHeader<TcpHeader>(bytes.data());
  if (header.has(TcpHeader::kSyn) && !our_iss_) {
    our_iss_ = header.sequence;
  }
  const auto text = base::ConstByteSpan(bytes).subspan(header.header_size());
  const auto options = wire::ParseTcpOptions(base::ConstByteSpan(bytes).subspan(
      wire::kTcpHeaderSize, header.header_size() - wire::kTcpHeaderSize));
  return {.flags = ToLetters(header.flags()),
          .seq = header.sequence - our_iss_.value_or(0),
          .ack = header.has(TcpHeader::kAck) ? header.acknowledgment - settings_.peer_iss : 0,
          .window = header.window,
          .mss = options.mss,
          .size = text.size(),
          .payload = ToText(text)};
}

// In steps, because the stack asks for the peer's address from time to time and wants an answer.
void TcpPeer::Advance(base::Duration duration) {
  constexpr base::Duration kStep = 500ms;
  for (; duration > kStep; duration -= kStep) {
    wire_.Advance(kStep);
    AnswerArp();
  }
  wire_.Advance(duration);
  AnswerArp();
}

void TcpPeer::AnswerArp() {
  const auto is_arp = [](const ByteVector& frame) {
    return base::LoadBe16(frame.data() + 12) == wire::kEtherTypeArp;
  };
  if (std::erase_if(wire_.host().driver().sent(), is_arp) != 0) {
    wire_.InjectArp({.operation = wire::kArpReply,
                     .sender_mac = Wire::kPeerMac,
                     .sender_ip = Wire::kPeerIp,
                     .target_mac = wire_.host().mac(),
                     .target_ip = wire_.host().ip()},
                    wire_.host().mac());
  }
}

Segment TcpPeer::Next() {
  Advance(base::Duration::zero());
  return Parse(wire_.Next());
}

bool TcpPeer::Silent() {
  Advance(base::Duration::zero());
  if (wire_.Silent()) {
    return true;
  }
  ADD_FAILURE() << "the stack sent " << ::testing::PrintToString(Next());
  return false;
}

void TcpPeer::Drain() {
  Advance(base::Duration::zero());
  while (!wire_.Silent()) {
    Next();
  }
}

void TcpPeer::Send(std::string_view text) {
  const auto sent = socket_.Send(base::AsBytes(text));
  ASSERT_TRUE(sent);
  ASSERT_EQ(*sent, text.size());
}

std::string TcpPeer::Read(size_t limit) {
  ByteVector bytes(limit);
  const auto count = socket_.Receive(base::ByteSpan(bytes));
  return count ? ToText(base::ConstByteSpan(bytes).first(*count)) : std::string();
}

size_t TcpPeer::connections() {
  std::array<stack::TcpInfo, 8> infos;
  const size_t count = tcp_.List(infos);
  return static_cast<size_t>(std::count_if(
      infos.begin(), infos.begin() + static_cast<std::ptrdiff_t>(count),
      [](const stack::TcpInfo& info) { return info.state != stack::TcpState::kListen; }));
}

}  // namespace test
