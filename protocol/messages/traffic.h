// TCP throughput and HTTP fetch.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/method.h"
#include "stack/base/address.h"

namespace protocol {

using base::Field;

// Seen from the board. kBoth runs both at once, on two connections.
enum class PerfDirection : uint8_t { kSend, kReceive, kBoth };

// The board connects to `peer` and, on each connection, first sends one byte: 's' when the board
// will send on it, 'r' when it expects to receive. A sender ends with FIN; a receiver reads to the
// end.
struct PerfRequest {
  base::SocketAddress peer{};
  PerfDirection direction = PerfDirection::kSend;
  uint32_t duration_ms = 10'000;  // of a sender on the board
  uint64_t bytes = 0;             // 0: by duration; else the board sends so many
  uint32_t interval_ms = 1000;
  bool no_delay = false;  // Nagle off
  static constexpr auto kFields = base::FieldList{Field{"peer", &PerfRequest::peer},
                                                  Field{"direction", &PerfRequest::direction},
                                                  Field{"duration_ms", &PerfRequest::duration_ms},
                                                  Field{"bytes", &PerfRequest::bytes},
                                                  Field{"interval_ms", &PerfRequest::interval_ms},
                                                  Field{"no_delay", &PerfRequest::no_delay}};
};

struct PerfInterval {
  bool sending = false;  // the board's view
  bool total = false;    // the last event of a direction: the sum over all of it
  uint64_t start_us = 0;
  uint64_t end_us = 0;
  uint64_t bytes = 0;
  uint32_t retransmits = 0;
  uint32_t cwnd = 0;    // bytes
  uint32_t window = 0;  // bytes that the peer allows (sending) or that we allow (receiving)
  uint32_t rtt_us = 0;
  static constexpr auto kFields = base::FieldList{
      Field{"sending", &PerfInterval::sending},   Field{"total", &PerfInterval::total},
      Field{"start_us", &PerfInterval::start_us}, Field{"end_us", &PerfInterval::end_us},
      Field{"bytes", &PerfInterval::bytes},       Field{"retransmits", &PerfInterval::retransmits},
      Field{"cwnd", &PerfInterval::cwnd},         Field{"window", &PerfInterval::window},
      Field{"rtt_us", &PerfInterval::rtt_us}};
};

struct HttpRequest {
  base::Text<128> host{};  // name or dotted address, as it goes into the Host header
  uint16_t port = 80;
  base::Text<512> path{};        // begins with '/'
  bool want_body = false;        // send the body to the host as HttpBody events
  uint32_t timeout_ms = 30'000;  // without progress
  static constexpr auto kFields = base::FieldList{
      Field{"host", &HttpRequest::host}, Field{"port", &HttpRequest::port},
      Field{"path", &HttpRequest::path}, Field{"want_body", &HttpRequest::want_body},
      Field{"timeout_ms", &HttpRequest::timeout_ms}};
};

// Sent when the headers are there and then several times a second.
struct HttpProgressInfo {
  uint16_t code = 0;
  bool length_known = false;
  uint64_t content_length = 0;
  uint64_t received = 0;
  static constexpr auto kFields =
      base::FieldList{Field{"code", &HttpProgressInfo::code},
                      Field{"length_known", &HttpProgressInfo::length_known},
                      Field{"content_length", &HttpProgressInfo::content_length},
                      Field{"received", &HttpProgressInfo::received}};
};
struct HttpChunk {
  base::Bytes<1024> data{};
  static constexpr auto kFields = base::FieldList{Field{"data", &HttpChunk::data}};
};
// Times since the start of the job, as `curl -w` names them.
struct HttpResult {
  uint16_t code = 0;
  uint64_t size = 0;
  std::array<uint8_t, 32> sha256{};
  base::IpAddress address{};
  uint32_t namelookup_us = 0;
  uint32_t connect_us = 0;
  uint32_t starttransfer_us = 0;
  uint64_t total_us = 0;
  uint32_t retransmits = 0;
  base::Text<128> content_type{};
  base::Text<256> location{};
  static constexpr auto kFields =
      base::FieldList{Field{"code", &HttpResult::code},
                      Field{"size", &HttpResult::size},
                      Field{"sha256", &HttpResult::sha256},
                      Field{"address", &HttpResult::address},
                      Field{"namelookup_us", &HttpResult::namelookup_us},
                      Field{"connect_us", &HttpResult::connect_us},
                      Field{"starttransfer_us", &HttpResult::starttransfer_us},
                      Field{"total_us", &HttpResult::total_us},
                      Field{"retransmits", &HttpResult::retransmits},
                      Field{"content_type", &HttpResult::content_type},
                      Field{"location", &HttpResult::location}};
};

// Ends with kRefused, kReset, kUnreachable or kDeadlineExceeded as the connection did.
using PerfTcp = Job<0x0040, PerfRequest>;
// Also kNotFound (name), kClosed (server closed before a response), kDataLoss (fewer bytes than
// announced, or no HTTP).
using GetHttp = Job<0x0041, HttpRequest>;

using PerfStep = Event<0x0040, PerfInterval>;
using HttpProgress = Event<0x0041, HttpProgressInfo>;
using HttpBody = Event<0x0042, HttpChunk>;
using HttpDone = Event<0x0043, HttpResult>;

}  // namespace protocol
