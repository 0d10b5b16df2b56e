// What the ENC28J60 writes around frames in its memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"

namespace drivers::enc28j60 {

// In front of a received frame: the next packet pointer and the receive status vector (figure 7-3,
// table 7-3). Flags are bits 16 to 31 of the vector.
struct ReceiveHeader {
  static constexpr size_t kSize = 6;
  static constexpr uint16_t kDropEvent = 0x0001;  // a gap in front, or too short to be counted
  static constexpr uint16_t kCrcError = 0x0010;
  static constexpr uint16_t kLengthError = 0x0020;  // the length field says something else
  static constexpr uint16_t kOk = 0x0080;           // valid CRC, no symbol errors

  uint16_t next = 0;    // where the next frame will start
  uint16_t length = 0;  // with the frame check sequence
  uint16_t flags = 0;

  constexpr bool has(uint16_t bit) const { return (flags & bit) != 0; }
  static ReceiveHeader Load(const std::array<std::byte, kSize>& bytes) {
    return {Load16(bytes.data()), Load16(bytes.data() + 2), Load16(bytes.data() + 4)};
  }
  static uint16_t Load16(const std::byte* from) {
    return base::Load<base::ByteOrder::kLittle, uint16_t>(from);
  }
};

// Behind a transmitted frame: the transmit status vector (table 7-1).
struct TransmitStatus {
  static constexpr size_t kSize = 7;
  static constexpr uint32_t kExcessiveCollisions = 0x1000'0000;
  static constexpr uint32_t kLateCollision = 0x2000'0000;

  uint32_t raw = 0;  // bits 0 to 31; the rest counts bytes and tells of control frames

  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
  constexpr uint32_t collisions() const { return raw >> 16 & 0xf; }
  static TransmitStatus Load(const std::array<std::byte, kSize>& bytes) {
    return {base::Load<base::ByteOrder::kLittle, uint32_t>(bytes.data())};
  }
};

// Where the frame behind the one at `at` starts in a ring from 0 to `ring_end`: headers and frames
// together are padded to an even size (7.2.2).
constexpr uint16_t NextFrame(uint16_t at, uint16_t length, uint16_t ring_end) {
  const size_t next = at + ReceiveHeader::kSize + ((length + 1u) & ~1u);
  return static_cast<uint16_t>(next > ring_end ? next - ring_end - 1 : next);
}
static_assert(NextFrame(0, 64, 0x141b) == 70 && NextFrame(70, 65, 0x141b) == 142);
static_assert(NextFrame(0x141a, 64, 0x141b) == 68);

}  // namespace drivers::enc28j60
