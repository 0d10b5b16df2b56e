// What the board's network cable leads to: a TAP device of this host or a user-mode network.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "agent/boards/sim/slirp_wire.h"
#include "agent/boards/sim/tap_wire.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {

class Uplink final : private agent::sim::FrameSink {
 public:
  struct Counters {
    uint64_t to_board = 0;
    uint64_t from_board = 0;
    uint64_t refused = 0;    // the board's MAC did not take them
    uint64_t overrun = 0;    // more than the switch at the other end keeps for a slow board
    uint64_t unplugged = 0;  // either way
  };

  // Plugged in. `tap` empty: a user-mode network with these forwards. Ends the process with a
  // message when there is no such device or a port is taken.
  Uplink(VirtualBoard& board, const std::string& tap,
         std::span<const agent::sim::PortForward> forwards);
  Uplink(const Uplink&) = delete;
  Uplink& operator=(const Uplink&) = delete;

  void PlugIn();
  void Unplug();

  // As agent::sim::Wire.
  size_t Prepare(std::span<pollfd> fds, size_t used, base::Instant& deadline) {
    return wire_->Prepare(fds, used, deadline);
  }
  void Process(std::span<const pollfd> fds, bool failed) { wire_->Process(fds, failed); }
  // Moves frames both ways, those to the board no faster than a 100 Mbit/s cable.
  void Exchange();
  // The board has to go on for more frames to arrive.
  bool has_waiting() const { return !waiting_.empty(); }
  const Counters& counters() const { return counters_; }

 private:
  void OnFrame(base::ConstByteSpan frame) override;

  VirtualBoard& board_;
  agent::sim::TapWire tap_;
  agent::sim::SlirpWire slirp_;
  agent::sim::Wire* wire_ = nullptr;
  bool is_plugged_ = false;
  std::deque<ByteVector> waiting_;  // for the board
  VirtualTime free_at_ = 0;         // when the cable to the board can take the next one
  Counters counters_;
};

// The time of this host, which the user-mode network runs on.
base::Instant HostNow();

}  // namespace test
