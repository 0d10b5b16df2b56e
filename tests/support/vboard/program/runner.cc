#include "tests/support/vboard/program/runner.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace test {
namespace {

using namespace std::chrono_literals;

// How long a board that sleeps is left alone: its own timers wake it no later than that.
constexpr base::Duration kIdlePause = 1ms;
constexpr size_t kMostFds = 2 * agent::sim::Wire::kMaxFds;

volatile std::sig_atomic_t is_ended = 0;

// Between two looks at `is_ended` the two signals come in ppoll only.
sigset_t CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { is_ended = 1; };
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int number : {SIGINT, SIGTERM}) {
    ::sigaction(number, &action, nullptr);
    ::sigaddset(&blocked, number);
  }
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  ::sigdelset(&before, SIGINT);
  ::sigdelset(&before, SIGTERM);
  return before;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

Runner::Runner(VirtualBoard& board, const VboardOptions& options)
    : board_(board), serial_(board), uplink_(board, options.tap, options.forwards) {
  for (const std::string& fault : options.faults) {
    if (!board_.SetFault(fault, true)) {
      throw std::runtime_error(fmt::format("{} has no fault '{}'; vboard --list {} names them",
                                           board.name(), fault, board.name()));
    }
    faults_.push_back(fault);
  }
  if (!options.control.empty()) {
    control_.emplace(options.control,
                     [this](std::string_view command) { return Control(command); });
  }
}

void Runner::Run() {
  base::Duration longest{};
  while (is_ended == 0 && !serial_.is_closed()) {
    Wait(longest);
    uplink_.Exchange();
    const bool wants_more = board_.RunSlice();
    uplink_.Exchange();
    serial_.Flush();
    longest = wants_more || uplink_.has_waiting() ? base::Duration::zero() : kIdlePause;
  }
}

void Runner::Wait(base::Duration longest) {
  static const sigset_t kUnblocked = CatchSignals();
  std::array<pollfd, kMostFds> fds;
  size_t used = serial_.Prepare(fds, 0);
  const size_t control_begin = used;
  if (control_) {
    for (const int socket : control_->sockets()) {
      if (used < agent::sim::Wire::kMaxFds) {
        fds[used++] = {.fd = socket, .events = POLLIN, .revents = 0};
      }
    }
  }
  const size_t control_end = used;
  const base::Instant start = HostNow();
  base::Instant deadline = start + longest;
  used = uplink_.Prepare(fds, used, deadline);
  const auto wait = std::max(deadline - start, base::Duration::zero());
  const timespec timeout{.tv_sec = 0, .tv_nsec = static_cast<long>(wait.count()) * 1000};
  const bool failed = ::ppoll(fds.data(), used, &timeout, &kUnblocked) < 0;
  if (!failed) {
    serial_.Process(fds);
    for (size_t i = control_begin; i < control_end; ++i) {
      if (fds[i].revents != 0) {
        control_->Serve(fds[i].fd);
      }
    }
  }
  uplink_.Process(std::span(fds).first(used), failed);
}

std::string Runner::Control(std::string_view command) {
  constexpr std::string_view kFault = "fault ";
  if (command.starts_with(kFault)) {
    return SetFault(command.substr(kFault.size()));
  }
  if (command == "faults") {
    return DescribeFaults();
  }
  if (command == "counters") {
    return DescribeCounters();
  }
  if (command == "violations") {
    std::vector<std::string> quoted;
    std::ranges::transform(board_.violations(), std::back_inserter(quoted), Quoted);
    return fmt::format("[{}]", fmt::join(quoted, ","));
  }
  if (command == "power") {
    board_.PowerCycle();
  } else if (command == "unplug") {
    uplink_.Unplug();
  } else if (command == "plug") {
    uplink_.PlugIn();
  } else {
    return "error: fault NAME on|off, faults, power, unplug, plug, violations, counters";
  }
  return "ok";
}

std::string Runner::SetFault(std::string_view arguments) {
  const size_t blank = std::min(arguments.find(' '), arguments.size());
  const std::string name(arguments.substr(0, blank));
  const std::string_view state = arguments.substr(std::min(blank + 1, arguments.size()));
  if (state != "on" && state != "off") {
    return "error: fault NAME on|off";
  }
  if (!board_.SetFault(name, state == "on")) {
    return fmt::format("error: no fault '{}'; 'faults' lists them", name);
  }
  std::erase(faults_, name);
  if (state == "on") {
    faults_.push_back(name);
  }
  return "ok";
}

std::string Runner::DescribeFaults() const {
  std::vector<std::string> rows;
  for (const BoardFault& fault : board_.faults()) {
    const bool is_on = std::ranges::find(faults_, fault.name) != faults_.end();
    rows.push_back(fmt::format(R"({{"name":{},"text":{},"on":{}}})", Quoted(fault.name),
                               Quoted(fault.text), is_on));
  }
  return fmt::format("[{}]", fmt::join(rows, ","));
}

std::string Runner::DescribeCounters() const {
  const Uplink::Counters& network = uplink_.counters();
  return fmt::format(
      R"({{"virtual_us":{},"instructions":{},"serial_to_board":{},"serial_from_board":{},)"
      R"("frames_to_board":{},"frames_from_board":{},"frames_refused":{},"frames_overrun":{},)"
      R"("frames_unplugged":{},"violations":{}}})",
      board_.now() / kMicrosecond, board_.instructions(), serial_.received(), serial_.sent(),
      network.to_board, network.from_board, network.refused, network.overrun, network.unplugged,
      board_.violations().size());
}

}  // namespace test
