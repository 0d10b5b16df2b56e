#include "agent/services/text_writer.h"

#include <array>

#include "gtest/gtest.h"

namespace agent {
namespace {

TEST(TextWriter, WritesNumbers) {
  std::array<char, 80> memory;
  TextWriter out(memory);
  out.Decimal(0).Text(" ").Decimal(UINT64_MAX).Text(" ").Hex(0).Text(" ").Hex(0xbeef, 8);
  EXPECT_EQ(out.view(), "0 18446744073709551615 0 0000beef");
}

TEST(TextWriter, WritesAddresses) {
  std::array<char, 80> memory;
  TextWriter out(memory);
  const auto address = base::Ipv4Address::From(192, 0, 2, 10);
  out.Address(address).Text(" ").Address(base::SocketAddress{address, 80}).Text(" ");
  out.Mac({{0x02, 0, 0, 0xab, 0, 0x01}});
  EXPECT_EQ(out.view(), "192.0.2.10 192.0.2.10:80 02:00:00:ab:00:01");
}

TEST(TextWriter, WritesSeconds) {
  std::array<char, 40> memory;
  TextWriter out(memory);
  out.Seconds(base::Duration(12'045'999)).Text(" ").Seconds(base::Duration(999));
  EXPECT_EQ(out.view(), "12.045 0.000");
}

TEST(TextWriter, EscapesHtml) {
  std::array<char, 80> memory;
  TextWriter out(memory);
  out.Html("<a href=\"x\">'b' & c</a>");
  EXPECT_EQ(out.view(), "&lt;a href=&quot;x&quot;&gt;&#39;b&#39; &amp; c&lt;/a&gt;");
}

TEST(TextWriter, CutsOffWhatDoesNotFitAndSaysSo) {
  std::array<char, 5> memory;
  TextWriter out(memory);
  out.Text("abc").Text("de");
  EXPECT_FALSE(out.overflowed());
  out.Decimal(7);
  EXPECT_TRUE(out.overflowed());
  EXPECT_EQ(out.view(), "abcde");
  out.Clear();
  EXPECT_FALSE(out.overflowed());
  EXPECT_EQ(out.view(), "");
}

}  // namespace
}  // namespace agent
