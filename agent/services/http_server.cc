#include "agent/services/http_server.h"

#include <algorithm>
#include <utility>

#include "agent/services/text_writer.h"
#include "stack/sequential/tcp.h"

namespace agent {
namespace {

using base::Status;
using stack::Task;
using stack::TaskContext;

constexpr size_t kHeadSize = 256;  // of an answer

struct AnswerHead {
  HttpStatus status = HttpStatus::kOk;
  std::string_view content_type = "text/plain";
  bool has_length = true;
  uint64_t length = 0;
};

void WriteHead(const AnswerHead& head, TextWriter& out) {
  out.Text("HTTP/1.1 ").Decimal(static_cast<uint16_t>(head.status)).Text(" ");
  out.Text(HttpReason(head.status)).Text("\r\nServer: netctl\r\nContent-Type: ");
  out.Text(head.content_type);
  if (head.has_length) {
    out.Text("\r\nContent-Length: ").Decimal(head.length);
  }
  if (head.status == HttpStatus::kMethodNotAllowed) {
    out.Text("\r\nAllow: GET, HEAD");  // RFC 9110 15.5.6
  }
  out.Text("\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
}

// Fills `out` with pseudo-random bytes (xorshift32): the same for the same first state.
void FillRandom(std::span<char> out, uint32_t& state) {
  for (char& byte : out) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    byte = static_cast<char>(state);
  }
}

// What a failed read of the head means to the client, or that there is no client any more.
base::Result<HttpStatus> AnswerTo(Status failure, HttpStatus too_long) {
  switch (failure) {
    case Status::kResourceExhausted:
      return too_long;
    case Status::kDeadlineExceeded:
      return HttpStatus::kRequestTimeout;
    default:
      return std::unexpected(failure);
  }
}

}  // namespace

Task<Status> HttpServer::Serve(TaskContext& context, stack::TcpSocket socket) {
  Exchange exchange;
  exchange.ends_at = stack().now() + kConnectionLimit;
  stack::TcpReader reader(socket);
  const base::Result<HttpStatus> request = co_await ReadRequest(context, exchange, reader);
  if (!request) {
    ++stats_.aborted;
    co_return request.error();
  }
  const Status answered = co_await Answer(context, exchange, socket, *request);
  if (answered != Status::kOk) {
    ++stats_.aborted;
    co_return answered;
  }
  co_return co_await Linger(context, socket);
}

Task<base::Result<HttpStatus>> HttpServer::ReadRequest(TaskContext&, Exchange& exchange,
                                                       stack::TcpReader& reader) {
  const base::Instant deadline = stack().now() + kHeadLimit;
  base::Result<std::string_view> line = co_await ReadLine(reader, exchange.text, deadline);
  if (line && line->empty()) {  // RFC 9112 2.2: one empty line in front is ignored
    line = co_await ReadLine(reader, exchange.text, deadline);
  }
  if (!line) {
    co_return AnswerTo(line.error(), HttpStatus::kUriTooLong);
  }
  HttpStatus status = exchange.head.SetRequestLine(*line);
  while (status == HttpStatus::kOk) {
    exchange.head_left -= std::min(exchange.head_left, line->size());
    if (exchange.head_left == 0) {
      co_return HttpStatus::kHeaderFieldsTooLarge;
    }
    line = co_await ReadLine(reader, exchange.text, deadline);
    if (!line) {
      co_return AnswerTo(line.error(), HttpStatus::kHeaderFieldsTooLarge);
    }
    if (line->empty()) {
      co_return exchange.head.Finish();
    }
    status = exchange.head.AddField(*line);
  }
  co_return status;
}

base::Result<HttpServer::Entity> HttpServer::Find(std::string_view path) {
  for (const auto& [prefix, kind] :
       {std::pair{std::string_view("/zero/"), Entity::Kind::kZero},
        std::pair{std::string_view("/random/"), Entity::Kind::kRandom}}) {
    if (path.starts_with(prefix)) {
      const base::Result<uint64_t> size = ParseHttpLength(path.substr(prefix.size()));
      if (!size) {
        return std::unexpected(Status::kNotFound);
      }
      return Entity{.kind = kind, .page{.content_type = "application/octet-stream"}, .size = *size};
    }
  }
  const base::Result<HttpPages::Page> page = pages_.Find(path);
  if (!page) {
    return std::unexpected(page.error());
  }
  return Entity{.kind = Entity::Kind::kPage, .page = *page};
}

Task<Status> HttpServer::Answer(TaskContext& context, Exchange& exchange, stack::TcpSocket& socket,
                                HttpStatus status) {
  Entity entity;
  if (status == HttpStatus::kOk) {
    const base::Result<Entity> found = Find(exchange.head.path());
    if (found) {
      entity = *found;
    } else {
      status = HttpStatus::kNotFound;
    }
  }
  Count(status);
  if (entity.kind == Entity::Kind::kPage) {
    co_return co_await SendPage(context, exchange, socket, entity);
  }
  if (entity.kind != Entity::Kind::kReason) {
    co_return co_await SendBytes(context, exchange, socket, entity);
  }
  const std::string_view reason = HttpReason(status);
  TextWriter out(exchange.text);
  WriteHead({.status = status, .length = reason.size() + 1}, out);
  if (!exchange.head.head_only()) {
    out.Text(reason).Text("\n");
  }
  co_return co_await Send(socket, base::AsBytes(out.view()), Deadline(exchange));
}

Task<Status> HttpServer::SendPage(TaskContext&, Exchange& exchange, stack::TcpSocket& socket,
                                  const Entity& entity) {
  bool first = true;
  bool ended = false;
  size_t section = 0;
  while (!ended) {
    TextWriter body(exchange.text);
    while (!ended && body.room() >= kHttpSectionSize) {
      ended = !pages_.WriteSection(entity.page, section, body);
      ++section;
    }
    if (first) {
      // A short page is complete by now and has a length; a long one lasts until the close.
      std::array<char, kHeadSize> memory;
      TextWriter head(memory);
      WriteHead({.content_type = entity.page.content_type,
                 .has_length = ended,
                 .length = body.view().size()},
                head);
      const Status sent = co_await Send(socket, base::AsBytes(head.view()), Deadline(exchange));
      if (sent != Status::kOk || exchange.head.head_only()) {
        co_return sent;
      }
      first = false;
    }
    const Status sent = co_await Send(socket, base::AsBytes(body.view()), Deadline(exchange));
    if (sent != Status::kOk) {
      co_return sent;
    }
    stats_.body_octets += body.view().size();
  }
  co_return Status::kOk;
}

Task<Status> HttpServer::SendBytes(TaskContext&, Exchange& exchange, stack::TcpSocket& socket,
                                   const Entity& entity) {
  TextWriter head(exchange.text);
  WriteHead({.content_type = entity.page.content_type, .length = entity.size}, head);
  Status status = co_await Send(socket, base::AsBytes(head.view()), Deadline(exchange));
  uint64_t left = exchange.head.head_only() ? 0 : entity.size;
  uint32_t random = 1;
  exchange.text.fill(0);
  while (status == Status::kOk && left != 0) {
    if (entity.kind == Entity::Kind::kRandom) {
      FillRandom(exchange.text, random);
    }
    base::ConstByteSpan piece = base::AsBytes(exchange.text);
    piece = piece.first(static_cast<size_t>(std::min<uint64_t>(piece.size(), left)));
    status = co_await Send(socket, piece, Deadline(exchange));
    if (status == Status::kOk) {
      stats_.body_octets += piece.size();
      left -= piece.size();
    }
  }
  co_return status;
}

// RFC 9112 9.6: the answer must have arrived before the connection goes, and closing with unread
// bytes would reset it. So what the client still says, such as the body of a request that was
// refused, is read and dropped, within limits.
Task<Status> HttpServer::Linger(TaskContext&, stack::TcpSocket& socket) {
  const base::Instant deadline = stack().now() + kLingerLimit;
  Status status = socket.CloseSend();
  size_t dropped = 0;
  while (status == Status::kOk && dropped < kLingerBytes) {
    const base::Result<base::Pbuf> data = co_await Receive(socket, deadline);
    if (data) {
      dropped += data->size();
    } else {
      status = data.error();
    }
  }
  const Status closed = socket.Close();
  co_return status == Status::kClosed ? closed : status;
}

void HttpServer::Count(HttpStatus status) {
  switch (status) {
    case HttpStatus::kOk:
      ++stats_.ok;
      break;
    case HttpStatus::kBadRequest:
      ++stats_.bad_request;
      break;
    case HttpStatus::kNotFound:
      ++stats_.not_found;
      break;
    case HttpStatus::kMethodNotAllowed:
      ++stats_.method_not_allowed;
      break;
    case HttpStatus::kRequestTimeout:
      ++stats_.request_timeout;
      break;
    case HttpStatus::kContentTooLarge:
      ++stats_.content_too_large;
      break;
    case HttpStatus::kUriTooLong:
      ++stats_.uri_too_long;
      break;
    case HttpStatus::kHeaderFieldsTooLarge:
      ++stats_.header_fields_too_large;
      break;
    case HttpStatus::kNotImplemented:
      ++stats_.not_implemented;
      break;
    case HttpStatus::kVersionNotSupported:
      ++stats_.version_not_supported;
      break;
  }
}

}  // namespace agent
