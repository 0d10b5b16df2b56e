// The control channel through a debug probe: rings in RAM that the probe reads and writes while the
// core runs (protocol/rtt.h). Nothing here waits, and nothing tells when the probe was there.
//
//   RttMemory (.rtt)   control block | names | text up, down | frames up, down
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/channel.h"
#include "agent/log.h"
#include "agent/rtt_ring.h"
#include "drivers/uart/uart.h"
#include "protocol/rtt.h"
#include "stack/base/bytes.h"

namespace agent {

// All that a probe has to reach. It lies in memory that start-up code does not clear, so that text
// of the time before a reset can still be read.
struct alignas(protocol::kRttAlignment) RttMemory {
  using Name = std::array<char, 12>;

  protocol::RttControlBlock control;
  std::array<Name, protocol::kRttChannels> names;
  std::array<std::byte, 1024> text_up;
  std::array<std::byte, 16> text_down;
  std::array<std::byte, 4096> frames_up;
  std::array<std::byte, kChannelReceiveRing + 1> frames_down;
};

struct RttStats {
  uint32_t rtt_text_up_bad_offset = 0;  // of each ring: emptied, because an offset was outside
  uint32_t rtt_text_down_bad_offset = 0;
  uint32_t rtt_up_bad_offset = 0;
  uint32_t rtt_down_bad_offset = 0;
  uint32_t rtt_text_no_room = 0;  // lines dropped, because nobody had read those before

  static constexpr auto kFields =
      base::FieldList{base::Field{"rtt_text_up_bad_offset", &RttStats::rtt_text_up_bad_offset},
                      base::Field{"rtt_text_down_bad_offset", &RttStats::rtt_text_down_bad_offset},
                      base::Field{"rtt_up_bad_offset", &RttStats::rtt_up_bad_offset},
                      base::Field{"rtt_down_bad_offset", &RttStats::rtt_down_bad_offset},
                      base::Field{"rtt_text_no_room", &RttStats::rtt_text_no_room}};
};

// As a Uart: the rings of the frames. As a LogReader: the ring that every RTT viewer shows.
class RttPort final : public drivers::Uart, public LogReader {
 public:
  // Takes over the control block in `memory` with its offsets if it is exactly what this image
  // would make; else makes a new one. `memory` outlives this object.
  explicit RttPort(RttMemory& memory);

  // Also drops what somebody typed into the ring of the text: the agent has no console input.
  size_t Read(base::ByteSpan out) override;
  size_t Write(base::ConstByteSpan data) override;
  size_t write_room() const override { return frames_up_.room(); }
  const drivers::UartStats& stats() const override { return stats_; }
  bool is_polled() const override { return true; }

  void TakeLine(std::string_view line) override;

  const RttStats& rtt_stats() const { return rtt_stats_; }

 private:
  drivers::UartStats stats_;
  RttStats rtt_stats_;
  RttUpRing text_up_;
  RttDownRing text_down_;
  RttUpRing frames_up_;
  RttDownRing frames_down_;
};

}  // namespace agent
