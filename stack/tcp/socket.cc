#include "stack/tcp/socket.h"

#include "stack/tcp/connection.h"

namespace stack {

TcpSocket& TcpSocket::operator=(TcpSocket&& other) noexcept {
  if (this != &other) {
    Abort();
    connection_ = std::exchange(other.connection_, nullptr);
  }
  return *this;
}

TcpState TcpSocket::state() const { return valid() ? connection_->state() : TcpState::kClosed; }

base::Status TcpSocket::connect_status() const { return connection_->connect_status(); }

base::Result<base::Pbuf> TcpSocket::Receive() { return connection_->Receive(); }

base::Result<size_t> TcpSocket::Receive(base::ByteSpan out) { return connection_->Receive(out); }

size_t TcpSocket::receive_queued() const { return connection_->receive_queued(); }

base::Result<size_t> TcpSocket::Send(base::ConstByteSpan data) { return connection_->Send(data); }

base::Status TcpSocket::Send(base::Pbuf&& data) { return connection_->Send(std::move(data)); }

size_t TcpSocket::send_room() const { return connection_->send_room(); }

bool TcpSocket::all_acknowledged() const { return connection_->all_acknowledged(); }

base::Status TcpSocket::CloseSend() { return connection_->CloseSend(); }

base::Status TcpSocket::Close() { return std::exchange(connection_, nullptr)->Close(); }

void TcpSocket::Abort() {
  if (valid()) {
    std::exchange(connection_, nullptr)->Abort();
  }
}

base::SocketAddress TcpSocket::local() const {
  const ConnectionId& id = connection_->id();
  return {id.local_ip, id.local_port};
}

base::SocketAddress TcpSocket::remote() const {
  const ConnectionId& id = connection_->id();
  return {id.remote_ip, id.remote_port};
}

TcpInfo TcpSocket::info() const { return connection_->info(); }

base::Signal& TcpSocket::changed() { return connection_->changed(); }

}  // namespace stack
