#include "host-cli/format.h"

#include <gtest/gtest.h>

#include "host-cli/enum_name.h"
#include "host-cli/suggest.h"
#include "protocol/methods.h"

namespace netctl {
namespace {

template <typename T>
std::string RoundTrip(std::string_view text) {
  T value;
  const auto parsed = Parse(text, value);
  return parsed ? fmt::format("{}", value) : parsed.error().message;
}

TEST(Format, AddressesReadAndWrite) {
  EXPECT_EQ(RoundTrip<base::MacAddress>("02:00:0A:fe:00:01"), "02:00:0a:fe:00:01");
  EXPECT_EQ(RoundTrip<base::MacAddress>("02-00-00-00-00-01"), "02:00:00:00:00:01");
  EXPECT_EQ(RoundTrip<base::Ipv4Address>("192.0.2.255"), "192.0.2.255");
  EXPECT_EQ(RoundTrip<base::SocketAddress>("192.0.2.1:8080"), "192.0.2.1:8080");
}

TEST(Format, WrongAddressesAreQuoted) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2..4", "1.2.3.4 ", "1.2.3.0x4",
                           "a.b.c.d", "1.2.3.4\n"}) {
    base::Ipv4Address address;
    const auto parsed = Parse(text, address);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ExitCode::kUsage);
    EXPECT_EQ(parsed.error().message,
              fmt::format("'{}' is not an IPv4 address such as 192.0.2.1", EscapeText(text)));
  }
  for (const char* text : {"02:00:00:00:00", "02:00:00:00:00:0g", "02.00.00.00.00.01"}) {
    base::MacAddress mac;
    EXPECT_FALSE(Parse(text, mac)) << text;
  }
  for (const char* text : {"192.0.2.1", "192.0.2.1:0", "192.0.2.1:65536", "x:80"}) {
    base::SocketAddress address;
    EXPECT_FALSE(Parse(text, address)) << text;
  }
}

TEST(Format, DurationsTakeUnits) {
  const auto microseconds = [](std::string_view text) {
    base::Duration duration;
    return Parse(text, duration) ? duration.count() : -1;
  };
  EXPECT_EQ(microseconds("500ms"), 500'000);
  EXPECT_EQ(microseconds("2"), 2'000'000);
  EXPECT_EQ(microseconds("1.5m"), 90'000'000);
  EXPECT_EQ(microseconds("7us"), 7);
  for (const char* text : {"", "ms", "-1s", "1 s", "1x", "nan", "1e9", "9999999h"}) {
    EXPECT_EQ(microseconds(text), -1) << text;
  }
}

TEST(Format, NumbersStayInRange) {
  EXPECT_EQ(ParseNumber("0x1f", 0, 31).value(), 31U);
  EXPECT_EQ(ParseNumber("32", 0, 31).error().message, "'32' is not a number from 0 to 31");
  EXPECT_FALSE(ParseNumber("-1", 0, 31));
  EXPECT_FALSE(ParseNumber("99999999999999999999999", 0, 31));
  EXPECT_EQ(ParseSize("64k", 1 << 20).value(), 65536U);
  EXPECT_FALSE(ParseSize("2M", 1 << 20));
  EXPECT_FALSE(ParseSize("k", 1 << 20));
  EXPECT_EQ(ParseHex("de ad:BE").value(), "\xde\xad\xbe");
  EXPECT_FALSE(ParseHex("abc"));
}

TEST(Format, TextOfTheBoardCannotSteerTheTerminal) {
  EXPECT_EQ(EscapeText("a\x1b[2J\r\n\x7f"), "a\\x1b[2J\\x0d\\x0a\\x7f");
  EXPECT_EQ(EscapeText("5 \xc2\xb5s"), "5 \xc2\xb5s");
  EXPECT_EQ(EscapeText("\xc2\x9b!\xff\xc3"), "\\xc2\\x9b!\\xff\\xc3");
  EXPECT_EQ(EscapeText("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(Format, FiguresForPeople) {
  EXPECT_EQ(FormatDuration(base::Duration(870)), "870 us");
  EXPECT_EQ(FormatDuration(base::Duration(23'400)), "23.4 ms");
  EXPECT_EQ(FormatDuration(base::Duration(999'900)), "1.0 s");
  EXPECT_EQ(FormatDuration(base::Duration(3'725'000'000)), "1:02:05");
  EXPECT_EQ(FormatBitRate(94'100'000), "94.10 Mbit/s");
  EXPECT_EQ(FormatSize(1500), "1500 B");
  EXPECT_EQ(FormatSize(65536), "64.0 KiB");
  EXPECT_EQ(FormatSize(4 << 20), "4.0 MiB");
}

TEST(EnumName, ComesFromTheEnumerators) {
  EXPECT_EQ(EnumName(protocol::ResetCause::kPowerOn), "power_on");
  EXPECT_EQ(EnumName(base::Loopback::kPhy), "phy");
  EXPECT_EQ(EnumName(static_cast<protocol::ResetCause>(29)), "29");
  EXPECT_EQ(EnumName(static_cast<protocol::ResetCause>(200)), "200");
  EXPECT_EQ(EnumFromName<protocol::LinkTestPath>("phy_loopback"),
            protocol::LinkTestPath::kPhyLoopback);
  EXPECT_EQ(EnumFromName<protocol::LinkTestPath>("nowhere"), std::nullopt);
}

TEST(Suggest, TheNearestWord) {
  const std::vector<std::string> known = {"ping", "info", "console"};
  EXPECT_EQ(DidYouMean("pign", known), " (did you mean 'ping'?)");
  EXPECT_EQ(DidYouMean("con", known), " (did you mean 'console'?)");
  EXPECT_EQ(DidYouMean("frobnicate", known), "");
  EXPECT_EQ(DidYouMean(std::string(100000, 'x'), known), "");
}

}  // namespace
}  // namespace netctl
