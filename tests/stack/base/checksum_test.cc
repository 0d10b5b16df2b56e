#include "stack/base/checksum.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/bytes.h"

namespace test {
namespace {

using base::Sum;

// RFC 1071 1, word by word in network order.
uint16_t PlainChecksum(base::ConstByteSpan bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<uint32_t>(bytes[i]);
    sum += i % 2 == 0 ? byte << 8 : byte;
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

rc::Gen<std::vector<uint8_t>> AnyBytes() {
  // Long runs of 0xff make carries.
  return rc::gen::oneOf(rc::gen::container<std::vector<uint8_t>>(rc::gen::arbitrary<uint8_t>()),
                        rc::gen::map(rc::gen::inRange<size_t>(0, 3000),
                                     [](size_t size) { return std::vector<uint8_t>(size, 0xff); }),
                        rc::gen::mapcat(rc::gen::inRange<size_t>(0, 2000), [](size_t size) {
                          return rc::gen::container<std::vector<uint8_t>>(
                              size, rc::gen::arbitrary<uint8_t>());
                        }));
}
base::ConstByteSpan Span(const std::vector<uint8_t>& bytes) {
  return std::as_bytes(std::span(bytes));
}

TEST(Checksum, TheExampleOfRfc1071) {
  const ByteVector bytes = ToBytes({0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7});
  EXPECT_EQ(base::FinishChecksum(base::SumBytes(bytes)), static_cast<uint16_t>(~0xddf2));
}

TEST(Checksum, NothingSumsToZero) { EXPECT_EQ(base::SumBytes({}), 0); }

TEST(Checksum, IsTheOneOfTheRfc) {
  EXPECT_TRUE(rc::check("SumBytes", [] {
    const auto bytes = *AnyBytes();
    RC_ASSERT(base::FinishChecksum(base::SumBytes(Span(bytes))) == PlainChecksum(Span(bytes)));
  }));
}

TEST(Checksum, AlignmentDoesNotMatter) {
  EXPECT_TRUE(rc::check("SumBytes at every offset", [] {
    const auto bytes = *AnyBytes();
    for (size_t offset = 0; offset < 4; ++offset) {
      ByteVector moved(offset);
      AppendTo(moved, Span(bytes));
      RC_ASSERT(base::SumBytes(base::ConstByteSpan(moved).subspan(offset)) ==
                base::SumBytes(Span(bytes)));
    }
  }));
}

TEST(Checksum, CopyingSumsAndCopies) {
  EXPECT_TRUE(rc::check("CopyAndSum", [] {
    const auto bytes = *AnyBytes();
    const size_t from = *rc::gen::inRange<size_t>(0, 4);
    const size_t to = *rc::gen::inRange<size_t>(0, 4);
    ByteVector source(from);
    AppendTo(source, Span(bytes));
    ByteVector target(to + bytes.size() + 4, std::byte{0xaa});
    const Sum sum = base::CopyAndSum(base::ByteSpan(target).subspan(to),
                                     base::ConstByteSpan(source).subspan(from));
    RC_ASSERT(sum == base::SumBytes(Span(bytes)));
    RC_ASSERT(std::equal(target.begin() + static_cast<std::ptrdiff_t>(to), target.end() - 4,
                         Span(bytes).begin(), Span(bytes).end()));
    RC_ASSERT(ByteVector(target.end() - 4, target.end()) == ByteVector(4, std::byte{0xaa}));
  }));
}

TEST(Checksum, PiecesAddUp) {
  EXPECT_TRUE(rc::check("AddSums, SwapSum, SubtractSums", [] {
    const auto bytes = *AnyBytes();
    const size_t cut = *rc::gen::inRange<size_t>(0, bytes.size() + 1);
    const Sum whole = base::SumBytes(Span(bytes));
    const Sum front = base::SumBytes(Span(bytes).first(cut));
    Sum back = base::SumBytes(Span(bytes).subspan(cut));
    back = cut % 2 != 0 ? base::SwapSum(back) : back;
    RC_ASSERT(base::AddSums(front, back) == whole);
    RC_ASSERT(base::SubtractSums(whole, back) % 0xffff == front % 0xffff);
  }));
}

TEST(Checksum, WordsAreTerms) {
  EXPECT_TRUE(rc::check("WordToSum, LongToSum", [] {
    const auto value = *rc::gen::arbitrary<uint32_t>();
    ByteVector bytes(4);
    base::StoreBe32(bytes.data(), value);
    RC_ASSERT(base::LongToSum(value) == base::SumBytes(bytes));
    RC_ASSERT(base::WordToSum(static_cast<uint16_t>(value)) ==
              base::SumBytes(base::ConstByteSpan(bytes).subspan(2)));
  }));
}

TEST(Checksum, WhatCarriesItsChecksumIsGood) {
  EXPECT_TRUE(rc::check("SumIsGood", [] {
    auto bytes = *AnyBytes();
    bytes.resize(bytes.size() + 2 + bytes.size() % 2);
    bytes[bytes.size() - 2] = 0;
    bytes[bytes.size() - 1] = 0;
    const uint16_t checksum = base::FinishChecksum(base::SumBytes(Span(bytes)));
    bytes[bytes.size() - 2] = static_cast<uint8_t>(checksum >> 8);
    bytes[bytes.size() - 1] = static_cast<uint8_t>(checksum);
    RC_ASSERT(base::SumIsGood(base::SumBytes(Span(bytes))));
    const size_t bit = *rc::gen::inRange<size_t>(0, 8 * bytes.size());
    bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ (1 << (bit % 8)));
    RC_ASSERT(!base::SumIsGood(base::SumBytes(Span(bytes))));
  }));
}

}  // namespace
}  // namespace test
