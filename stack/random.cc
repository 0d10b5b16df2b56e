#include "stack/random.h"

#include <bit>

namespace stack {
namespace {

// SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012, section 2).
struct SipState {
  uint64_t v0, v1, v2, v3;

  explicit SipState(const uint64_t (&key)[2])
      : v0(key[0] ^ 0x736f6d6570736575),
        v1(key[1] ^ 0x646f72616e646f6d),
        v2(key[0] ^ 0x6c7967656e657261),
        v3(key[1] ^ 0x7465646279746573) {}

  void Rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }
  void Absorb(uint64_t word) {
    v3 ^= word;
    Rounds(2);
    v0 ^= word;
  }
  uint64_t Finish() {
    v2 ^= 0xff;
    Rounds(4);
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

void Random::Seed(base::ConstByteSpan entropy) {
  const uint64_t first = Hash(entropy);
  key_[0] ^= first;
  const uint64_t second = Hash(entropy);
  key_[1] ^= second;
}

uint64_t Random::Hash(base::ConstByteSpan input) const {
  SipState state(key_);
  const size_t whole = input.size() & ~size_t{7};
  for (size_t i = 0; i < whole; i += 8) {
    state.Absorb(base::Load<base::ByteOrder::kLittle, uint64_t>(input.data() + i));
  }
  uint64_t last = static_cast<uint64_t>(input.size()) << 56;
  for (size_t i = whole; i < input.size(); ++i) {
    last |= static_cast<uint64_t>(input[i]) << (8 * (i - whole));
  }
  state.Absorb(last);
  return state.Finish();
}

uint32_t Random::Next32() {
  std::byte input[9] = {};  // a length that no other caller uses
  base::Store<base::ByteOrder::kLittle>(input, counter_++);
  return static_cast<uint32_t>(Hash(input));
}

}  // namespace stack
