// A TAP device of the Linux kernel.
#pragma once

#include <array>

#include "agent/boards/sim/wire.h"

namespace agent::sim {

class TapWire final : public Wire {
 public:
  // Attaches to the existing TAP device `name`, or makes it where that is allowed. Ends the process
  // with a message when it cannot.
  void Open(const char* name, FrameSink& sink);

  bool Send(base::ConstByteSpan frame) override;
  size_t Prepare(std::span<pollfd> fds, size_t used, base::Instant& deadline) override;
  void Process(std::span<const pollfd> fds, bool failed) override;

 private:
  static constexpr size_t kFramesPerRound = 32;

  int fd_ = -1;
  size_t index_ = 0;
  FrameSink* sink_ = nullptr;
  std::array<std::byte, 2048> frame_;
};

}  // namespace agent::sim
