#include "tests/support/vprobe/qemu_monitor.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr std::string_view kPrompt = "(qemu) ";
constexpr uint32_t kXpsr = 16;
constexpr uint32_t kMsp = 17;
constexpr uint32_t kPsp = 18;

}  // namespace

uint32_t RegisterIn(std::string_view dump, std::string_view name) {
  for (size_t at = dump.find(name); at != std::string_view::npos; at = dump.find(name, at + 1)) {
    const size_t value_at = at + name.size() + 1;
    const bool whole = at == 0 || dump[at - 1] == ' ' || dump[at - 1] == '\n';
    if (!whole || value_at >= dump.size() || dump[value_at - 1] != '=') {
      continue;
    }
    uint32_t value = 0;
    std::from_chars(dump.data() + value_at, dump.data() + dump.size(), value, 16);
    return value;
  }
  return 0;
}

QemuMonitor::QemuMonitor(int socket) : socket_(socket) {
  try {
    ReadToPrompt();
  } catch (...) {
    ::close(socket_);
    throw;
  }
}

QemuMonitor::~QemuMonitor() { ::close(socket_); }

std::string QemuMonitor::Command(std::string_view command) {
  const std::string line = std::string(command) + "\n";
  if (::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    throw std::runtime_error("QEMU has ended");
  }
  return ReadToPrompt();
}

uint32_t QemuMonitor::Register(uint32_t number) {
  const std::string dump = Command("info registers");
  if (number < kXpsr) {
    return RegisterIn(dump, fmt::format("R{:02}", number));
  }
  if (number == kXpsr) {
    return RegisterIn(dump, "XPSR");
  }
  // Only the pointer in use is shown.
  return number == kMsp || number == kPsp ? RegisterIn(dump, "R13") : 0;
}

std::string QemuMonitor::ReadToPrompt() {
  std::string text;
  while (!text.ends_with(kPrompt)) {
    pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
    char chunk[4096];
    ssize_t size = 0;
    if (::poll(&wait, 1, kPatienceMs) <= 0 ||
        (size = ::recv(socket_, chunk, sizeof(chunk), 0)) <= 0) {
      throw std::runtime_error("QEMU does not start, or has ended");
    }
    text.append(chunk, static_cast<size_t>(size));
  }
  return text;
}

}  // namespace test
