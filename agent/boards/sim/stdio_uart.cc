#include "agent/boards/sim/stdio_uart.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace agent::sim {

void StdioUart::Open() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
}

size_t StdioUart::Write(base::ConstByteSpan data) {
  const size_t taken = unsent_.Write(data);
  Flush();
  return taken;
}

size_t StdioUart::Prepare(std::span<pollfd> fds, size_t used) {
  index_ = used;
  fds[used] = {.fd = STDIN_FILENO,
               .events = static_cast<short>(received_.room() != 0 ? POLLIN : 0),
               .revents = 0};
  fds[used + 1] = {.fd = STDOUT_FILENO,
                   .events = static_cast<short>(unsent_.empty() ? 0 : POLLOUT),
                   .revents = 0};
  return used + 2;
}

void StdioUart::Process(std::span<const pollfd> fds) {
  if ((fds[index_].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
    Fill();
  }
  if ((fds[index_ + 1].revents & (POLLOUT | POLLERR)) != 0) {
    Flush();
  }
}

void StdioUart::Fill() {
  std::array<std::byte, 1024> data;
  const size_t room = std::min(received_.room(), data.size());
  if (room == 0) {
    return;
  }
  const ssize_t count = ::read(STDIN_FILENO, data.data(), room);
  if (count > 0) {
    stats_.rx_octets += static_cast<uint64_t>(count);
    received_.Write(base::ConstByteSpan(data).first(static_cast<size_t>(count)));
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    closed_ = true;
  }
}

void StdioUart::Flush() {
  // The ring may wrap: two pieces at most.
  for (int piece = 0; piece < 2 && !unsent_.empty(); ++piece) {
    const base::ConstByteSpan front = unsent_.front();
    const ssize_t count = ::write(STDOUT_FILENO, front.data(), front.size());
    if (count < 0) {
      closed_ |= errno != EAGAIN && errno != EINTR;
      return;
    }
    stats_.tx_octets += static_cast<uint64_t>(count);
    unsent_.Drop(static_cast<size_t>(count));
  }
}

}  // namespace agent::sim
