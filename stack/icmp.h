// Internet Control Message Protocol (RFC 792, RFC 1122 3.2.2): echo, errors in and out.
#pragma once

#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/bounded.h"
#include "stack/base/executor.h"
#include "stack/base/intrusive_list.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/config.h"
#include "stack/icmp_rate_limit.h"
#include "stack/transport.h"

namespace stack {

class Stack;

// Bytes to leave in front of the payload of an echo request.
inline constexpr size_t kEchoHeadroom = kIpHeadroom + 8;

struct EchoReply {
  base::Pbuf payload;    // empty when this is an error
  base::IpAddress from;  // who answered, or reported the error
  uint16_t sequence = 0;
  uint8_t ttl = 0;         // that the answer arrived with
  uint8_t error_type = 0;  // wire::kIcmpUnreachable, kIcmpTimeExceeded ...; 0: an answer
  uint8_t error_code = 0;
  base::Instant received;

  bool is_error() const { return error_type != 0; }
};

// Sends echo requests and gets the answers to them. Memory of its owner.
class EchoSocket : public base::ListNode {
 public:
  // `identifier` tells programs apart; 0 takes a random one.
  explicit EchoSocket(Stack& stack, uint16_t identifier = 0);

  // kUnreachable: no route or no link; kResourceExhausted: no buffer; kInvalidArgument: more than
  // 65507 bytes, or larger than the MTU with dont_fragment; kUnavailable: the MAC has no room.
  struct SendOptions {
    uint8_t ttl = kDefaultTtl;
    uint8_t tos = 0;
    bool dont_fragment = false;
  };
  base::Status Send(const base::IpAddress& to, uint16_t sequence, base::ConstByteSpan payload,
                    const SendOptions& options);
  base::Status Send(const base::IpAddress& to, uint16_t sequence, base::ConstByteSpan payload) {
    return Send(to, sequence, payload, SendOptions());
  }
  // Without a copy; `payload` has kEchoHeadroom in front and is gone whatever the outcome.
  base::Status Send(const base::IpAddress& to, uint16_t sequence, base::Pbuf&& payload,
                    const SendOptions& options);

  // The oldest answer or error. kUnavailable: nothing came.
  base::Result<EchoReply> Receive();
  base::Signal& changed() { return changed_; }
  uint16_t identifier() const { return identifier_; }

 private:
  friend class Icmp;

  struct Error {
    base::Ipv4Address from;
    uint16_t sequence = 0;
    uint8_t type = 0;
    uint8_t code = 0;
    base::Instant received;
  };

  Stack& stack_;
  uint16_t identifier_;
  base::PbufQueue received_;
  base::Bounded<Error, kEchoMaxErrors> errors_;
  base::Signal changed_;
};

class Icmp : public Transport {
 public:
  explicit Icmp(Stack& stack) : stack_(stack) {}

  void OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) override;
  // About an echo request of ours.
  void OnIcmpError(const IcmpError& error) override;

  // Answers a received packet, which starts behind its IPv4 header, with an error, where RFC 1122
  // 3.2.2 and the rate limit allow one.
  void SendError(uint8_t type, uint8_t code, const base::Pbuf& packet, const Ipv4Meta& meta);

  // Tells the transport of a packet of ours, given from its IPv4 header on, that nobody answers ARP
  // at its next hop: host unreachable, reported by ourselves.
  void ReportUnreachable(base::ConstByteSpan packet);

 private:
  void AnswerEcho(base::Pbuf&& packet, const Ipv4Meta& meta);
  void OnEchoReply(base::Pbuf&& packet, const Ipv4Meta& meta);
  EchoSocket* Find(uint16_t identifier);
  void OnError(const base::Pbuf& packet, const Ipv4Meta& meta);
  void Report(IcmpError error, base::ConstByteSpan quoted);

  friend class EchoSocket;

  Stack& stack_;
  base::IntrusiveList<EchoSocket> sockets_;
  IcmpRateLimit rate_limit_;
};

}  // namespace stack
