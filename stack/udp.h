// User Datagram Protocol (RFC 768, RFC 1122 4.1): demultiplexing and UdpSocket.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "stack/base/address.h"
#include "stack/base/executor.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/config.h"
#include "stack/transport.h"

namespace stack {

class Stack;

// Bytes to leave in front of a datagram's payload, so that its headers need no buffer of their own.
inline constexpr size_t kUdpHeadroom = kIpHeadroom + 8;

struct UdpLimits {
  size_t max_queued = kUdpMaxQueued;  // datagrams that wait for Receive; more are dropped
};

struct UdpDatagram {
  base::Pbuf payload;
  base::SocketAddress from;
  base::IpAddress to;  // ours, or the group that it was sent to
  NetIf* netif = nullptr;
  uint8_t ttl = 0;
  base::Instant received;
};

// A bound port and a bounded queue of datagrams. Memory of its owner; leaves the stack when
// destroyed.
class UdpSocket : public base::ListNode {
 public:
  explicit UdpSocket(Stack& stack, const UdpLimits& limits = {});
  ~UdpSocket() { Close(); }

  // 0: a random free port (RFC 6056). kBusy: somebody has it; kResourceExhausted: no free port was
  // found.
  base::Status Bind(uint16_t port);
  uint16_t port() const { return port_; }

  // Takes and sends by this interface alone, also while it has no address; before Bind. nullptr:
  // any.
  void BindToInterface(NetIf* netif) { netif_ = netif; }
  // Sends from 0.0.0.0, as a host that asks for its address does.
  void set_unnumbered(bool unnumbered) { unnumbered_ = unnumbered; }
  void set_ttl(uint8_t ttl) { ttl_ = ttl; }

  // Binds to a random port first where that was not done. kInvalidArgument: port 0 or more than
  // 65507 bytes; kUnreachable: no route or no link; kResourceExhausted: no buffer; kUnavailable:
  // the MAC has no room.
  base::Status SendTo(base::ConstByteSpan data, const base::SocketAddress& to);
  // Without a copy. With less than kUdpHeadroom in front, or a shared buffer, the headers get a
  // buffer of their own. The datagram is gone whatever the outcome.
  base::Status SendTo(base::Pbuf&& data, const base::SocketAddress& to);

  // The oldest datagram. kUnavailable: none is waiting.
  base::Result<UdpDatagram> Receive();

  // The news of ICMP about something that this socket sent, once: kUnreachable, else kOk.
  base::Status TakeError();

  // Raised by each datagram and each ICMP error.
  base::Signal& changed() { return changed_; }

  // Gives the port back and drops what waits.
  void Close();

 private:
  friend class Udp;

  Stack& stack_;
  UdpLimits limits_;
  uint16_t port_ = 0;
  uint8_t ttl_ = kDefaultTtl;
  bool unnumbered_ = false;
  base::Status error_ = base::Status::kOk;
  NetIf* netif_ = nullptr;
  base::PbufQueue received_;
  base::Signal changed_;
};

// One bound port, as Udp::List shows it.
struct UdpBinding {
  uint16_t port = 0;
  uint16_t queued = 0;  // datagrams that wait for Receive
};

class Udp : public Transport {
 public:
  explicit Udp(Stack& stack) : stack_(stack) {}

  // The bound ports in no order, as many as fit; returns how many that was.
  size_t List(std::span<UdpBinding> out);

  void OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) override;
  void OnIcmpError(const IcmpError& error) override;

 private:
  friend class UdpSocket;

  UdpSocket* Find(uint16_t port, const NetIf* netif);
  base::Status Bind(UdpSocket& socket, uint16_t port);
  base::Status Send(UdpSocket& socket, base::Pbuf&& data, const base::SocketAddress& to);
  void Queue(UdpSocket& socket, base::Pbuf&& packet, uint16_t source_port, const Ipv4Meta& meta);

  base::IntrusiveList<UdpSocket>& BucketOf(uint16_t port) {
    return buckets_[port & (kUdpBuckets - 1)];
  }

  Stack& stack_;
  std::array<base::IntrusiveList<UdpSocket>, kUdpBuckets> buckets_;
};

}  // namespace stack
