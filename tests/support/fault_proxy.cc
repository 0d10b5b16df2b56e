#include "tests/support/fault_proxy.h"

#include <algorithm>

namespace test {

bool FaultLine::Happens(double rate) {
  return rate > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < rate;
}

base::Duration FaultLine::byte_time() const {
  return faults_.baud == 0 ? base::Duration(0) : base::Duration(10'000'000 / faults_.baud);
}

size_t FaultLine::room(size_t fifo, base::Instant now) const {
  if (faults_.baud == 0 || free_at_ <= now) {
    return fifo;
  }
  const auto waiting = static_cast<size_t>((free_at_ - now) / byte_time());
  return fifo - std::min(fifo, waiting);
}

void FaultLine::Write(base::ConstByteSpan bytes, base::Instant now) {
  for (const std::byte value : bytes) {
    if (lose_) {
      WriteFrames(value, now);
    } else {
      WriteByte(value, now);
    }
    ++written_;
  }
}

// Holds a segment back until its delimiter has come.
void FaultLine::WriteFrames(std::byte value, base::Instant now) {
  segment_.push_back(value);
  if (value != std::byte{0}) {
    return;
  }
  struct NoText : protocol::TextSink {
    void OnText(std::string_view) override {}
  } no_text;
  protocol::ChannelStats no_stats;
  protocol::FrameDecoder decoder(no_text, no_stats);
  std::optional<protocol::Frame> frame;
  (void)decoder.Push(segment_, frame);
  if (!frame || !lose_(frame->header)) {
    for (const std::byte byte : segment_) {
      WriteByte(byte, now);
    }
  }
  segment_.clear();
}

void FaultLine::WriteByte(std::byte value, base::Instant now) {
  if (faults_.insert_at == written_) {
    Put(faults_.inserted, now);
  }
  if (Happens(faults_.stall_rate)) {
    free_at_ = std::max(free_at_, now) + faults_.stall;
  }
  if (Happens(faults_.text_rate)) {
    for (const char c : kBootText) {
      Put(static_cast<std::byte>(c), now);
    }
  }
  if (Happens(faults_.insert_rate)) {
    Put(static_cast<std::byte>(random_()), now);
  }
  if (faults_.drop_at == written_ || Happens(faults_.drop_rate)) {
    return;
  }
  if (faults_.flip_at == written_) {
    value = ~value;
  }
  value = FlipBits(value);
  Put(value, now);
  if (Happens(faults_.duplicate_rate)) {
    Put(value, now);
  }
}

std::byte FaultLine::FlipBits(std::byte value) {
  for (int bit = 0; bit < 8 && faults_.bit_error_rate > 0; ++bit) {
    if (Happens(faults_.bit_error_rate)) {
      value ^= static_cast<std::byte>(1 << bit);
    }
  }
  return value;
}

// A dead line takes its time, too.
void FaultLine::Put(std::byte value, base::Instant now) {
  free_at_ = std::max(free_at_, now) + byte_time();
  if (!dead_) {
    bytes_.push_back({value, free_at_ + faults_.delay});
  }
}

std::vector<std::byte> FaultLine::Read(size_t limit, base::Instant now) {
  std::vector<std::byte> out;
  while (!bytes_.empty() && out.size() < limit && bytes_.front().arrival <= now) {
    out.push_back(bytes_.front().value);
    bytes_.pop_front();
  }
  return out;
}

}  // namespace test
