#include "agent/services/http_client.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "agent/services/address_text.h"
#include "agent/services/http_response.h"
#include "agent/services/sha256.h"
#include "agent/services/text_writer.h"
#include "stack/sequential/dns.h"
#include "stack/sequential/tcp.h"
#include "stack/sequential/tcp_reader.h"

namespace agent {
namespace {

using base::Status;
using stack::Task;
using stack::TaskContext;

// One fetch on its way.
class Fetch {
 public:
  Fetch(stack::Stack& stack, const protocol::HttpRequest& request, HttpSink& receiver,
        protocol::HttpResult& result)
      : sink(receiver), request_(request), result_(result), stack_(stack), started_(stack.now()) {}

  base::Instant deadline() const {
    return stack_.now() + std::chrono::milliseconds(request_.timeout_ms);
  }
  uint32_t elapsed_us() const { return static_cast<uint32_t>(elapsed().count()); }

  // The whole request, in the line's memory.
  std::string_view RequestText();
  void OnHead();
  void OnBody(base::ConstByteSpan piece);
  void OnEnd(const stack::TcpSocket& socket);

  HttpSink& sink;
  HttpResponseHead head;
  size_t head_left = kHttpMaxHead;
  std::array<char, kHttpLineSize> line;

 private:
  base::Duration elapsed() const { return stack_.now() - started_; }
  void ReportProgress();

  const protocol::HttpRequest& request_;
  protocol::HttpResult& result_;
  stack::Stack& stack_;
  base::Instant started_;
  base::Instant next_progress_;
  Sha256 hash_;
};

std::string_view Fetch::RequestText() {
  TextWriter out(line);
  out.Text("GET ").Text(request_.path.view()).Text(" HTTP/1.1\r\nHost: ");
  out.Text(request_.host.view());
  if (request_.port != 80) {
    out.Text(":").Decimal(request_.port);
  }
  out.Text("\r\nUser-Agent: netctl\r\nAccept: */*\r\nConnection: close\r\n\r\n");
  return out.view();
}
static_assert(kHttpLineSize >= 100 + decltype(protocol::HttpRequest::host)::kCapacity +
                                   decltype(protocol::HttpRequest::path)::kCapacity);

void Fetch::OnHead() {
  result_.code = head.code();
  result_.content_type = head.content_type();
  result_.location = head.location();
  ReportProgress();
}

void Fetch::OnBody(base::ConstByteSpan piece) {
  hash_.Add(piece);
  result_.size += piece.size();
  if (stack_.now() >= next_progress_) {
    ReportProgress();
  }
}

void Fetch::ReportProgress() {
  next_progress_ = stack_.now() + kHttpProgressInterval;
  sink.OnProgress({.code = head.code(),
                   .length_known = head.body() == HttpBodyKind::kLength,
                   .content_length = head.length(),
                   .received = result_.size});
}

void Fetch::OnEnd(const stack::TcpSocket& socket) {
  result_.sha256 = hash_.Finish();
  result_.retransmits = socket.info().retransmits;
  result_.total_us = static_cast<uint64_t>(elapsed().count());
  if (result_.code != 0) {
    ReportProgress();
  }
}

bool IsVisible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return static_cast<uint8_t>(c) > ' ' && static_cast<uint8_t>(c) != 0x7f;
  });
}

bool IsSendable(const protocol::HttpRequest& request) {
  return !request.host.empty() && IsVisible(request.host.view()) &&
         request.path.view().starts_with('/') && IsVisible(request.path.view());
}

// Within a response, the end of the stream is a loss.
Status EndIsLoss(Status status) { return status == Status::kClosed ? Status::kDataLoss : status; }

auto WriteAll(HttpSink& sink, base::ConstByteSpan body, base::Instant deadline) {
  return stack::Until(sink.changed(), deadline, [&sink, rest = body]() mutable {
    while (!rest.empty()) {
      const base::Result<size_t> taken = sink.Write(rest);
      if (!taken || *taken == 0) {
        return taken ? Status::kUnavailable : taken.error();
      }
      rest = rest.subspan(*taken);
    }
    return Status::kOk;
  });
}

// One header or trailer line. kClosed: it was the empty one behind them.
Task<Status> ReadField(TaskContext&, Fetch& fetch, stack::TcpReader& reader) {
  const base::Result<std::string_view> line =
      co_await ReadLine(reader, fetch.line, fetch.deadline());
  if (line) {
    if (line->empty()) {
      co_return Status::kClosed;
    }
    if (line->size() > fetch.head_left) {
      co_return Status::kResourceExhausted;
    }
    fetch.head_left -= line->size();
    co_return fetch.head.AddField(*line);
  }
  if (line.error() != Status::kResourceExhausted) {
    co_return EndIsLoss(line.error());
  }
  const Status added = fetch.head.AddCutField({fetch.line.data(), fetch.line.size()});
  if (added != Status::kOk) {
    co_return added;
  }
  co_return co_await SkipLine(reader, fetch.head_left, fetch.deadline());
}

Task<Status> ReadFields(TaskContext& context, Fetch& fetch, stack::TcpReader& reader) {
  while (true) {
    const Status status = co_await ReadField(context, fetch, reader);
    if (status != Status::kOk) {
      co_return status == Status::kClosed ? Status::kOk : status;
    }
  }
}

