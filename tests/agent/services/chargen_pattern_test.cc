#include "agent/services/chargen_pattern.h"

#include "gtest/gtest.h"
#include "tests/support/bytes.h"

namespace agent {
namespace {

std::string Line(size_t number) {
  return test::ToText(
      base::ConstByteSpan(kChargenText).subspan(number * kChargenLine, kChargenLine));
}

// The example of RFC 864 shows these lines.
TEST(ChargenPattern, LinesOfRfc864) {
  EXPECT_EQ(Line(0),
            " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n");
  EXPECT_EQ(Line(1),
            "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh\r\n");
  EXPECT_EQ(Line(94),
            "~ !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdef\r\n");
}

TEST(ChargenPattern, GoesOnAfterOnePeriod) {
  EXPECT_EQ(ChargenByte(kChargenPeriod + 5), ChargenByte(5));
  EXPECT_EQ(ChargenFrom(3 * kChargenPeriod + 7).front(), ChargenByte(7));
  EXPECT_EQ(ChargenFrom(3 * kChargenPeriod - 1).size(), 1u);
}

}  // namespace
}  // namespace agent
