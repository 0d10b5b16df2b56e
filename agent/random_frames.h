// Frames for injection: mostly valid headers, addressed to the board, with random defects. The same
// seed makes the same frames on the same addresses.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/repeatable_random.h"
#include "stack/base/address.h"
#include "stack/base/bytes.h"

namespace agent {

using protocol::RepeatableRandom;

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