// The head of the final response.
Task<Status> ReadHead(TaskContext& context, Fetch& fetch, stack::TcpReader& reader) {
  for (int i = 0; i <= kHttpMaxInterim; ++i) {
    const base::Result<std::string_view> line =
        co_await ReadLine(reader, fetch.line, fetch.deadline());
    if (!line) {
      // A status line as long as that is none.
      co_return line.error() == Status::kResourceExhausted ? Status::kDataLoss : line.error();
    }
    fetch.head.Reset();
    Status status = fetch.head.SetStatusLine(*line);
    if (status != Status::kOk) {
      co_return status;
    }
    status = co_await ReadFields(context, fetch, reader);
    if (status != Status::kOk || !fetch.head.is_interim()) {
      co_return status;
    }
  }
  co_return Status::kResourceExhausted;
}

// Passes `count` bytes on to the sink. kClosed: the stream ended before.
Task<Status> PassBytes(TaskContext&, Fetch& fetch, stack::TcpReader& reader, uint64_t count) {
  while (count != 0) {
    const base::Result<base::ConstByteSpan> bytes = co_await Peek(reader, fetch.deadline());
    if (!bytes) {
      co_return bytes.error();
    }
    const base::ConstByteSpan piece =
        bytes->first(static_cast<size_t>(std::min<uint64_t>(bytes->size(), count)));
    const Status written = co_await WriteAll(fetch.sink, piece, fetch.deadline());
    if (written != Status::kOk) {
      co_return written;
    }
    fetch.OnBody(piece);
    reader.Consume(piece.size());
    count -= piece.size();
  }
  co_return Status::kOk;
}

// RFC 9112 7.1: chunks up to one of size 0, then trailers.
Task<Status> PassChunks(TaskContext& context, Fetch& fetch, stack::TcpReader& reader) {
  while (true) {
    const base::Result<std::string_view> line =
        co_await ReadLine(reader, fetch.line, fetch.deadline());
    if (!line) {
      co_return line.error();
    }
    const base::Result<uint64_t> size = ParseHttpChunkSize(*line);
    if (!size) {
      co_return size.error();
    }
    if (*size == 0) {
      co_return co_await ReadFields(context, fetch, reader);
    }
    const Status passed = co_await PassBytes(context, fetch, reader, *size);
    if (passed != Status::kOk) {
      co_return passed;
    }
    const base::Result<std::string_view> end =
        co_await ReadLine(reader, std::span(fetch.line).first(2), fetch.deadline());
    if (!end) {
      co_return end.error() == Status::kResourceExhausted ? Status::kDataLoss : end.error();
    }
    if (!end->empty()) {
      co_return Status::kDataLoss;
    }
  }
}

Task<Status> PassBody(TaskContext& context, Fetch& fetch, stack::TcpReader& reader) {
  Status status = Status::kOk;
  switch (fetch.head.body()) {
    case HttpBodyKind::kNone:
      break;
    case HttpBodyKind::kLength:
      status = co_await PassBytes(context, fetch, reader, fetch.head.length());
      break;
    case HttpBodyKind::kChunked:
      status = co_await PassChunks(context, fetch, reader);
      break;
    case HttpBodyKind::kUntilClose:
      status = co_await PassBytes(context, fetch, reader, UINT64_MAX);
      co_return status == Status::kClosed ? Status::kOk : status;
  }
  co_return EndIsLoss(status);
}

// Over an established connection.
Task<Status> Exchange(TaskContext& context, Fetch& fetch, stack::TcpSocket& socket,
                      protocol::HttpResult& result) {
  const std::string_view text = fetch.RequestText();
  Status status = co_await Send(socket, base::AsBytes(text), fetch.deadline());
  if (status != Status::kOk) {
    co_return status;
  }
  stack::TcpReader reader(socket);
  const base::Result<base::ConstByteSpan> first = co_await Peek(reader, fetch.deadline());
  if (!first) {
    co_return first.error();
  }
  result.starttransfer_us = fetch.elapsed_us();
  status = co_await ReadHead(context, fetch, reader);
  if (status != Status::kOk) {
    co_return EndIsLoss(status);
  }
  fetch.OnHead();
  co_return co_await PassBody(context, fetch, reader);
}

}  // namespace

Task<Status> FetchHttp(TaskContext& context, stack::Stack& stack, stack::DnsClient& dns,
                       const protocol::HttpRequest& request, HttpSink& sink,
                       protocol::HttpResult& result) {
  if (!IsSendable(request)) {
    co_return Status::kInvalidArgument;
  }
  Fetch fetch(stack, request, sink, result);
  base::Result<base::Ipv4Address> address = ParseIpv4Address(request.host.view());
  if (!address) {
    const base::Result<stack::DnsAnswer> answer =
        co_await stack::Resolve(dns, request.host.view(), fetch.deadline());
    if (!answer) {
      co_return answer.error();
    }
    address = answer->addresses[0];
  }
  result.address = *address;
  result.namelookup_us = fetch.elapsed_us();
  base::Result<stack::TcpSocket> socket = stack.tcp().Connect({*address, request.port});
  if (!socket) {
    co_return socket.error();
  }
  Status status = co_await Connected(*socket, fetch.deadline());
  if (status == Status::kOk) {
    result.connect_us = fetch.elapsed_us();
    status = co_await Exchange(context, fetch, *socket, result);
  }
  fetch.OnEnd(*socket);
  if (status == Status::kOk) {
    static_cast<void>(socket->Close());
  }
  co_return status;
}

}  // namespace agent
