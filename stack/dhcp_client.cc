#include "stack/dhcp_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stack/dhcp_message.h"
#include "stack/netif.h"
#include "stack/stack.h"

namespace stack {
namespace {

using base::Duration;
using base::Instant;
using base::Ipv4Address;
using base::Status;
using wire::DhcpMessageType;

constexpr uint32_t kForever = 0xffffffff;
constexpr uint16_t kMaxMessageSize = NetIf::kMtu;

constexpr std::array<uint8_t, 11> kWanted{
    wire::kDhcpSubnetMask,  wire::kDhcpRouters,       wire::kDhcpDnsServers,
    wire::kDhcpDomainName,  wire::kDhcpInterfaceMtu,  wire::kDhcpBroadcastAddress,
    wire::kDhcpNtpServers,  wire::kDhcpLeaseTime,     wire::kDhcpServerIdentifier,
    wire::kDhcpRenewalTime, wire::kDhcpRebindingTime,
};

// `seconds` after `start`; kNever for a time without end.
Instant After(Instant start, uint32_t seconds) {
  return seconds == kForever ? base::kNever : start + std::chrono::seconds(seconds);
}

}  // namespace

DhcpClient::DhcpClient(Stack& stack, NetIf& netif)
    : stack_(stack),
      netif_(netif),
      socket_(stack),
      probe_(stack),
      timer_(*this),
      readable_(*this),
      link_(*this),
      probed_(*this),
      changed_(stack.executor()) {
  socket_.BindToInterface(&netif);
}

Status DhcpClient::Start() {
  Stop(false);
  RETURN_IF_ERROR(socket_.Bind(wire::kDhcpClientPort));
  socket_.changed().Wait(readable_);
  stack_.link_changed().Wait(link_);
  link_changes_ = netif_.driver().stats().link_changes;
  last_failure_ = Status::kOk;
  netif_.SetIpv4({});
  Begin(stack_.now());
  return Status::kOk;
}

void DhcpClient::Stop(bool release) {
  if (state_ == DhcpState::kStopped) {
    return;
  }
  if (release && has_lease()) {
    SendRelease();
  }
  Unconfigure();
  probe_.Stop();
  socket_.Close();
  stack_.timers().Cancel(timer_);
  readable_.Unlink();
  link_.Unlink();
  probed_.Unlink();
  SetState(DhcpState::kStopped);
}

void DhcpClient::SetState(DhcpState state) {
  state_ = state;
  changed_.Notify();
}

// Forgets the lease and takes the address off the interface.
void DhcpClient::Unconfigure() {
  lease_ = {};
  lease_ends_ = base::kNever;
  if (netif_.has_ipv4()) {
    netif_.SetIpv4({});
  }
}

void DhcpClient::StartOver(Duration wait, Status why) {
  last_failure_ = why;
  Unconfigure();
  probe_.Stop();
  SetState(DhcpState::kInit);
  stack_.timers().Arm(timer_, stack_.now() + wait);
}

void DhcpClient::Begin(Instant now) {
  stack_.timers().Cancel(timer_);
  probe_.Stop();
  tries_ = 0;
  xid_ = stack_.random().Next32();
  times_ = {.started = now};
  const bool only_offered = state_ == DhcpState::kSelecting || state_ == DhcpState::kRequesting;
  if (only_offered || lease_ends_ <= now) {
    Unconfigure();
  }
  if (!netif_.is_up()) {
    SetState(DhcpState::kInit);
    if (lease_ends_ != base::kNever) {
      stack_.timers().Arm(timer_, lease_ends_);
    }
    return;
  }
  if (!lease_.address.is_unspecified()) {
    SetState(DhcpState::kRebooting);  // RFC 2131 3.2: perhaps the same network
    return SendRequest(now);
  }
  SetState(DhcpState::kSelecting);
  SendDiscover(now);
}

void DhcpClient::OnTimer(Instant now) {
  switch (state_) {
    case DhcpState::kInit:
      return Begin(now);
    case DhcpState::kBound:
    case DhcpState::kRenewing:
    case DhcpState::kRebinding:
      return OnLease(now);
    default:
      return OnRetry(now);
  }
}

void DhcpClient::OnRetry(Instant now) {
  ++tries_;
  if (state_ == DhcpState::kSelecting) {
    last_failure_ = Status::kDeadlineExceeded;
    SendDiscover(now);
  } else if (tries_ < (state_ == DhcpState::kRebooting ? kDhcpRebootTries : kDhcpRequestTries)) {
    SendRequest(now);
  } else {
    StartOver(Duration{}, Status::kDeadlineExceeded);
  }
}

// RFC 2131 4.4.5: renew from T1 on with the server that gave the lease, rebind from T2 on with any.
void DhcpClient::OnLease(Instant now) {
  if (now >= lease_ends_) {
    return StartOver(Duration{}, Status::kDeadlineExceeded);
  }
  if (state_ == DhcpState::kBound) {
    xid_ = stack_.random().Next32();
    tries_ = 0;
    times_ = {.started = now};
    SetState(DhcpState::kRenewing);
  }
  if (state_ == DhcpState::kRenewing && now >= After(lease_starts_, lease_.rebind_seconds)) {
    SetState(DhcpState::kRebinding);
  }
  SendRequest(now);
}

void DhcpClient::ArmLeaseTimer(Instant now) {
  if (state_ == DhcpState::kBound) {
    if (const Instant renew = After(lease_starts_, lease_.renew_seconds); renew != base::kNever) {
      stack_.timers().Arm(timer_, renew);
    }
    return;
  }
  // RFC 2131 4.4.5: half of what is left until the next deadline, but at least a minute.
  const Instant deadline =
      state_ == DhcpState::kRenewing ? After(lease_starts_, lease_.rebind_seconds) : lease_ends_;
  const Duration half = std::max<Duration>((deadline - now) / 2, kDhcpMinRenewInterval);
  stack_.timers().Arm(timer_, base::Earlier(now + half, deadline));
}

// RFC 2131 4.1: 4, 8, 16, 32, 64 seconds, each give or take a random part of a second.
void DhcpClient::ArmRetry(Instant now) {
  const Duration wait =
      std::min<Duration>(kDhcpFirstRetry * (1 << std::min<int>(tries_, 8)), kDhcpLastRetry);
  const Duration jitter(static_cast<int64_t>(stack_.random().Below(2'000'000)) - 1'000'000);
  stack_.timers().Arm(timer_, now + wait + jitter);
}

// The link came back, perhaps to another network.
void DhcpClient::OnLink() {
  stack_.link_changed().Wait(link_);
  const uint32_t changes = netif_.driver().stats().link_changes;
  if (changes != std::exchange(link_changes_, changes)) {
    Begin(stack_.now());
  }
}

void DhcpClient::OnReadable() {
  socket_.changed().Wait(readable_);
  while (auto datagram = socket_.Receive()) {
    if (datagram->from.port != wire::kDhcpServerPort) {
      ++stack_.stats().dhcp.rx_not_ours;
    } else if (datagram->payload.is_chain()) {
      ++stack_.stats().dhcp.rx_malformed;
    } else {
      OnMessage(datagram->payload.bytes(), stack_.now());
    }
  }
}

bool DhcpClient::IsAnswerExpected(DhcpMessageType type, const DhcpLease& lease) const {
  switch (state_) {
    case DhcpState::kSelecting:
      return type == DhcpMessageType::kOffer;
    case DhcpState::kRequesting:
    case DhcpState::kRenewing:
      return type != DhcpMessageType::kOffer && lease.server == lease_.server;
    case DhcpState::kRebooting:
    case DhcpState::kRebinding:
      return type != DhcpMessageType::kOffer;
    default:
      return false;
  }
}

void DhcpClient::OnMessage(base::ConstByteSpan bytes, Instant now) {
  DhcpStats& stats = stack_.stats().dhcp;
  auto message = ParseDhcpMessage(bytes);
  if (!message) {
    ++stats.rx_malformed;
    return;
  }
  DhcpLease& lease = message->lease;
  if (message->xid != xid_ || message->client_mac != netif_.mac() ||
      !IsAnswerExpected(message->type, lease)) {
    ++stats.rx_not_ours;
    return;
  }
  if (message->type == DhcpMessageType::kNak) {
    return OnNak();
  }
  const bool is_offer = message->type == DhcpMessageType::kOffer;
  if (!is_offer && message->type != DhcpMessageType::kAck) {
    ++stats.rx_not_ours;
    return;
  }
  if (!MakeUsable(lease) || (!is_offer && lease.address != lease_.address)) {
    ++stats.rx_bad_offer;
    return;
  }
  if (is_offer) {
    return OnOffer(lease, now);
  }
  OnAck(lease, now);
}

void DhcpClient::OnOffer(const DhcpLease& offer, Instant now) {
  ++stack_.stats().dhcp.rx_offer;
  ++times_.offers;
  times_.offer = now;
  lease_ = offer;
  tries_ = 0;
  SetState(DhcpState::kRequesting);
  SendRequest(now);
}

void DhcpClient::OnAck(const DhcpLease& ack, Instant now) {
  ++stack_.stats().dhcp.rx_ack;
  times_.ack = now;
  lease_ = ack;
  lease_starts_ = times_.request;  // RFC 2131 4.4.1: the lease counts from the request
  lease_ends_ = After(lease_starts_, ack.lease_seconds);
  stack_.timers().Cancel(timer_);
  if (state_ == DhcpState::kRenewing || state_ == DhcpState::kRebinding) {
    return Bind(now);
  }
  SetState(DhcpState::kProbing);
  probe_.Start(netif_, lease_.address, kShortTiming);
  probe_.changed().Wait(probed_);
}

void DhcpClient::OnNak() {
  ++stack_.stats().dhcp.rx_nak;
  const bool rebooting = state_ == DhcpState::kRebooting;
  // A server that refuses everything must not make us shout without a pause.
  StartOver(rebooting ? Duration{} : kDhcpNakWait, Status::kRefused);
}

void DhcpClient::OnProbe() {
  if (state_ != DhcpState::kProbing) {
    return;
  }
  if (probe_.state() == ProbeState::kFree) {
    return Bind(stack_.now());
  }
  SendDecline();
  StartOver(kDhcpDeclineWait, Status::kBusy);  // RFC 2131 3.1.5: at least ten seconds
}

void DhcpClient::Bind(Instant now) {
  const Ipv4Config config{
      .address = lease_.address, .mask = lease_.mask, .gateway = lease_.gateway, .dns = lease_.dns};
  if (!(netif_.ipv4() == config)) {
    netif_.SetIpv4(config);
  }
  times_.bound = now;
  last_failure_ = Status::kOk;
  SetState(DhcpState::kBound);
  ArmLeaseTimer(now);
}

wire::DhcpHeader DhcpClient::MakeHeader(Instant now) const {
  const auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(now - times_.started);
  return {.op = wire::kBootRequest,
          .xid = xid_,
          .secs = static_cast<uint16_t>(std::min<int64_t>(elapsed.count(), 0xffff)),
          // Servers that cannot answer to an address without a host behind it get asked to
          // broadcast when the first answers did not come (RFC 2131 4.1).
          .flags = tries_ >= kDhcpTriesBeforeBroadcast && !netif_.has_ipv4()
                       ? wire::kDhcpBroadcastFlag
                       : uint16_t{0},
          .client_mac = netif_.mac()};
}

void DhcpClient::AddCommonOptions(wire::DhcpOptionWriter& options) const {
  std::array<std::byte, 7> client{std::byte{1}};  // RFC 2132 9.14: hardware type and address
  std::ranges::copy(std::as_bytes(std::span(netif_.mac().octets)), client.begin() + 1);
  options.Add(wire::kDhcpClientIdentifier, client);
  options.AddU16(wire::kDhcpMaxMessageSize, kMaxMessageSize);
  options.Add(wire::kDhcpParameterRequest, std::as_bytes(std::span(kWanted)));
  if (!host_name_.empty()) {
    options.Add(wire::kDhcpHostName, base::AsBytes(host_name_.span()));
  }
}

void DhcpClient::SendDiscover(Instant now) {
  std::array<std::byte, kDhcpOptionsRoom> room{};
  wire::DhcpOptionWriter options(room);
  options.AddByte(wire::kDhcpMessageTypeOption, static_cast<uint8_t>(DhcpMessageType::kDiscover));
  if (!requested_.is_unspecified()) {
    options.AddAddress(wire::kDhcpRequestedAddress, requested_);
  }
  AddCommonOptions(options);
  options.End();
  ++stack_.stats().dhcp.tx_discover;
  ++times_.discovers;
  Send(MakeHeader(now), {room.data(), options.size()}, base::kIpv4Broadcast);
  ArmRetry(now);
}

// RFC 2131 4.3.2 and table 4: what a REQUEST carries in which state.
void DhcpClient::SendRequest(Instant now) {
  const bool has_address = state_ == DhcpState::kRenewing || state_ == DhcpState::kRebinding;
  std::array<std::byte, kDhcpOptionsRoom> room{};
  wire::DhcpOptionWriter options(room);
  options.AddByte(wire::kDhcpMessageTypeOption, static_cast<uint8_t>(DhcpMessageType::kRequest));
  wire::DhcpHeader header = MakeHeader(now);
  if (has_address) {
    header.client_address = lease_.address;
  } else {
    options.AddAddress(wire::kDhcpRequestedAddress, lease_.address);
  }
  if (state_ == DhcpState::kRequesting) {
    options.AddAddress(wire::kDhcpServerIdentifier, lease_.server);
  }
  AddCommonOptions(options);
  options.End();
  ++stack_.stats().dhcp.tx_request;
  ++times_.requests;
  times_.request = now;
  Send(header, {room.data(), options.size()},
       state_ == DhcpState::kRenewing ? lease_.server : base::kIpv4Broadcast);
  has_address ? ArmLeaseTimer(now) : ArmRetry(now);
}

void DhcpClient::SendDecline() {
  std::array<std::byte, kDhcpOptionsRoom> room{};
  wire::DhcpOptionWriter options(room);
  options.AddByte(wire::kDhcpMessageTypeOption, static_cast<uint8_t>(DhcpMessageType::kDecline));
  options.AddAddress(wire::kDhcpRequestedAddress, lease_.address);
  options.AddAddress(wire::kDhcpServerIdentifier, lease_.server);
  options.End();
  ++stack_.stats().dhcp.tx_decline;
  Send(MakeHeader(stack_.now()), {room.data(), options.size()}, base::kIpv4Broadcast);
}

void DhcpClient::SendRelease() {
  std::array<std::byte, kDhcpOptionsRoom> room{};
  wire::DhcpOptionWriter options(room);
  options.AddByte(wire::kDhcpMessageTypeOption, static_cast<uint8_t>(DhcpMessageType::kRelease));
  options.AddAddress(wire::kDhcpServerIdentifier, lease_.server);
  options.End();
  ++stack_.stats().dhcp.tx_release;
  xid_ = stack_.random().Next32();
  wire::DhcpHeader header = MakeHeader(stack_.now());
  header.client_address = lease_.address;
  Send(header, {room.data(), options.size()}, lease_.server);
}

void DhcpClient::Send(const wire::DhcpHeader& header, base::ConstByteSpan options, Ipv4Address to) {
  const size_t size = std::max(wire::kDhcpHeaderSize + options.size(), wire::kDhcpMinMessage);
  auto packet = stack_.pools().Allocate(kUdpHeadroom, size, base::Holder::kApplication);
  if (!packet) {
    ++stack_.stats().udp.tx_no_buffer;
    return;  // as if it had been lost; the retry timer runs
  }
  const base::ByteSpan out = packet->Append(size);
  std::ranges::fill(out, std::byte{0});
  base::EncodeHeader(header, out.data());
  std::ranges::copy(options, out.begin() + wire::kDhcpHeaderSize);
  socket_.set_unnumbered(header.client_address.is_unspecified());
  // What does not get out is like what gets lost; the layer that refused has counted it.
  static_cast<void>(socket_.SendTo(std::move(*packet), {to, wire::kDhcpServerPort}));
}

}  // namespace stack
