// One direction of a byte line that is slow, noisy or broken in a way that a seed repeats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include "protocol/frame.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace test {

// What goes wrong. Rates are per byte, 0 to 1; offsets count bytes written since the beginning.
struct LineFaults {
  double bit_error_rate = 0;  // per bit
  double drop_rate = 0;
  double insert_rate = 0;  // a random byte
  double duplicate_rate = 0;
  double text_rate = 0;  // a line of boot text, in the middle of whatever is being sent
  double stall_rate = 0;
  base::Duration stall = std::chrono::milliseconds(100);
  std::optional<uint64_t> drop_at;
  std::optional<uint64_t> flip_at;  // all bits
  std::optional<uint64_t> insert_at;
  std::byte inserted{0};
  uint32_t baud = 0;  // 10 bits a byte; 0: bytes arrive at once
  base::Duration delay{0};
};

inline constexpr std::string_view kBootText = "\r\nBoot: clock 25 MHz, RAM ok\r\n";

// Bytes come out in order, at the time that the line's speed allows.
class FaultLine {
 public:
  explicit FaultLine(const LineFaults& faults = {}, uint64_t seed = 1)
      : faults_(faults), random_(seed) {}

  LineFaults& faults() { return faults_; }
  uint64_t written() const { return written_; }
  // Frames that `lose` says true for do not arrive. It sees every whole frame before any other
  // fault; bytes in between pass.
  void set_loss(std::function<bool(const protocol::FrameHeader&)> lose) { lose_ = std::move(lose); }
  // A dead line swallows everything.
  void set_dead(bool dead) { dead_ = dead; }
  void Clear() { bytes_.clear(); }

  // Bytes that a transmitter with a FIFO of `fifo` bytes would take now.
  size_t room(size_t fifo, base::Instant now) const;
  void Write(base::ConstByteSpan bytes, base::Instant now);
  // Up to `limit` bytes that have arrived by `now`.
  std::vector<std::byte> Read(size_t limit, base::Instant now);
  size_t size() const { return bytes_.size(); }
  // When the next byte arrives; kNever: nothing is on the line.
  base::Instant next() const { return bytes_.empty() ? base::kNever : bytes_.front().arrival; }

 private:
  struct Byte {
    std::byte value;
    base::Instant arrival;
  };

  bool Happens(double rate);
  void WriteFrames(std::byte value, base::Instant now);
  void WriteByte(std::byte value, base::Instant now);
  void Put(std::byte value, base::Instant now);
  std::byte FlipBits(std::byte value);
  base::Duration byte_time() const;

  LineFaults faults_;
  std::mt19937_64 random_;
  std::deque<Byte> bytes_;
  uint64_t written_ = 0;
  std::function<bool(const protocol::FrameHeader&)> lose_;
  std::vector<std::byte> segment_;  // the bytes since the last delimiter, while lose_ is set
  bool dead_ = false;
  base::Instant free_at_{};  // when the transmitter has sent everything
};

}  // namespace test
