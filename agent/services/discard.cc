#include "agent/services/discard.h"

#include "stack/sequential/tcp.h"

namespace agent {

stack::Task<base::Status> Discard::Serve(stack::TaskContext&, stack::TcpSocket socket) {
  while (true) {
    const base::Result<base::Pbuf> data = co_await Receive(socket, stack().now() + kIdleLimit);
    if (data) {
      stats_.octets += data->size();
      continue;
    }
    if (data.error() == base::Status::kClosed) {
      ++stats_.finished;
      co_return socket.Close();
    }
    ++stats_.failed;
    co_return data.error();
  }
}

}  // namespace agent
