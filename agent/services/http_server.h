// An HTTP/1.1 server for GET and HEAD, one request per connection (RFC 9112 9.6): the pages of an
// HttpPages, and /zero/N and /random/N, which send N bytes for tests with curl.
#pragma once

#include <array>
#include <cstdint>

#include "agent/services/http_pages.h"
#include "agent/services/http_request.h"
#include "agent/services/tcp_server.h"
#include "stack/base/fields.h"
#include "stack/sequential/tcp_reader.h"

namespace agent {

// Requests by the answer they got.
struct HttpServerStats {
  uint32_t ok = 0;
  uint32_t bad_request = 0;
  uint32_t not_found = 0;
  uint32_t method_not_allowed = 0;
  uint32_t request_timeout = 0;
  uint32_t content_too_large = 0;
  uint32_t uri_too_long = 0;
  uint32_t header_fields_too_large = 0;
  uint32_t not_implemented = 0;
  uint32_t version_not_supported = 0;
  uint32_t aborted = 0;      // the connection ended before the answer did
  uint64_t body_octets = 0;  // handed to TCP
  static constexpr auto kFields = base::FieldList{
      base::Field{"ok", &HttpServerStats::ok},
      base::Field{"bad_request", &HttpServerStats::bad_request},
      base::Field{"not_found", &HttpServerStats::not_found},
      base::Field{"method_not_allowed", &HttpServerStats::method_not_allowed},
      base::Field{"request_timeout", &HttpServerStats::request_timeout},
      base::Field{"content_too_large", &HttpServerStats::content_too_large},
      base::Field{"uri_too_long", &HttpServerStats::uri_too_long},
      base::Field{"header_fields_too_large", &HttpServerStats::header_fields_too_large},
      base::Field{"not_implemented", &HttpServerStats::not_implemented},
      base::Field{"version_not_supported", &HttpServerStats::version_not_supported},
      base::Field{"aborted", &HttpServerStats::aborted},
      base::Field{"body_octets", &HttpServerStats::body_octets}};
};

class HttpServer final : public TcpServer {
 public:
  static constexpr uint16_t kPort = 80;
  static constexpr size_t kTextSize = 1024;  // a request line, a field, or a part of a page
  static constexpr size_t kMaxHeadSize = 8 * 1024;
  static constexpr base::Duration kHeadLimit = std::chrono::seconds(10);  // for the whole head
  static constexpr base::Duration kIdleLimit = std::chrono::seconds(20);  // for the next room
  static constexpr base::Duration kConnectionLimit = std::chrono::minutes(10);
  static constexpr base::Duration kLingerLimit = std::chrono::seconds(2);
  static constexpr size_t kLingerBytes = 64 * 1024;
  static_assert(kTextSize >= 2 * kHttpSectionSize);

  // `pages` outlives the server.
  HttpServer(stack::Stack& stack, stack::TaskGroup& connections, HttpPages& pages,
             uint16_t port = kPort)
      : TcpServer(stack, connections, port), pages_(pages) {}

  const HttpServerStats& stats() const { return stats_; }

 private:
  // One request and its answer.
  struct Exchange {
    HttpRequestHead head;
    size_t head_left = kMaxHeadSize;
    base::Instant ends_at;  // the connection
    std::array<char, kTextSize> text;
  };
  // The entity of an answer: a page, so many bytes, or the reason of a failure.
  struct Entity {
    enum class Kind : uint8_t { kReason, kPage, kZero, kRandom };
    Kind kind = Kind::kReason;
    HttpPages::Page page{.content_type = "text/plain"};
    uint64_t size = 0;
  };

  stack::Task<base::Status> Serve(stack::TaskContext& context, stack::TcpSocket socket) override;

  // kOk: the head of a request is there. Another HttpStatus is the answer to give; a Status says
  // why there is nobody to answer.
  stack::Task<base::Result<HttpStatus>> ReadRequest(stack::TaskContext& context, Exchange& exchange,
                                                    stack::TcpReader& reader);
  stack::Task<base::Status> Answer(stack::TaskContext& context, Exchange& exchange,
                                   stack::TcpSocket& socket, HttpStatus status);
  stack::Task<base::Status> SendPage(stack::TaskContext& context, Exchange& exchange,
                                     stack::TcpSocket& socket, const Entity& entity);
  stack::Task<base::Status> SendBytes(stack::TaskContext& context, Exchange& exchange,
                                      stack::TcpSocket& socket, const Entity& entity);
  stack::Task<base::Status> Linger(stack::TaskContext& context, stack::TcpSocket& socket);

  base::Result<Entity> Find(std::string_view path);
  base::Instant Deadline(const Exchange& exchange) {
    return base::Earlier(exchange.ends_at, stack().now() + kIdleLimit);
  }
  void Count(HttpStatus status);

  HttpPages& pages_;
  HttpServerStats stats_;
};

}  // namespace agent
