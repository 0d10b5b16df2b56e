#include "host-cli/broker/launch.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-cli/broker/broker.h"
#include "host-cli/broker/directory.h"
#include "host-cli/channels/open.h"
#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/lock.h"
#include "host-cli/logging.h"

namespace netctl {
namespace {

// A broker's two locks: its name and, where others could open it, its channel.
struct Locks {
  Lock name;
  std::optional<Lock> channel;
};

Expected<Locks> TakeLocks(const Target& target, const ChannelUrl& url,
                          const GlobalOptions& options) {
  const std::string reason = fmt::format("netctl target start {}", target.name);
  auto name = Lock::Take("target " + target.name, reason, base::Duration::zero());
  if (!name) {
    return std::unexpected(name.error());
  }
  Locks locks{std::move(*name), std::nullopt};
  if (const std::string key = LockKey(url); !key.empty()) {
    auto channel = Lock::Take(key, reason, options.lock_wait);
    if (!channel) {
      return std::unexpected(channel.error());
    }
    locks.channel = std::move(*channel);
  }
  return locks;
}

// The life of the broker; `ready` hears how its start went, as a packet.
Expected<void> Serve(const Target& target, const GlobalOptions& options, base::Instant deadline,
                     UniqueFd& ready) {
  const auto url = ParseChannelUrl(target.channel);
  const auto path = BrokerSocket(target.name);
  if (!url || !path) {
    return std::unexpected(!url ? url.error() : path.error());
  }
  const auto locks = TakeLocks(target, *url, options);
  if (!locks) {
    return std::unexpected(locks.error());
  }
  auto channel = OpenChannel(*url, deadline);
  if (!channel) {
    return std::unexpected(channel.error());
  }
  auto listener = ListenForClients(*path);
  if (!listener) {
    return std::unexpected(listener.error());
  }
  Json facts = {{"name", target.name},
                {"channel", target.channel},
                {"socket", *path},
                {"since", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}};
  Broker broker(std::move(*channel), std::move(*listener), facts);
  auto served = broker.Open(options.takeover, deadline);
  if (served) {
    const std::string packet = EncodePacket(PacketType::kStatus, broker.Status().dump());
    [[maybe_unused]] const ssize_t written = ::write(ready.get(), packet.data(), packet.size());
    ready.Reset();
    served = broker.Run();
  }
  ::unlink(path->c_str());
  return served;
}

// No terminal, no standard files but the log, no folder held busy.
void Detach(const std::string& log) {
  ::setsid();
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const UniqueFd file(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  ::dup2(null.get(), STDIN_FILENO);
  ::dup2(file.valid() ? file.get() : null.get(), STDOUT_FILENO);
  ::dup2(file.valid() ? file.get() : null.get(), STDERR_FILENO);
  // The signals of the starting process are not this one's.
  HandleInterrupts();
  SetUpLogging(1, false);
}

[[noreturn]] void RunBroker(const Target& target, const GlobalOptions& options,
                            base::Instant deadline, UniqueFd ready, const std::string& log) {
  Detach(log);
  int status = 0;
  if (const auto served = Serve(target, options, deadline, ready); !served) {
    spdlog::error("{}", served.error().message);
    const std::string packet = EncodePacket(served.error());
    [[maybe_unused]] const ssize_t written = ::write(ready.get(), packet.data(), packet.size());
    status = ToInt(served.error().code);
  }
  spdlog::info("the broker ends");
  ::_exit(status);
}

// What the new process says about its start; empty when it died, or at the deadline.
Expected<std::string> AwaitReady(int fd, base::Instant deadline) {
  std::string packet;
  while (Now() < deadline) {
    char bytes[4096];
    const ssize_t size = ::read(fd, bytes, sizeof(bytes));
    if (size > 0) {
      packet.append(bytes, static_cast<size_t>(size));
      continue;
    }
    if (size == 0) {
      return packet;
    }
    std::vector<pollfd> fds{{fd, POLLIN, 0}};
    if (PollUntil(fds, deadline)) {
      return Fail(Interrupted().value_or(ExitCode::kInterrupted), "interrupted");
    }
  }
  return Fail(ExitCode::kTimeout, "the target did not start within --timeout");
}

}  // namespace

Expected<Json> StartBroker(const Target& target, const GlobalOptions& options,
                           base::Instant deadline) {
  const auto log = BrokerLog(target.name);
  if (!log) {
    return std::unexpected(log.error());
  }
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC | O_NONBLOCK) != 0) {
    return Fail(ExitCode::kChannel, std::generic_category().message(errno));
  }
  UniqueFd ready_read(ready[0]);
  UniqueFd ready_write(ready[1]);
  const pid_t pid = ::fork();
  if (pid < 0) {
    return Fail(ExitCode::kChannel, std::generic_category().message(errno));
  }
  if (pid == 0) {
    ready_read.Reset();
    RunBroker(target, options, deadline, std::move(ready_write), *log);
  }
  ready_write.Reset();
  const auto answer = AwaitReady(ready_read.get(), deadline);
  if (!answer) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return std::unexpected(answer.error());
  }
  if (answer->starts_with(static_cast<char>(PacketType::kStatus))) {
    return Json::parse(answer->substr(1));
  }
  ::waitpid(pid, nullptr, 0);
  return std::unexpected(answer->empty() ? Error{ExitCode::kChannel,
                                                 "the broker died at its start",
                                                 "its messages are in " + *log,
                                                 {}}
                                         : DecodeErrorPacket(answer->substr(1)).value_or(Error{}));
}

}  // namespace netctl
