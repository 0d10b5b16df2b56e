#include "host-cli/lock.h"

#include <cerrno>
#include <ctime>
#include <system_error>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/json.h"
#include "host-cli/paths.h"

namespace netctl {
namespace {

std::string ReadRecord(int fd) {
  char text[512];
  const ssize_t size = ::pread(fd, text, sizeof(text), 0);
  return {text, size > 0 ? static_cast<size_t>(size) : 0};
}

void WriteRecord(int fd, std::string_view reason) {
  const std::string record =
      Json{{"pid", ::getpid()},
           {"reason", EscapeText(reason)},
           {"since", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}}
          .dump() +
      "\n";
  if (::ftruncate(fd, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(fd, record.data(), record.size(), 0);
  }
}

std::string Holder(int fd) {
  const Json record = Json::parse(ReadRecord(fd), nullptr, false);
  if (!record.is_object() || !record.contains("pid")) {
    return "another process";
  }
  return fmt::format("process {} ({}) since {}", record["pid"].dump(),
                     record.value("reason", std::string("?")),
                     record.value("since", std::string("?")));
}

}  // namespace

Expected<std::string> Lock::Path(std::string_view key) {
  const auto folder = LockDirectory();
  if (!folder) {
    return std::unexpected(folder.error());
  }
  return (*folder / (FileName(key) + ".lock")).string();
}

Expected<Lock> Lock::Take(std::string_view key, std::string_view reason, base::Duration wait) {
  const auto path = Path(key);
  if (!path) {
    return std::unexpected(path.error());
  }
  // Not truncated: until the lock is ours the record is its holder's. Others may lock it too.
  UniqueFd fd(::open(path->c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!fd.valid()) {
    return Fail(ExitCode::kUsage,
                fmt::format("lock file {}: {}", *path, std::generic_category().message(errno)));
  }
  const base::Instant limit = Now() + wait;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return Fail(ExitCode::kUsage,
                  fmt::format("lock file {}: {}", *path, std::generic_category().message(errno)));
    }
    if (const auto signal = Interrupted()) {
      return Fail(*signal, "interrupted");
    }
    if (Now() >= limit) {
      return Fail(
          ExitCode::kBusy, fmt::format("{} is held by {}", key, Holder(fd.get())),
          "wait for it with --lock-wait 30s, or run it as a shared target: netctl target start");
    }
    ::poll(nullptr, 0, 20);
  }
  WriteRecord(fd.get(), reason);
  return Lock(std::move(fd));
}

}  // namespace netctl
