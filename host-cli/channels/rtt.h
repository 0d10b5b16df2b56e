// The agent's rings in target RAM as a channel: no wire but the debug port. Nothing tells when the
// target has written, so a timer asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host-cli/channels/channel.h"
#include "host-cli/probe/rtt_rings.h"
#include "host-cli/probe/rtt_search.h"
#include "host-cli/unique_fd.h"

namespace netctl {

class RttChannel : public Channel {
 public:
  // Looks for the rings from the first Read on: the target may still be starting.
  RttChannel(std::unique_ptr<TargetMemory> memory, RttSearch search);

  void AddPollFds(std::vector<pollfd>& fds, bool want_write) const override;
  Expected<size_t> Read(base::ByteSpan out) override;
  Expected<size_t> Write(base::ConstByteSpan data) override;
  std::string describe() const override { return memory_->describe(); }
  Json facts() const override;
  std::string advice() const override;
  base::Duration gather_time() const override { return {}; }

  // A target that resets or starts is given this long to come back.
  static constexpr base::Duration kPatience = std::chrono::seconds(3);

 private:
  // Both do a bounded piece of work. Fail when patience is at its end, or the probe is gone.
  Expected<size_t> Exchange(base::ConstByteSpan data);
  Expected<void> Search();
  // kUnreachable and kFault: the rings have to be found again, which may yet work.
  Expected<void> Lose(const MemoryError& why);
  Expected<void> GiveUpLate(const Error& why);
  base::Duration PollInterval() const;

  std::unique_ptr<TargetMemory> memory_;
  RttSearch search_;
  RttRings rings_;
  UniqueFd timer_;
  bool attached_ = false;
  base::Instant lost_at_;      // when they were last there, or the start
  base::Instant active_at_{};  // when bytes moved last
  std::string defect_;         // of the last control block that was no good
  // Read from the target, not yet handed out.
  std::vector<std::byte> inbox_;
  size_t inbox_begin_ = 0;
};

}  // namespace netctl
