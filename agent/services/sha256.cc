#include "agent/services/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace agent {
namespace {

// FIPS 180-4 4.2.2: the same of the cube roots of the first 64 primes.
constexpr std::array<uint32_t, 64> kConstants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// FIPS 180-4 4.1.2.
constexpr uint32_t Choose(uint32_t x, uint32_t y, uint32_t z) { return z ^ (x & (y ^ z)); }
constexpr uint32_t Majority(uint32_t x, uint32_t y, uint32_t z) { return (x & y) | (z & (x | y)); }
constexpr uint32_t BigSigma0(uint32_t x) {
  return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22);
}
constexpr uint32_t BigSigma1(uint32_t x) {
  return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25);
}
constexpr uint32_t SmallSigma0(uint32_t x) { return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3); }
constexpr uint32_t SmallSigma1(uint32_t x) {
  return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10);
}

}  // namespace

void Sha256::AddBlock(const std::byte* block) {
  // The message schedule needs only its last 16 words (FIPS 180-4 6.2.2, step 1).
  std::array<uint32_t, 16> words;
  auto [a, b, c, d, e, f, g, h] = state_;
  for (size_t t = 0; t < kConstants.size(); ++t) {
    uint32_t& word = words[t % 16];
    if (t < 16) {
      word = base::LoadBe32(block + 4 * t);
    } else {
      word += SmallSigma1(words[(t - 2) % 16]) + words[(t - 7) % 16] +
              SmallSigma0(words[(t - 15) % 16]);
    }
    const uint32_t t1 = h + BigSigma1(e) + Choose(e, f, g) + kConstants[t] + word;
    const uint32_t t2 = BigSigma0(a) + Majority(a, b, c);
    h = std::exchange(g, std::exchange(f, std::exchange(e, d + t1)));
    d = std::exchange(c, std::exchange(b, std::exchange(a, t1 + t2)));
  }
  const State sum = {a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < sum.size(); ++i) {
    state_[i] += sum[i];
  }
}

void Sha256::Add(base::ConstByteSpan data) {
  const size_t used = size_ % kBlockSize;
  size_ += data.size();
  if (used != 0) {
    const size_t taken = std::min(data.size(), kBlockSize - used);
    std::ranges::copy(data.first(taken), rest_.begin() + static_cast<ptrdiff_t>(used));
    data = data.subspan(taken);
    if (used + taken < kBlockSize) {
      return;
    }
    AddBlock(rest_.data());
  }
  while (data.size() >= kBlockSize) {
    AddBlock(data.data());
    data = data.subspan(kBlockSize);
  }
  std::ranges::copy(data, rest_.begin());
}

Sha256::Digest Sha256::Finish() {
  // FIPS 180-4 5.1.1: a one bit, zeros, and the length in bits as the last 64 bits of a block.
  constexpr std::array<std::byte, kBlockSize> kPadding = {std::byte{0x80}};
  std::array<std::byte, 8> length;
  base::Store<base::kNetworkOrder>(length.data(), size_ * 8);
  const size_t used = size_ % kBlockSize;
  const size_t end = used < kBlockSize - length.size() ? kBlockSize : 2 * kBlockSize;
  Add(base::ConstByteSpan(kPadding).first(std::min(end - length.size() - used, kBlockSize)));
  Add(length);
  Digest digest;
  for (size_t i = 0; i < state_.size(); ++i) {
    base::StoreBe32(reinterpret_cast<std::byte*>(digest.data()) + 4 * i, state_[i]);
  }
  *this = Sha256();
  return digest;
}

}  // namespace agent
