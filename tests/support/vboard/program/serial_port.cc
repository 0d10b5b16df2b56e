#include "tests/support/vboard/program/serial_port.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace test {
namespace {

// Bytes on the way to the board, and from it to a reader who does not read. Beyond that the line
// makes the one side wait and loses what the other side says.
constexpr size_t kMostUnreceived = 4096;
constexpr size_t kMostUnsent = 1 << 20;

}  // namespace

SerialPort::SerialPort(VirtualBoard& board)
    : board_(board),
      output_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)),
      input_flags_(::fcntl(STDIN_FILENO, F_GETFL)),
      output_flags_(::fcntl(output_, F_GETFL)) {
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  ::fcntl(STDIN_FILENO, F_SETFL, input_flags_ | O_NONBLOCK);
  ::fcntl(output_, F_SETFL, output_flags_ | O_NONBLOCK);
  board_.SetSerialSink([this](std::byte byte) {
    if (unsent_.size() < kMostUnsent) {
      unsent_.push_back(byte);
    }
  });
}

SerialPort::~SerialPort() {
  board_.SetSerialSink({});
  // Others may hold the same terminal.
  ::fcntl(STDIN_FILENO, F_SETFL, input_flags_);
  ::fcntl(output_, F_SETFL, output_flags_);
}

size_t SerialPort::Prepare(std::span<pollfd> fds, size_t used) {
  index_ = used;
  const bool has_room = board_.serial_unreceived() < kMostUnreceived;
  fds[used] = {
      .fd = STDIN_FILENO, .events = static_cast<short>(has_room ? POLLIN : 0), .revents = 0};
  fds[used + 1] = {
      .fd = output_, .events = static_cast<short>(unsent_.empty() ? 0 : POLLOUT), .revents = 0};
  return used + 2;
}

void SerialPort::Process(std::span<const pollfd> fds) {
  if ((fds[index_].revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)) != 0) {
    Fill();
  }
  if ((fds[index_ + 1].revents & (POLLERR | POLLNVAL)) != 0) {
    is_closed_ = true;
  }
}

void SerialPort::Fill() {
  std::array<std::byte, kMostUnreceived> data;
  const ssize_t count = ::read(STDIN_FILENO, data.data(), data.size());
  if (count > 0) {
    received_ += static_cast<uint64_t>(count);
    board_.SerialReceive(std::span(data).first(static_cast<size_t>(count)));
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    is_closed_ = true;
  }
}

void SerialPort::Flush() {
  if (unsent_.empty()) {
    return;
  }
  const ssize_t count = ::write(output_, unsent_.data(), unsent_.size());
  if (count < 0) {
    is_closed_ |= errno != EAGAIN && errno != EINTR;
    return;
  }
  sent_ += static_cast<uint64_t>(count);
  unsent_.erase(unsent_.begin(), unsent_.begin() + count);
}

}  // namespace test
