// ICMP echo from the board.
#pragma once

#include <cstdint>

#include "protocol/messages/link.h"
#include "protocol/method.h"
#include "stack/base/address.h"

namespace protocol {

inline constexpr uint16_t kMaxPingSize = 8192;  // bytes of payload: above the MTU it is fragmented

struct PingRequest {
  base::IpAddress target{};
  uint16_t count = 0;  // 0: until cancelled
  uint32_t interval_us = 1'000'000;
  uint32_t timeout_us = 1'000'000;  // how long to wait for each answer
  uint16_t size = 56;               // bytes of payload, 0 to kMaxPingSize
  uint8_t ttl = 64;
  uint16_t size_step = 0;  // sweep: each request is so much larger than the one before
  uint16_t size_last = 0;  // of a sweep; the job ends behind it
  static constexpr auto kFields = base::FieldList{Field{"target", &PingRequest::target},
                                                  Field{"count", &PingRequest::count},
                                                  Field{"interval_us", &PingRequest::interval_us},
                                                  Field{"timeout_us", &PingRequest::timeout_us},
                                                  Field{"size", &PingRequest::size},
                                                  Field{"ttl", &PingRequest::ttl},
                                                  Field{"size_step", &PingRequest::size_step},
                                                  Field{"size_last", &PingRequest::size_last}};
};

enum class PingOutcome : uint8_t {
  kReply,
  kTimeout,
  kDuplicate,
  kUnreachable,   // ICMP destination unreachable, `code` says which
  kTimeExceeded,  // ICMP time exceeded
  kNotSent,       // no route, no neighbour, no buffer: `code` is a base::Status
};

struct PingReply {
  uint16_t sequence = 0;  // from 1
  PingOutcome outcome = PingOutcome::kReply;
  uint8_t code = 0;
  uint8_t ttl = 0;
  uint16_t size = 0;  // bytes of payload received (of a time-out: sent)
  base::IpAddress from{};
  uint32_t rtt_us = 0;
  uint16_t first_bad_offset = kNotCorrupted;
  static constexpr auto kFields =
      base::FieldList{Field{"sequence", &PingReply::sequence},
                      Field{"outcome", &PingReply::outcome},
                      Field{"code", &PingReply::code},
                      Field{"ttl", &PingReply::ttl},
                      Field{"size", &PingReply::size},
                      Field{"from", &PingReply::from},
                      Field{"rtt_us", &PingReply::rtt_us},
                      Field{"first_bad_offset", &PingReply::first_bad_offset}};
};

struct PingTotals {
  uint32_t transmitted = 0;
  uint32_t received = 0;
  uint32_t duplicates = 0;
  uint32_t errors = 0;
  uint32_t corrupted = 0;
  uint64_t duration_us = 0;
  static constexpr auto kFields = base::FieldList{Field{"transmitted", &PingTotals::transmitted},
                                                  Field{"received", &PingTotals::received},
                                                  Field{"duplicates", &PingTotals::duplicates},
                                                  Field{"errors", &PingTotals::errors},
                                                  Field{"corrupted", &PingTotals::corrupted},
                                                  Field{"duration_us", &PingTotals::duration_us}};
};

// Ends with kOk also when nothing answered; PingEnd, the event before JobEnded, says what came
// back.
using Ping = Job<0x0038, PingRequest>;
using PingStep = Event<0x0038, PingReply>;
using PingEnd = Event<0x0039, PingTotals>;

}  // namespace protocol
