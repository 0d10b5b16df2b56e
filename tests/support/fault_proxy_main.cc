// netctl_fault_proxy: joins two unix sockets by a line with faults, for tests of whole programs.
//
//   netctl_fault_proxy --listen unix:PATH --connect unix:PATH --seed 7 --ber 1e-4
//
// Serves one connection after the other until it is killed. The seed decides every fault.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/fault_proxy.h"

namespace {

using test::FaultLine;
using test::LineFaults;

constexpr size_t kChunk = 4096;
constexpr size_t kMostQueued = 1 << 16;  // bytes that wait for a slow line

struct Settings {
  std::string listen;
  std::string connect;
  uint64_t seed = 1;
  LineFaults faults;
  bool down = true;  // faults on the way from the listener's client to the other side
  bool up = true;
};

base::Instant Now() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return base::FromMicroseconds(
      std::chrono::duration_cast<std::chrono::microseconds>(since_start).count());
}

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "netctl_fault_proxy: %s\n", what.c_str());
  std::exit(2);
}

sockaddr_un AddressOf(const std::string& url) {
  constexpr std::string_view kScheme = "unix:";
  std::string path = url.starts_with(kScheme) ? url.substr(kScheme.size()) : url;
  if (path.starts_with("//")) {
    path.erase(0, 2);
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    Fail("no usable path: " + url);
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

int Listen(const std::string& url) {
  const sockaddr_un address = AddressOf(url);
  ::unlink(address.sun_path);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd, 4) != 0) {
    Fail(url + ": " + std::strerror(errno));
  }
  return fd;
}

int Connect(const std::string& url) {
  const sockaddr_un address = AddressOf(url);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    std::fprintf(stderr, "netctl_fault_proxy: %s: %s\n", url.c_str(), std::strerror(errno));
    if (fd >= 0) {
      ::close(fd);
    }
    return -1;
  }
  return fd;
}

// One direction: what was read from one socket goes over the line, then waits for the other.
struct Pump {
  int from;
  int to;
  FaultLine line;
  std::vector<std::byte> arrived;

  bool wants_input() const { return line.size() + arrived.size() < kMostQueued; }

  // False when the sender is gone.
  bool ReadInput() {
    std::byte buffer[kChunk];
    const ssize_t count = ::read(from, buffer, sizeof(buffer));
    if (count > 0) {
      line.Write({buffer, static_cast<size_t>(count)}, Now());
    }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  }

  // False when the receiver is gone.
  bool WriteOutput() {
    const std::vector<std::byte> more = line.Read(kChunk, Now());
    arrived.insert(arrived.end(), more.begin(), more.end());
    if (arrived.empty()) {
      return true;
    }
    const ssize_t count = ::send(to, arrived.data(), arrived.size(), MSG_NOSIGNAL);
    if (count < 0) {
      return errno == EAGAIN || errno == EINTR;
    }
    arrived.erase(arrived.begin(), arrived.begin() + count);
    return true;
  }
};

int Timeout(const Pump& a, const Pump& b) {
  const base::Instant next = base::Earlier(a.line.next(), b.line.next());
  if (next == base::kNever) {
    return -1;
  }
  const base::Duration wait = next - Now();
  return static_cast<int>(std::clamp<int64_t>((wait.count() + 999) / 1000, 0, 1000));
}

short EventsOf(const Pump& in, const Pump& out) {
  return static_cast<short>((in.wants_input() ? POLLIN : 0) | (out.arrived.empty() ? 0 : POLLOUT));
}

