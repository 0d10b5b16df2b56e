#include "protocol/crc32c.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace protocol {
namespace {

uint32_t CheckOf(base::ConstByteSpan bytes) {
  Crc32c crc;
  crc.Update(bytes);
  return crc.value();
}

// RFC 3720 appendix B.4, and the catalogue's check value.
TEST(Crc32c, KnownValues) {
  EXPECT_EQ(CheckOf(test::ToBytes("123456789")), 0xe3069283u);
  EXPECT_EQ(CheckOf(test::ByteVector(32, std::byte{0})), 0x8a9136aau);
  EXPECT_EQ(CheckOf(test::ByteVector(32, std::byte{0xff})), 0x62a8ab43u);
  EXPECT_EQ(CheckOf(test::Pattern(32)), 0x46dd794eu);
  EXPECT_EQ(CheckOf({}), 0u);
}

TEST(Crc32c, PartsGiveTheSameAsTheWhole) {
  const auto bytes = test::Pattern(100);
  for (size_t split = 0; split <= bytes.size(); ++split) {
    Crc32c crc;
    crc.Update(base::ConstByteSpan(bytes).first(split));
    crc.Update(base::ConstByteSpan(bytes).subspan(split));
    EXPECT_EQ(crc.value(), CheckOf(bytes)) << split;
  }
}

}  // namespace
}  // namespace protocol
