// The CRC-32 of Ethernet (IEEE 802.3 clause 3.2.9), bit by bit.
#pragma once

#include <cstdint>

#include "tests/support/bytes.h"

namespace test {

// The shift register as the hash filters of MACs use it: first bit of the polynomial in bit 31, not
// inverted.
inline uint32_t EthernetCrcRegister(base::ConstByteSpan bytes) {
  uint32_t crc = 0xffff'ffff;
  for (const std::byte byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const uint32_t next = std::to_integer<uint32_t>(byte) >> bit & 1;
      crc = crc << 1 ^ ((crc >> 31 ^ next) != 0 ? 0x04c1'1db7 : 0);
    }
  }
  return crc;
}

// The four bytes of the frame check sequence as they are sent.
inline ByteVector FrameCheckSequence(base::ConstByteSpan frame) {
  const uint32_t crc = ~EthernetCrcRegister(frame);
  ByteVector bytes(4);
  for (unsigned i = 0; i < 32; ++i) {
    bytes[i / 8] |= static_cast<std::byte>((crc >> (31 - i) & 1) << (i % 8));
  }
  return bytes;
}

}  // namespace test