// Until one of the two is gone.
void Serve(int client, int server, const Settings& settings, uint64_t connection) {
  const uint64_t seed = settings.seed + 2 * connection;
  Pump down{client, server, FaultLine(settings.down ? settings.faults : LineFaults{}, seed), {}};
  Pump up{server, client, FaultLine(settings.up ? settings.faults : LineFaults{}, seed + 1), {}};
  for (const int fd : {client, server}) {
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  while (true) {
    pollfd fds[] = {{client, EventsOf(down, up), 0}, {server, EventsOf(up, down), 0}};
    if (::poll(fds, 2, Timeout(down, up)) < 0 && errno != EINTR) {
      return;
    }
    if (((fds[0].revents & (POLLIN | POLLHUP)) != 0 && !down.ReadInput()) ||
        ((fds[1].revents & (POLLIN | POLLHUP)) != 0 && !up.ReadInput()) || !down.WriteOutput() ||
        !up.WriteOutput()) {
      return;
    }
  }
}

double Rate(const char* text) { return std::atof(text); }
uint64_t Number(const char* text) { return std::strtoull(text, nullptr, 0); }
std::chrono::milliseconds Milliseconds(const char* text) {
  return std::chrono::milliseconds(Number(text));
}

struct Option {
  std::string_view name;
  void (*set)(Settings& settings, const char* text);
};

// Rates are per byte, --ber per bit; offsets count the bytes of a connection and direction.
// clang-format off
constexpr Option kOptions[] = {
    {"--listen", [](Settings& s, const char* text) { s.listen = text; }},
    {"--connect", [](Settings& s, const char* text) { s.connect = text; }},
    {"--seed", [](Settings& s, const char* text) { s.seed = Number(text); }},
    {"--ber", [](Settings& s, const char* text) { s.faults.bit_error_rate = Rate(text); }},
    {"--drop-rate", [](Settings& s, const char* text) { s.faults.drop_rate = Rate(text); }},
    {"--insert-rate", [](Settings& s, const char* text) { s.faults.insert_rate = Rate(text); }},
    {"--duplicate-rate", [](Settings& s, const char* text) { s.faults.duplicate_rate = Rate(text); }},
    {"--text-rate", [](Settings& s, const char* text) { s.faults.text_rate = Rate(text); }},
    {"--stall-rate", [](Settings& s, const char* text) { s.faults.stall_rate = Rate(text); }},
    {"--stall-ms", [](Settings& s, const char* text) { s.faults.stall = Milliseconds(text); }},
    {"--drop-at", [](Settings& s, const char* text) { s.faults.drop_at = Number(text); }},
    {"--flip-at", [](Settings& s, const char* text) { s.faults.flip_at = Number(text); }},
    {"--insert-at", [](Settings& s, const char* text) { s.faults.insert_at = Number(text); }},
    {"--baud", [](Settings& s, const char* text) { s.faults.baud = static_cast<uint32_t>(Number(text)); }},
    {"--delay-ms", [](Settings& s, const char* text) { s.faults.delay = Milliseconds(text); }},
    {"--only", [](Settings& s, const char* text) {  // down: towards --connect; up: from it
       s.down = std::string_view(text) == "down";
       s.up = std::string_view(text) == "up";
     }},
};
// clang-format on

Settings Parse(int argc, char** argv) {
  Settings settings;
  for (int index = 1; index < argc; index += 2) {
    const auto option = std::ranges::find(kOptions, std::string_view(argv[index]), &Option::name);
    if (option == std::end(kOptions) || index + 1 == argc) {
      std::string usage = "options, each with a value:";
      for (const Option& known : kOptions) {
        usage += " " + std::string(known.name);
      }
      Fail(usage);
    }
    option->set(settings, argv[index + 1]);
  }
  if (settings.listen.empty() || settings.connect.empty()) {
    Fail("--listen and --connect are needed");
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  const Settings settings = Parse(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  const int listener = Listen(settings.listen);
  std::fprintf(stderr, "netctl_fault_proxy: seed %llu\n",
               static_cast<unsigned long long>(settings.seed));
  for (uint64_t connection = 0;; ++connection) {
    const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) {
      Fail(std::strerror(errno));
    }
    const int server = Connect(settings.connect);
    if (server >= 0) {
      Serve(client, server, settings, connection);
      ::close(server);
    }
    ::close(client);
  }
}
