// Frames for injection: mostly valid headers, addressed to the board, with random defects. The same
// seed makes the same frames on the same addresses.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/bytes.h"

namespace agent {

// xorshift64* (S. Vigna): repeatable, not unpredictable.
class RepeatableRandom {
 public:
  explicit constexpr RepeatableRandom(uint32_t seed)
      : state_((static_cast<uint64_t>(seed) << 32 | seed) ^ 0x9e3779b97f4a7c15) {}

  constexpr uint32_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1d) >> 32);
  }
  // 0 to bound - 1; `bound` is at least 1.
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>((static_cast<uint64_t>(Next()) * bound) >> 32);
  }
  constexpr bool OneIn(uint32_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

// Whom the frames are for. Addresses in `keep_out` are never named as a sender, so that the board
// does not lose its gateway to a forged ARP packet.
struct FrameTarget {
  base::MacAddress mac;
  base::Ipv4Address address;
  base::Ipv4Address mask;
  std::array<base::Ipv4Address, 3> keep_out{};
};

class RandomFrames {
 public:
  static constexpr size_t kMaxSize = 1514;

  RandomFrames(uint32_t seed, const FrameTarget& target) : random_(seed), target_(target) {}

  // Writes the next frame to `out`, which holds kMaxSize bytes; returns its size, 1 to kMaxSize.
  size_t Make(base::ByteSpan out);

 private:
  size_t MakeArp(base::ByteSpan out);
  size_t MakeIpv4(base::ByteSpan out);
  size_t MakeTcp(base::ByteSpan out, base::Ipv4Address source);
  size_t MakeUdp(base::ByteSpan out, base::Ipv4Address source);
  size_t MakeIcmp(base::ByteSpan out);
  size_t MakeTcpOptions(base::ByteSpan out);
  size_t AddPayload(base::ByteSpan out, size_t limit);
  size_t AddDefects(base::ByteSpan out, size_t size);
  void FillRandom(base::ByteSpan out);
  base::MacAddress RandomMac();
  base::Ipv4Address RandomSource();
  uint16_t RandomPort();

  RepeatableRandom random_;
  FrameTarget target_;
};

}  // namespace agent
