#include "agent/boards/sim/slirp_wire.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <arpa/inet.h>
#include <slirp/libslirp.h>

#include "agent/board.h"

namespace agent::sim {
namespace {

constexpr uint32_t Address(uint8_t last) { return uint32_t{10} << 24 | uint32_t{2} << 8 | last; }

short ToPoll(int events) {
  int poll_events = 0;
  poll_events |= (events & SLIRP_POLL_IN) != 0 ? POLLIN : 0;
  poll_events |= (events & SLIRP_POLL_OUT) != 0 ? POLLOUT : 0;
  poll_events |= (events & SLIRP_POLL_PRI) != 0 ? POLLPRI : 0;
  return static_cast<short>(poll_events);
}

int FromPoll(short revents) {
  int events = 0;
  events |= (revents & POLLIN) != 0 ? SLIRP_POLL_IN : 0;
  events |= (revents & POLLOUT) != 0 ? SLIRP_POLL_OUT : 0;
  events |= (revents & POLLPRI) != 0 ? SLIRP_POLL_PRI : 0;
  events |= (revents & POLLERR) != 0 ? SLIRP_POLL_ERR : 0;
  events |= (revents & POLLHUP) != 0 ? SLIRP_POLL_HUP : 0;
  return events;
}

}  // namespace

// What slirp calls; `opaque` is the SlirpWire. Timers serve its IPv6 router advertisements only,
// which are off.
struct SlirpCallbacks {
  static ssize_t SendPacket(const void* data, size_t size, void* opaque) {
    auto& self = *static_cast<SlirpWire*>(opaque);
    self.sink_->OnFrame({static_cast<const std::byte*>(data), size});
    return static_cast<ssize_t>(size);
  }
  static void GuestError(const char* message, void*) {
    std::fprintf(stderr, "user-mode network: %s\n", message);
  }
  static int64_t ClockNanoseconds(void*) { return base::ToMicroseconds(Now()) * 1000; }
  static void* NewTimer(SlirpTimerCb, void*, void*) { return nullptr; }
  static void FreeTimer(void*, void*) {}
  static void ChangeTimer(void*, int64_t, void*) {}
  static void RegisterFd(int, void*) {}
  static void UnregisterFd(int, void*) {}
  static void Notify(void*) {}

  static int AddPoll(int fd, int events, void* opaque) {
    auto& self = *static_cast<SlirpWire*>(opaque);
    if (self.used_ == self.fds_.size()) {
      return -1;  // such a connection makes no progress until another one ends
    }
    self.fds_[self.used_] = {.fd = fd, .events = ToPoll(events), .revents = 0};
    return static_cast<int>(self.used_++);
  }
  static int GetEvents(int index, void* opaque) {
    const auto& self = *static_cast<SlirpWire*>(opaque);
    return index < 0 ? 0 : FromPoll(self.ready_[static_cast<size_t>(index)].revents);
  }

  static constexpr SlirpCb kTable = {.send_packet = SendPacket,
                                     .guest_error = GuestError,
                                     .clock_get_ns = ClockNanoseconds,
                                     .timer_new = NewTimer,
                                     .timer_free = FreeTimer,
                                     .timer_mod = ChangeTimer,
                                     .register_poll_fd = RegisterFd,
                                     .unregister_poll_fd = UnregisterFd,
                                     .notify = Notify,
                                     .init_completed = nullptr,
                                     .timer_new_opaque = nullptr};
};

void SlirpWire::Open(FrameSink& sink) {
  sink_ = &sink;
  SlirpConfig config{};
  config.version = 1;
  config.in_enabled = true;
  config.vnetwork.s_addr = htonl(Address(0));
  config.vnetmask.s_addr = htonl(0xffffff00);
  config.vhost.s_addr = htonl(Address(2));
  config.vdhcp_start.s_addr = htonl(Address(15));
  config.vnameserver.s_addr = htonl(Address(3));
  slirp_ = ::slirp_new(&config, &SlirpCallbacks::kTable, this);
  if (slirp_ == nullptr) {
    std::fprintf(stderr, "cannot start the user-mode network\n");
    std::exit(1);
  }
}

void SlirpWire::Forward(const PortForward& forward) {
  const in_addr host{.s_addr = htonl(forward.host.value)};
  const in_addr board{.s_addr = htonl(Address(15))};
  if (::slirp_add_hostfwd(slirp_, forward.udp ? 1 : 0, host, forward.host_port, board,
                          forward.board_port) != 0) {
    std::fprintf(stderr, "cannot listen on port %u\n", unsigned{forward.host_port});
    std::exit(1);
  }
}

bool SlirpWire::Send(base::ConstByteSpan frame) {
  ::slirp_input(slirp_, reinterpret_cast<const uint8_t*>(frame.data()),
                static_cast<int>(frame.size()));
  return true;
}

size_t SlirpWire::Prepare(std::span<pollfd> fds, size_t used, base::Instant& deadline) {
  constexpr uint32_t kLongestWaitMs = 1000;
  fds_ = fds;
  used_ = used;
  uint32_t timeout_ms = kLongestWaitMs;
  ::slirp_pollfds_fill(slirp_, &timeout_ms, SlirpCallbacks::AddPoll, this);
  deadline = base::Earlier(deadline, Now() + std::chrono::milliseconds(timeout_ms));
  return used_;
}

void SlirpWire::Process(std::span<const pollfd> fds, bool failed) {
  ready_ = fds;
  ::slirp_pollfds_poll(slirp_, failed ? 1 : 0, SlirpCallbacks::GetEvents, this);
}

}  // namespace agent::sim
