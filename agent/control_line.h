// One control channel: the frames of its session and, between them, console text.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "agent/log.h"
#include "drivers/uart/uart.h"
#include "protocol/session.h"
#include "stack/base/ring_buffer.h"

namespace agent {

class ControlLine final : public LogReader, private protocol::TextSink {
 public:
  // `buffers` are those of all lines: only one of them has an established session (ControlPort).
  ControlLine(drivers::Uart& channel, const protocol::SessionBuffers& buffers)
      : channel_(channel), session_(protocol::Role::kAgent, buffers, *this, stats_) {}

  // Hands bytes that the channel received to the session, one chunk; false: there are none.
  bool MoveChunk(base::Instant now);
  // Frames and text go to the channel as far as it has room.
  void MoveOutput(base::Instant now);
  // Runs the session's timers; returns when to come back, also because nobody tells when a polled
  // channel has received something.
  base::Instant Poll(base::Instant now);

  // The line is dropped when nobody took those before it.
  void TakeLine(std::string_view line) override;

  protocol::Session& session() { return session_; }
  bool established() const { return session_.state() == protocol::SessionState::kEstablished; }
  // Of this end of the channel, since the last ResetStats.
  const protocol::ChannelStats& stats();
  void ResetStats();

  static constexpr size_t kChunk = 256;
  static constexpr size_t kFramesPerPoll = 8;
  static constexpr size_t kTextBytes = 2048;
  // How often a polled channel is looked at: while it is in use, and else.
  static constexpr base::Duration kLivelyInterval = std::chrono::microseconds(250);
  static constexpr base::Duration kIdleInterval = std::chrono::milliseconds(2);
  // It is in use for this long after the last bytes.
  static constexpr base::Duration kLively = std::chrono::milliseconds(100);

 private:
  // The agent has no console input.
  void OnText(std::string_view) override {}
  void WriteText();

  drivers::Uart& channel_;
  std::array<std::byte, kTextBytes> text_memory_;
  base::RingBuffer text_{text_memory_};
  protocol::ChannelStats stats_;
  uint32_t overruns_before_reset_ = 0;
  base::Instant lively_until_{};
  protocol::Session session_;
};

}  // namespace agent
