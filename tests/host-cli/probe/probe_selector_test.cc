#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/probe/open.h"
#include "host-cli/probe/probe_info.h"

namespace netctl {
namespace {

std::string ErrorOf(std::string_view text) {
  const auto selector = ParseProbeSelector(text);
  return selector ? "no error" : selector.error().message;
}

ProbeInfo Probe(const std::string& serial, const std::string& location, uint16_t product = 0x0204) {
  return {.vendor_id = 0x0d28, .product_id = product, .serial = serial, .location = location};
}

TEST(ProbeSelector, Parts) {
  const auto all = ParseProbeSelector("0D28:204-5:ab:cd").value();
  EXPECT_EQ(all.vendor_id, 0x0d28);
  EXPECT_EQ(all.product_id, 0x0204);
  EXPECT_EQ(all.interface, 5);
  EXPECT_EQ(all.serial, "ab:cd");
  const auto ids = ParseProbeSelector("0d28:0204").value();
  EXPECT_FALSE(ids.interface);
  EXPECT_FALSE(ids.serial);
  EXPECT_EQ(ParseProbeSelector("0d28:0204:").value().serial, "");
  const auto bare = ParseProbeSelector("E6614103E72C").value();
  EXPECT_FALSE(bare.vendor_id);
  EXPECT_EQ(bare.serial, "E6614103E72C");
  EXPECT_FALSE(ParseProbeSelector("").value().serial);
}

TEST(ProbeSelector, ErrorsNameTheColumn) {
  EXPECT_EQ(ErrorOf("xyz:1"),
            "probe 'xyz:1', column 1: the vendor id is 1 to 4 hexadecimal digits");
  EXPECT_EQ(ErrorOf(":1"), "probe ':1', column 1: the vendor id is 1 to 4 hexadecimal digits");
  EXPECT_EQ(ErrorOf("0d28:"),
            "probe '0d28:', column 6: the product id is 1 to 4 hexadecimal digits");
  EXPECT_EQ(ErrorOf("0d28:12345"),
            "probe '0d28:12345', column 6: the product id is 1 to 4 hexadecimal digits");
  EXPECT_EQ(ErrorOf("0d28:0204-"),
            "probe '0d28:0204-', column 11: the interface is a number from 0 to 255");
  EXPECT_EQ(ErrorOf("0d28:0204-256:1"),
            "probe '0d28:0204-256:1', column 11: the interface is a number from 0 to 255");
}

TEST(ProbeSelector, SerialAsTextOrAsTheHexOfItsBytes) {
  const ProbeInfo probe = Probe("\x01\xffz", "1-1");
  EXPECT_TRUE(Matches(ParseProbeSelector("01FF7a").value(), probe));
  EXPECT_FALSE(Matches(ParseProbeSelector("01ff7b").value(), probe));
  EXPECT_TRUE(Matches(ParseProbeSelector("0d28:0204:AbC").value(), Probe("aBc", "1-1")));
  EXPECT_TRUE(Matches(ParseProbeSelector("0d28:0204:").value(), Probe("", "1-1")));
  EXPECT_FALSE(Matches(ParseProbeSelector("0d28:0204:").value(), Probe("1", "1-1")));
  EXPECT_FALSE(Matches(ParseProbeSelector("0d28:0204:1").value(), Probe("", "1-1")));
}

TEST(ProbeSelector, EachProbeIsFoundByItsOwn) {
  std::vector<ProbeInfo> all = {Probe("1", "1-1"),   Probe("", "1-2"),    Probe("\x02 ", "1-3"),
                                Probe("a:b", "1-4"), Probe("two", "1-5"), Probe("two", "1-5")};
  all.back().interface = 3;
  for (const ProbeInfo& probe : all) {
    const std::string selector = SelectorOf(probe, all);
    SCOPED_TRACE(selector);
    const auto parsed = ParseProbeSelector(selector).value();
    EXPECT_EQ(std::ranges::count_if(all, [&](const auto& one) { return Matches(parsed, one); }), 1);
    EXPECT_TRUE(Matches(parsed, probe));
  }
}

TEST(ProbeChoice, NoneSeveralAndOtherKinds) {
  const auto one = ChooseProbe({}, {});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, ExitCode::kChannel);
  EXPECT_EQ(one.error().message, "there is no debug probe");

  const std::vector<ProbeInfo> two = {Probe("1", "1-1"), Probe("2", "1-2")};
  const auto several = ChooseProbe({}, two);
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().hint, "name one of them: 0d28:0204:1, 0d28:0204:2");
  EXPECT_EQ(ChooseProbe({.serial = "2"}, two).value().location, "1-2");
  EXPECT_EQ(ChooseProbe({.serial = "3"}, two).error().message,
            "there is no debug probe with serial number 3");

  std::vector<ProbeInfo> st = {Probe("9", "1-3", 0x374b)};
  st[0].kind = ProbeKind::kStLink;
  EXPECT_EQ(ChooseProbe({}, st).error().hint, "go through OpenOCD: -t openocd:BOARD");
  st.push_back(Probe("1", "1-1"));
  EXPECT_EQ(ChooseProbe({}, st).value().location, "1-1");
}

TEST(ProbeChoice, OfOneDeviceTheFasterInterface) {
  std::vector<ProbeInfo> both = {Probe("1", "1-1"), Probe("1", "1-1")};
  both[0].kind = ProbeKind::kCmsisDapV1;
  both[1].interface = 2;
  EXPECT_EQ(ChooseProbe({}, both).value().interface, 2);
  EXPECT_EQ(ChooseProbe({.interface = 0}, both).value().kind, ProbeKind::kCmsisDapV1);
}

}  // namespace
}  // namespace netctl
