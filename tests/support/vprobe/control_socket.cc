#include "tests/support/vprobe/control_socket.h"

#include <algorithm>

#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/vprobe/usb_tree.h"

namespace test {
namespace {

constexpr size_t kLongestLine = 1024;

}  // namespace

ControlSocket::ControlSocket(const std::filesystem::path& path, Handler handler)
    : path_(path), handler_(std::move(handler)) {
  if (std::filesystem::is_socket(path)) {
    std::filesystem::remove(path);
  }
  listener_ = ListenUnix(path);
}

ControlSocket::~ControlSocket() {
  for (const Client& client : clients_) {
    ::close(client.socket);
  }
  ::close(listener_);
  ::unlink(path_.c_str());
}

std::vector<int> ControlSocket::sockets() const {
  std::vector<int> sockets{listener_};
  std::ranges::transform(clients_, std::back_inserter(sockets), &Client::socket);
  return sockets;
}

void ControlSocket::Serve(int socket) {
  if (socket == listener_) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) {
      clients_.push_back({.socket = client, .text = {}});
    }
    return;
  }
  const auto client = std::ranges::find(clients_, socket, &Client::socket);
  if (client == clients_.end()) {
    return;
  }
  char chunk[kLongestLine];
  const ssize_t size = ::recv(socket, chunk, sizeof(chunk), 0);
  if (size > 0) {
    client->text.append(chunk, static_cast<size_t>(size));
  }
  for (size_t end = 0; (end = client->text.find('\n')) != std::string::npos;) {
    const std::string answer = handler_(std::string_view(client->text).substr(0, end)) + "\n";
    client->text.erase(0, end + 1);
    static_cast<void>(::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL));
  }
  if (size <= 0 || client->text.size() > kLongestLine) {
    ::close(socket);
    clients_.erase(client);
  }
}

}  // namespace test
