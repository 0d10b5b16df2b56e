#include "agent/control_port.h"

#include <algorithm>
#include <array>

namespace agent {

ControlPort::ControlPort(drivers::Uart& channel, base::Executor& executor,
                         const protocol::SessionBuffers& session, base::ByteSpan event_memory,
                         base::ByteSpan text_memory)
    : channel_(channel),
      event_memory_(event_memory),
      text_(text_memory),
      room_changed_(executor),
      session_(protocol::Role::kAgent, session, *this, stats_) {}

const protocol::ChannelStats& ControlPort::stats() {
  stats_.uart_overruns = channel_.stats().rx_overruns - overruns_before_reset_;
  return stats_;
}

void ControlPort::ResetStats() {
  stats_ = {};
  overruns_before_reset_ = channel_.stats().rx_overruns;
}

bool ControlPort::MoveInput(base::Instant now) {
  std::array<std::byte, 256> bytes;
  for (size_t moved = 0; moved < kBytesPerPoll;) {
    const size_t count = channel_.Read(bytes);
    if (count == 0) {
      return false;
    }
    moved += count;
    session_.OnBytes(std::span(bytes).first(count), now);
    room_changed_.Notify();
  }
  return true;
}

void ControlPort::MoveOutput(base::Instant now) {
  std::array<std::byte, protocol::kMaxEncodedFrame> frame;
  for (size_t i = 0; i < kFramesPerPoll && channel_.write_room() >= frame.size(); ++i) {
    if (!session_.mid_frame()) {
      WriteText();
    }
    const size_t count = session_.TakeOutput(
        std::span(frame).first(std::min(frame.size(), channel_.write_room())), now);
    if (count == 0) {
      return;
    }
    channel_.Write(std::span(frame).first(count));
  }
}

// A delimiter behind the text would cost a byte per line; instead the session puts one in front of
// its next frame.
void ControlPort::WriteText() {
  while (!text_.empty()) {
    const size_t written = channel_.Write(text_.front());
    if (written == 0) {
      return;
    }
    text_.Drop(written);
    session_.BreakFraming();
  }
}

}  // namespace agent
