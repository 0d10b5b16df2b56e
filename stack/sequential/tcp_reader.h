// Reads a TCP stream in the pieces that its protocol has: lines, then bytes in place.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "stack/base/bytes.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"
#include "stack/sequential/await.h"
#include "stack/tcp/socket.h"

namespace stack {

class TcpReader {
 public:
  // `socket` outlives the reader and is read by nobody else.
  explicit TcpReader(TcpSocket& socket) : socket_(socket) {}

  TcpSocket& socket() { return socket_; }

  // The bytes in front, at least one, where they were received; valid until Consume. Else as
  // TcpSocket::Receive.
  base::Result<base::ConstByteSpan> Peek();
  // Lets go of the first `count` bytes of what Peek gave.
  void Consume(size_t count);

  // Takes bytes up to the end of a line into `line`, from `used` on, which it moves. kOk: the line
  // is complete and LF, or CR LF, taken off (RFC 9112 2.2). kResourceExhausted: `line` is full and
  // holds the beginning; the rest is still to be read. kDataLoss: the stream ended within the line;
  // else as TcpSocket::Receive.
  base::Status TakeLine(std::span<char> line, size_t& used);
  // Drops bytes up to the end of the line, at most `limit` of them, which it counts down.
  // kResourceExhausted: the limit came first; else as TakeLine.
  base::Status DropLine(size_t& limit);

 private:
  base::Status EndOfStream(base::Status status, bool within_line) const {
    return status == base::Status::kClosed && within_line ? base::Status::kDataLoss : status;
  }

  TcpSocket& socket_;
  base::Pbuf pending_;
};

// Awaits bytes to look at.
inline auto Peek(TcpReader& reader, base::Instant deadline) {
  return Until(reader.socket().changed(), deadline, [&reader] { return reader.Peek(); });
}

// Awaits a line: a view of `line`, without its end.
inline auto ReadLine(TcpReader& reader, std::span<char> line, base::Instant deadline) {
  return Until(reader.socket().changed(), deadline,
               [&reader, line, used = size_t{0}]() mutable -> base::Result<std::string_view> {
                 const base::Status status = reader.TakeLine(line, used);
                 if (status != base::Status::kOk) {
                   return std::unexpected(status);
                 }
                 return std::string_view(line.data(), used);
               });
}

// Awaits the end of a line that ReadLine found too long; `limit` outlives the await.
inline auto SkipLine(TcpReader& reader, size_t& limit, base::Instant deadline) {
  return Until(reader.socket().changed(), deadline,
               [&reader, &limit] { return reader.DropLine(limit); });
}

}  // namespace stack
