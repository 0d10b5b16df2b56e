#include "tests/support/vprobe/session.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test {
namespace {

using namespace std::chrono_literals;

// A client that has just called is about to call again: the core waits for it this long.
constexpr auto kClientPause = 300us;
constexpr auto kGrace = 50us;
// But it runs at least this often.
constexpr auto kLongestStarvation = 2ms;
// The timers of a core that sleeps go on.
constexpr auto kIdlePause = 1ms;
constexpr auto kLeftoverPatience = 1s;
constexpr char kPreload[] = "libumockdev-preload.so.0";

constexpr int kForwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

int BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (const int number : kForwarded) {
    sigaddset(&set, number);
  }
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

// What the variable `name` has now, then `own`.
std::string Extended(const char* name, const std::string& own, char separator) {
  const char* const old = std::getenv(name);
  return old == nullptr || *old == '\0' ? own : std::string(old) + separator + own;
}

// Serial of probe `index`: the given one, then with -2, -3, ...
std::string SerialOf(const std::string& serial, int index) {
  return index == 0 || serial.empty() ? serial : fmt::format("{}-{}", serial, index + 1);
}

}  // namespace

Session::Session(const SessionSettings& settings, Target& target)
    : settings_(settings), target_(target), signals_(BlockSignals()) {
  for (int index = 0; index < settings.probes; ++index) {
    ProbeSettings probe = settings.probe;
    probe.identity.serial = SerialOf(probe.identity.serial, index);
    Target& wired = index == 0 ? target : nothing_;
    slots_.push_back({.probe = std::make_unique<VirtualProbe>(
                          probe, wired, index == 0 ? settings.faults : Faults())});
    slots_.back().probe->SetPower(index == 0);
    Plug(index);
  }
  if (!settings.control.empty()) {
    control_.emplace(settings.control, [this](std::string_view line) { return Control(line); });
  }
}

Session::~Session() {
  for (const Slot& slot : slots_) {
    if (slot.listener >= 0) {
      ::close(slot.listener);
    }
  }
  ::close(signals_);
}

void Session::Plug(int index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  if (slot.listener < 0) {
    slot.listener = tree_.Plug(index, slot.probe->usb().identity(), settings_.permission);
    slot.probe->usb().Plug();
  }
}

void Session::Unplug(int index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  slot.probe->usb().Unplug();
  if (slot.listener >= 0) {
    tree_.Unplug(index);
    ::close(std::exchange(slot.listener, -1));
  }
}

int Session::Run(const std::vector<std::string>& command) {
  ChildSettings settings{.precise_sleep = true, .obey_permissions = !settings_.permission};
  settings.environment = {
      {"UMOCKDEV_DIR", tree_.root().string()},
      {"LD_PRELOAD", Extended("LD_PRELOAD", kPreload, ':')},
      // A sanitized program would refuse a library in front of the sanitizer's.
      {"ASAN_OPTIONS", Extended("ASAN_OPTIONS", "verify_asan_link_order=0", ':')},
  };
  if (!settings_.control.empty()) {
    settings.environment.emplace_back("VPROBE_CONTROL", settings_.control);
  }
  Child child(command, settings);
  child_ = &child;
  std::optional<int> status;
  while (!(status = child.TakeStatus())) {
    TurnAndRun();
  }
  child_ = nullptr;
  EndLeftovers();
  return *status;
}

void Session::TurnAndRun() {
  const Clock::time_point now = Clock::now();
  std::optional<Clock::duration> longest = kIdlePause;
  if (core_is_busy_) {
    longest = now - last_call_ < kClientPause ? Clock::duration(kGrace) : Clock::duration::zero();
  }
  const bool served = Turn(longest);
  const Clock::time_point after = Clock::now();
  if (served) {
    last_call_ = after;
  }
  // What was served may have started a core that was idle.
  if (!served || !core_is_busy_ || after - last_slice_ > kLongestStarvation) {
    core_is_busy_ = target_.core().RunSlice();
    last_slice_ = Clock::now();
  }
}

