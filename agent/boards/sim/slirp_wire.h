// User-mode networking by libslirp: gateway 10.0.2.2 (this host's loopback), name server 10.0.2.3,
// DHCP from 10.0.2.15 on. Needs no rights.
#pragma once

#include <array>

#include "agent/boards/sim/port_forward.h"
#include "agent/boards/sim/wire.h"

struct Slirp;

namespace agent::sim {

class SlirpWire final : public Wire {
 public:
  void Open(FrameSink& sink);
  // Ends the process with a message when the port of this host is taken.
  void Forward(const PortForward& forward);

  bool Send(base::ConstByteSpan frame) override;
  size_t Prepare(std::span<pollfd> fds, size_t used, base::Instant& deadline) override;
  void Process(std::span<const pollfd> fds, bool failed) override;

 private:
  friend struct SlirpCallbacks;

  Slirp* slirp_ = nullptr;
  FrameSink* sink_ = nullptr;
  // Of the round that runs: slirp names its descriptors by index.
  std::span<pollfd> fds_;
  std::span<const pollfd> ready_;
  size_t used_ = 0;
};

}  // namespace agent::sim
