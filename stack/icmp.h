// Internet Control Message Protocol (RFC 792, RFC 1122 3.2.2): echo, errors in and out.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/config.h"
#include "stack/transport.h"

namespace stack {

class Stack;

class Icmp : public Transport {
 public:
  explicit Icmp(Stack& stack) : stack_(stack) {}

  void OnPacket(base::Pbuf&& packet, const Ipv4Meta& meta) override;

  // Answers a received packet, which starts behind its IPv4 header, with an error, where RFC 1122
  // 3.2.2 and the rate limit allow one.
  void SendError(uint8_t type, uint8_t code, const base::Pbuf& packet, const Ipv4Meta& meta);

  // Tells the transport of a packet of ours, given from its IPv4 header on, that nobody answers ARP
  // at its next hop: host unreachable, reported by ourselves.
  void ReportUnreachable(base::ConstByteSpan packet);

 private:
  void AnswerEcho(base::Pbuf&& packet, const Ipv4Meta& meta);
  void OnError(const base::Pbuf& packet, const Ipv4Meta& meta);
  void Report(IcmpError error, base::ConstByteSpan quoted);

  Stack& stack_;
};

}  // namespace stack