bool Session::Turn(std::optional<Clock::duration> longest) {
  std::vector<pollfd> polled{{.fd = signals_, .events = POLLIN, .revents = 0}};
  const auto wait_for = [&](int fd) {
    polled.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  };
  const Clock::time_point now = Clock::now();
  for (Slot& slot : slots_) {
    UsbDevice& usb = slot.probe->usb();
    wait_for(slot.listener);
    usb.ForEachFile([&](int socket, pid_t) { wait_for(socket); });
    if (const std::optional<Clock::time_point> due = usb.deadline()) {
      const Clock::duration left = std::max(*due - now, Clock::duration::zero());
      longest = longest ? std::min(*longest, left) : left;
    }
  }
  if (control_) {
    std::ranges::for_each(control_->sockets(), wait_for);
  }
  timespec timeout{};
  if (longest) {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(*longest).count();
    timeout = {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  }
  const int ready = ::ppoll(polled.data(), polled.size(), longest ? &timeout : nullptr, nullptr);
  for (const pollfd& entry : polled) {
    if (ready <= 0 || entry.revents == 0) {
      continue;
    }
    if (entry.fd == signals_) {
      if (child_ != nullptr) {
        ServeSignals(*child_);
      }
    } else if (!ServeSlots(entry.fd) && control_) {
      control_->Serve(entry.fd);
    }
  }
  for (size_t index = 0; index < slots_.size(); ++index) {
    UsbDevice& usb = slots_[index].probe->usb();
    usb.Deliver(Clock::now());
    if (usb.unplug_wanted()) {
      Unplug(static_cast<int>(index));
    }
  }
  return ready > 0;
}

// False: it is none of theirs.
bool Session::ServeSlots(int fd) {
  for (Slot& slot : slots_) {
    UsbDevice& usb = slot.probe->usb();
    if (fd == slot.listener) {
      const int socket = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket >= 0) {
        usb.Open(socket);
      }
      return true;
    }
    bool own = false;
    usb.ForEachFile([&](int socket, pid_t) { own |= socket == fd; });
    if (own) {
      usb.Serve(fd);
      return true;
    }
  }
  return false;
}

void Session::ServeSignals(Child& child) {
  signalfd_siginfo signal{};
  while (::read(signals_, &signal, sizeof(signal)) == sizeof(signal)) {
    const auto number = static_cast<int>(signal.ssi_signo);
    // One from the terminal has reached the child as well.
    if (number != SIGCHLD && signal.ssi_code != SI_KERNEL) {
      child.Signal(number);
    }
  }
}

// What the command has left running still has the device open, and would abort without us.
void Session::EndLeftovers() {
  const auto signal_users = [this](int number) {
    bool any = false;
    for (Slot& slot : slots_) {
      slot.probe->usb().ForEachFile([&](int, pid_t process) {
        any = true;
        if (process > 0) {
          ::kill(process, number);
        }
      });
    }
    return any;
  };
  if (!signal_users(SIGTERM)) {
    return;
  }
  const Clock::time_point deadline = Clock::now() + kLeftoverPatience;
  while (signal_users(0) && Clock::now() < deadline) {
    Turn(10ms);
  }
  signal_users(SIGKILL);
}

std::string Session::Control(std::string_view command) {
  constexpr std::string_view kFault = "fault ";
  if (slots_.empty()) {
    return "error: no probe";
  }
  VirtualProbe& probe = *slots_[0].probe;
  if (command.starts_with(kFault)) {
    return probe.faults().Set(command.substr(kFault.size())) ? "ok" : "error: KIND [EVERY [COUNT]]";
  }
  if (command == "counters") {
    return probe.DescribeCounters();
  }
  if (command == "clear") {
    probe.faults().Clear();
  } else if (command == "reset") {
    probe.ResetTarget();
  } else if (command == "power off" || command == "power on") {
    probe.SetPower(command == "power on");
  } else if (command == "unplug") {
    Unplug(0);
  } else if (command == "plug") {
    Plug(0);
  } else {
    return "error: fault KIND [EVERY [COUNT]], clear, reset, power off|on, unplug, plug, counters";
  }
  return "ok";
}

}  // namespace test
