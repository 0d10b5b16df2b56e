// The agent as a process of Linux: its MAC on a TAP device or a user-mode network, its channel on
// standard input and output, a unix socket or a pseudo terminal (arguments.cc). It ends when nobody
// is at the other end of the channel.
#include "agent/board.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "agent/app.h"
#include "agent/boards/sim/arguments.h"
#include "agent/boards/sim/channel.h"
#include "agent/boards/sim/sim_ethernet.h"
#include "agent/boards/sim/slirp_wire.h"
#include "agent/boards/sim/stdio_uart.h"
#include "agent/boards/sim/tap_wire.h"
#include "agent/static_object.h"

namespace agent {
namespace sim {
namespace {

constexpr AppLimits kLimits = {.small_buffers = 128,
                               .big_buffers = 192,
                               .parts = 256,
                               .tcp_connections = 32,
                               .tcp_receive_window = 32 * 1460,
                               .tcp_send_buffer = 32 * 1460,
                               .capture_bytes = 65535,
                               .task_bytes = 96 * 1024,
                               .jobs = 8};
constexpr base::MacAddress kMacAddress{{0x02, 0x00, 0x00, 0x51, 0x4d, 0x01}};
// How the next start knows that it is a restart: the boot counter in decimal.
constexpr char kBootVariable[] = "NETCTL_AGENT_SIM_BOOT";

base::Instant ReadClock() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  static const int64_t start_s = now.tv_sec;
  return base::FromMicroseconds((now.tv_sec - start_s) * 1'000'000 + now.tv_nsec / 1000);
}

Boot ReadBoot() {
  const char* const counter = std::getenv(kBootVariable);
  if (counter == nullptr) {
    return {};
  }
  return {.counter = static_cast<uint32_t>(std::strtoul(counter, nullptr, 10)),
          .cause = protocol::ResetCause::kSoftware,
          .fault = {}};
}

struct Board {
  BoardInfo info{.name = "sim", .cpu_hz = 0, .boot = ReadBoot()};
  PacketMemory<kLimits> packets;
  SimEthernet ethernet{packets.pools()};
  TapWire tap;
  SlirpWire slirp;
  Wire* wire = nullptr;
  CountersOf<SimEthernetStats, drivers::PhyStats> counters{ethernet.details(),
                                                           ethernet.phy().stats()};
  StdioUart uart;
  std::array<drivers::Uart*, 1> channels{&uart};
  AppStorage<kLimits> storage{AppParts{.board = info,
                                       .pools = packets.pools(),
                                       .driver = ethernet,
                                       .phy = ethernet.phy(),
                                       .counters = counters,
                                       .channels = channels,
                                       .read_clock = &ReadClock}};
};

constinit StaticObject<Board> board;

}  // namespace
}  // namespace sim

App& StartBoard() {
  std::signal(SIGPIPE, SIG_IGN);
  const sim::Arguments arguments = sim::ReadArguments();
  sim::Board& board = sim::board.Construct();
  sim::OpenChannel(arguments);
  board.uart.Open();
  if (arguments.tap != nullptr) {
    board.tap.Open(arguments.tap, board.ethernet);
    board.wire = &board.tap;
  } else {
    board.slirp.Open(board.ethernet);
    for (const sim::PortForward& forward : arguments.forwards) {
      board.slirp.Forward(forward);
    }
    board.wire = &board.slirp;
  }
  board.ethernet.Plug(*board.wire);
  std::array<std::byte, 16> entropy{};
  const ssize_t count = ::getrandom(entropy.data(), entropy.size(), 0);
  App& app = board.storage.app();
  app.Start(arguments.mac.value_or(sim::kMacAddress),
            base::ConstByteSpan(entropy).first(count > 0 ? static_cast<size_t>(count) : 0), Now());
  return app;
}

base::Instant Now() { return sim::ReadClock(); }

void SleepUntil(base::Instant deadline) {
  sim::Board& board = sim::board.get();
  if (board.ethernet.has_frames() || board.uart.has_input()) {
    return;
  }
  std::array<pollfd, sim::Wire::kMaxFds> fds;
  size_t used = board.uart.Prepare(fds, 0);
  deadline = base::Earlier(deadline, Now() + std::chrono::seconds(1));
  used = board.wire->Prepare(fds, used, deadline);
  const base::Duration wait = std::max(deadline - Now(), base::Duration::zero());
  const timespec timeout{.tv_sec = wait.count() / 1'000'000,
                         .tv_nsec = wait.count() % 1'000'000 * 1000};
  const bool failed = ::ppoll(fds.data(), used, &timeout, nullptr) < 0;
  if (!failed) {
    board.uart.Process(fds);
  }
  board.wire->Process(std::span(fds).first(used), failed);
  if (board.uart.closed()) {
    std::exit(0);
  }
}

void RestartBoard() {
  std::array<char, 16> counter{};
  std::snprintf(counter.data(), counter.size(), "%u", sim::board.get().info.boot.counter + 1);
  ::setenv(sim::kBootVariable, counter.data(), 1);
  const sim::Arguments arguments = sim::ReadArguments();
  ::execv("/proc/self/exe", arguments.all.data());
  std::abort();
}

}  // namespace agent
