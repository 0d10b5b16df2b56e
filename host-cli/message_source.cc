#include "host-cli/message_source.h"

#include <algorithm>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"

namespace netctl {
namespace {

// Longest single wait: a clock that jumps or a missed wake-up cannot hold anybody up for longer.
constexpr base::Duration kLongestPoll = std::chrono::seconds(1);

int MillisecondsUntil(base::Instant deadline) {
  const base::Instant now = Now();
  if (deadline <= now) {
    return 0;
  }
  const base::Duration wait = std::min<base::Duration>(
      deadline == base::kNever ? kLongestPoll : deadline - now, kLongestPoll);
  return static_cast<int>((wait.count() + 999) / 1000);
}

}  // namespace

bool PollUntil(std::vector<pollfd>& fds, base::Instant deadline) {
  fds.push_back({InterruptFd(), POLLIN, 0});
  ::poll(fds.data(), fds.size(), MillisecondsUntil(deadline));
  const bool interrupted = fds.back().revents != 0;
  fds.pop_back();
  if (interrupted) {
    DrainInterruptFd();
  }
  return interrupted;
}

Expected<std::optional<Message>> WaitForMessage(MessageSource& source, base::Instant deadline,
                                                std::span<pollfd> extra) {
  for (pollfd& fd : extra) {
    fd.revents = 0;
  }
  while (true) {
    const auto next = source.Process();
    // What arrived before the end still counts.
    if (auto message = source.Take()) {
      return message;
    }
    if (!next) {
      return std::unexpected(next.error());
    }
    if (Now() >= deadline) {
      return std::nullopt;
    }
    std::vector<pollfd> fds(extra.begin(), extra.end());
    source.AddPollFds(fds);
    const bool interrupted = PollUntil(fds, std::min(deadline, *next));
    std::copy_n(fds.begin(), extra.size(), extra.begin());
    if (interrupted ||
        std::ranges::any_of(extra, [](const pollfd& fd) { return fd.revents != 0; })) {
      return std::nullopt;
    }
  }
}

}  // namespace netctl
