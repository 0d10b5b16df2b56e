#include "tests/support/vprobe/usb_file.h"

#include <array>
#include <cassert>
#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace test {
namespace {

constexpr unsigned long kDone = 3;
constexpr unsigned long kReadMemory = 5;
constexpr unsigned long kWriteMemory = 6;
constexpr size_t kMostPieces = 4;

}  // namespace

UsbFile::UsbFile(int socket) : socket_(socket) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
    process_ = credentials.pid;
  }
}

UsbFile::~UsbFile() { ::close(socket_); }

std::optional<UsbFile::Message> UsbFile::Receive() {
  Message message{};
  if (!ReceiveAll(&message, sizeof(message))) {
    return std::nullopt;
  }
  return message;
}

// The kernel copies faster than messages do; where it may not, they do.
bool UsbFile::ReadMemory(uint64_t address, std::span<uint8_t> out) {
  const iovec local{out.data(), out.size()};
  const iovec remote{reinterpret_cast<void*>(address), out.size()};
  if (process_ > 0 &&
      ::process_vm_readv(process_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(out.size())) {
    return true;
  }
  const Message message{kReadMemory, address, out.size()};
  return Send(&message, sizeof(message)) && ReceiveAll(out.data(), out.size());
}

bool UsbFile::WriteMemory(std::span<const Piece> pieces) {
  assert(pieces.size() <= kMostPieces);
  std::array<iovec, kMostPieces> local;
  std::array<iovec, kMostPieces> remote;
  size_t total = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    local[i] = {const_cast<uint8_t*>(piece.bytes.data()), piece.bytes.size()};
    remote[i] = {reinterpret_cast<void*>(piece.address), piece.bytes.size()};
    total += piece.bytes.size();
  }
  if (process_ > 0 && ::process_vm_writev(process_, local.data(), pieces.size(), remote.data(),
                                          pieces.size(), 0) == static_cast<ssize_t>(total)) {
    return true;
  }
  for (const Piece& piece : pieces) {
    const Message message{kWriteMemory, piece.address, piece.bytes.size()};
    if (!Send(&message, sizeof(message)) || !Send(piece.bytes.data(), piece.bytes.size())) {
      return false;
    }
  }
  return true;
}

void UsbFile::Answer(int error, long result) {
  const Message message{kDone, static_cast<unsigned long>(error == 0 ? result : -1),
                        static_cast<unsigned long>(error)};
  // A client that has gone shows when the next message is received.
  static_cast<void>(Send(&message, sizeof(message)));
}

// One send for one message: the client takes what the first recv() has.
bool UsbFile::Send(const void* data, size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = ::send(socket_, next, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent <= 0) {
      return false;
    }
    next += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

bool UsbFile::ReceiveAll(void* data, size_t size) {
  ssize_t received = 0;
  do {
    received = ::recv(socket_, data, size, MSG_WAITALL);
  } while (received < 0 && errno == EINTR);
  return received == static_cast<ssize_t>(size);
}

}  // namespace test
