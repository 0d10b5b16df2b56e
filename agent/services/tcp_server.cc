#include "agent/services/tcp_server.h"

#include <utility>

#include "stack/sequential/tcp.h"

namespace agent {

stack::Task<base::Status> TcpServer::Run(stack::TaskContext&) {
  base::Status status = listener_.Listen(port_);
  while (status == base::Status::kOk) {
    status = co_await FreeSlot(connections_, base::kNever);
    if (status != base::Status::kOk) {
      break;
    }
    base::Result<stack::TcpSocket> socket = co_await Accept(listener_, base::kNever);
    if (!socket) {
      status = socket.error();
      break;
    }
    ++server_stats_.accepted;
    const base::Status started = connections_.Spawn(
        [this](stack::TaskContext& context, stack::TcpSocket&& accepted) {
          return Serve(context, std::move(accepted));
        },
        std::move(*socket));
    if (started != base::Status::kOk) {
      ++server_stats_.refused_no_memory;
    }
  }
  listener_.Close();
  connections_.CancelAll();
  co_return status;
}

}  // namespace agent
