// Bytes of one control channel: the session's frames and, between them, console text.
#pragma once

#include <cstdint>

#include "agent/jobs.h"
#include "drivers/uart/uart.h"
#include "protocol/session.h"
#include "stack/base/executor.h"
#include "stack/base/ring_buffer.h"

namespace agent {

// Encoded bytes that a board's channel keeps without being read: what the host may have in flight.
inline constexpr size_t kChannelReceiveRing = 4096;

class ControlPort final : public EventPort, private protocol::TextSink {
 public:
  // `event_memory` has protocol::kMaxEvent bytes. All memory and `channel` outlive this object.
  ControlPort(drivers::Uart& channel, base::Executor& executor,
              const protocol::SessionBuffers& session, base::ByteSpan event_memory,
              base::ByteSpan text_memory);

  // Bytes that the channel received go to the session, at most kBytesPerPoll. True: there may be
  // more.
  bool MoveInput(base::Instant now);
  // Frames and text go to the channel as far as it has room.
  void MoveOutput(base::Instant now);

  protocol::Session& session() { return session_; }
  base::RingBuffer& text() { return text_; }
  // Of this end of the channel, since the last ResetStats.
  const protocol::ChannelStats& stats();
  void ResetStats();
  bool established() const { return session_.state() == protocol::SessionState::kEstablished; }

  base::Status SendMessage(protocol::Stream stream, base::ConstByteSpan message) override {
    return session_.Send(stream, message);
  }
  base::Signal& room_changed() override { return room_changed_; }
  base::ByteSpan event_memory() override { return event_memory_; }

  static constexpr size_t kBytesPerPoll = 2048;
  static constexpr size_t kFramesPerPoll = 8;

 private:
  // The agent has no console input.
  void OnText(std::string_view) override {}
  void WriteText();

  drivers::Uart& channel_;
  base::ByteSpan event_memory_;
  base::RingBuffer text_;
  base::Signal room_changed_;
  protocol::ChannelStats stats_;
  uint32_t overruns_before_reset_ = 0;
  protocol::Session session_;
};

}  // namespace agent
