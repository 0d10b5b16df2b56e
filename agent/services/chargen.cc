#include "agent/services/chargen.h"

#include "agent/services/chargen_pattern.h"
#include "stack/sequential/tcp.h"

namespace agent {
namespace {

// Sends more of the text, and throws away what the peer says (RFC 864). kClosed: it closed.
auto SendText(stack::TcpSocket& socket, uint64_t offset, base::Instant deadline) {
  return stack::Until(socket.changed(), deadline, [&socket, offset]() -> base::Result<size_t> {
    const base::Result<base::Pbuf> said = socket.Receive();
    if (!said && said.error() != base::Status::kUnavailable) {
      return std::unexpected(said.error());
    }
    return socket.Send(ChargenFrom(offset));
  });
}

}  // namespace

stack::Task<base::Status> Chargen::Serve(stack::TaskContext&, stack::TcpSocket socket) {
  uint64_t offset = 0;
  while (true) {
    const base::Result<size_t> sent = co_await SendText(socket, offset, stack().now() + kIdleLimit);
    if (sent) {
      offset += *sent;
      stats_.octets += *sent;
      continue;
    }
    if (sent.error() == base::Status::kClosed) {
      ++stats_.finished;
      co_return socket.Close();
    }
    ++stats_.failed;
    co_return sent.error();
  }
}

}  // namespace agent
