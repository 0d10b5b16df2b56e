#include "agent/control_line.h"

#include <algorithm>

namespace agent {

bool ControlLine::MoveChunk(base::Instant now) {
  std::array<std::byte, kChunk> bytes;
  const size_t count = channel_.Read(bytes);
  if (count == 0) {
    return false;
  }
  lively_until_ = now + kLively;
  session_.OnBytes(std::span(bytes).first(count), now);
  return true;
}

void ControlLine::MoveOutput(base::Instant now) {
  std::array<std::byte, protocol::kMaxEncodedFrame> frame;
  for (size_t i = 0; i < kFramesPerPoll && channel_.write_room() >= frame.size(); ++i) {
    if (!session_.has_partial_frame()) {
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

base::Instant ControlLine::Poll(base::Instant now) {
  const base::Instant next = session_.Poll(now);
  if (!channel_.is_polled()) {
    return next;
  }
  const bool lively = established() || now < lively_until_;
  return base::Earlier(next, now + (lively ? kLivelyInterval : kIdleInterval));
}

void ControlLine::TakeLine(std::string_view line) {
  if (text_.room() < line.size()) {
    ++stats_.tx_text_no_room;
    return;
  }
  text_.Write(base::AsBytes(line));
}

const protocol::ChannelStats& ControlLine::stats() {
  stats_.uart_overruns = channel_.stats().rx_overruns - overruns_before_reset_;
  return stats_;
}

void ControlLine::ResetStats() {
  stats_ = {};
  overruns_before_reset_ = channel_.stats().rx_overruns;
}

// A delimiter behind the text would cost a byte per line; instead the session puts one in front of
// its next frame.
void ControlLine::WriteText() {
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
