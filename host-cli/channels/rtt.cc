#include "host-cli/channels/rtt.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/timerfd.h>

#include "host-cli/clock.h"
#include "host-cli/probe/cortex_m.h"
#include "host-cli/probe/words.h"

namespace netctl {
namespace {

// A target that just spoke goes on soon; one that is silent is asked less often, to leave the bus
// and this machine alone.
constexpr base::Duration kBusy = std::chrono::milliseconds(20);
constexpr base::Duration kBusyInterval = std::chrono::microseconds(100);
constexpr base::Duration kIdleInterval = std::chrono::milliseconds(2);
constexpr base::Duration kSearchInterval = std::chrono::microseconds(500);
constexpr base::Duration kNotThereInterval = std::chrono::milliseconds(20);

itimerspec After(base::Duration interval) {
  itimerspec spec{};
  spec.it_value.tv_nsec = base::ToMicroseconds(base::Instant(interval)) * 1000;
  return spec;
}

}  // namespace

RttChannel::RttChannel(std::unique_ptr<TargetMemory> memory, RttSearch search)
    : memory_(std::move(memory)),
      search_(std::move(search)),
      rings_(*memory_),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      lost_at_(Now()) {}

void RttChannel::AddPollFds(std::vector<pollfd>& fds, bool) const {
  const itimerspec spec = After(PollInterval());
  // Expired or not, it counts from now; a timer that cannot be set only makes the channel slow.
  static_cast<void>(::timerfd_settime(timer_.get(), 0, &spec, nullptr));
  fds.push_back({timer_.get(), POLLIN, 0});
}

base::Duration RttChannel::PollInterval() const {
  if (!attached_) {
    return search_.rounds() == 0 ? kSearchInterval : kNotThereInterval;
  }
  return Now() - active_at_ < kBusy ? kBusyInterval : kIdleInterval;
}

Expected<size_t> RttChannel::Read(base::ByteSpan out) {
  if (inbox_begin_ == inbox_.size()) {
    if (const auto exchanged = Exchange({}); !exchanged) {
      return exchanged;
    }
  }
  const size_t count = std::min(out.size(), inbox_.size() - inbox_begin_);
  std::copy_n(inbox_.begin() + static_cast<std::ptrdiff_t>(inbox_begin_), count, out.begin());
  inbox_begin_ += count;
  if (inbox_begin_ == inbox_.size()) {
    inbox_.clear();
    inbox_begin_ = 0;
  }
  return count;
}

Expected<size_t> RttChannel::Write(base::ConstByteSpan data) { return Exchange(data); }

Expected<size_t> RttChannel::Exchange(base::ConstByteSpan data) {
  if (!attached_) {
    const auto searched = Search();
    if (!searched || !attached_) {
      return searched ? Expected<size_t>(0) : std::unexpected(searched.error());
    }
  }
  const size_t before = inbox_.size();
  const auto moved = rings_.Exchange(data, inbox_);
  if (!moved) {
    const auto lost = Lose(moved.error());
    return lost ? Expected<size_t>(0) : std::unexpected(lost.error());
  }
  if (moved->stale) {
    spdlog::debug("the rings at 0x{:08x} changed under us", rings_.address());
    attached_ = false;
    lost_at_ = Now();
    search_.Restart(rings_.address());
    return 0;
  }
  if (moved->taken != 0 || inbox_.size() != before) {
    active_at_ = Now();
  }
  return moved->taken;
}

Expected<void> RttChannel::Search() {
  const auto found = search_.Step(*memory_);
  if (!found) {
    return Lose(found.error());
  }
  if (!*found) {
    if (search_.rounds() == 0) {
      return {};
    }
    return GiveUpLate(
        {ExitCode::kChannel,
         defect_.empty()
             ? fmt::format("no control block of the netctl agent in the target's RAM ({})",
                           describe())
             : fmt::format("the control block in the target's RAM is no good: {}", defect_),
         defect_.empty() ? "flash the agent (netctl flash), or say where the block is with "
                           "?elf=IMAGE or ?rtt=ADDRESS"
                         : "restart the target (netctl reset), or flash the agent (netctl flash)",
         {}});
  }
  const auto defect = rings_.Attach(**found);
  if (!defect) {
    return Lose(defect.error());
  }
  attached_ = defect->empty();
  if (attached_) {
    spdlog::debug("control block at 0x{:08x}", **found);
    search_.Restart(**found);
    active_at_ = Now();
  } else {
    defect_ = fmt::format("at 0x{:08x}, {}", **found, *defect);
  }
  return {};
}

Expected<void> RttChannel::Lose(const MemoryError& why) {
  if (attached_) {
    lost_at_ = Now();
    search_.Restart(rings_.address());
  }
  attached_ = false;
  if (why.kind == MemoryError::Kind::kLost) {
    return std::unexpected(why.error);
  }
  spdlog::debug("{}", why.error.message);
  return why.kind == MemoryError::Kind::kUnreachable ? GiveUpLate(why.error) : Expected<void>();
}

Expected<void> RttChannel::GiveUpLate(const Error& why) {
  if (Now() - lost_at_ < kPatience) {
    return {};
  }
  return std::unexpected(why);
}

std::string RttChannel::advice() const {
  std::array<std::byte, 4> dhcsr{};
  if (!memory_->Read(kDhcsr, dhcsr)) {
    return memory_->advice();
  }
  if ((LoadWord(dhcsr) & kHalted) != 0) {
    return "the core is halted by a debugger: netctl reset --hard lets it run";
  }
  return attached_ ? "the debug port works, but the agent does not serve its rings: netctl reset "
                     "--hard"
                   : "the debug port works; does the target run the netctl agent?";
}

Json RttChannel::facts() const {
  Json facts = memory_->facts();
  if (attached_) {
    facts["rtt_address"] = rings_.address();
  }
  return facts;
}

}  // namespace netctl
