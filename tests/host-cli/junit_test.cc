#include "host-cli/junit.h"

#include <cstring>

#include <gtest/gtest.h>
#include <pugixml.hpp>

namespace netctl {
namespace {

TestSuite FourCases() {
  return {.name = "bringup",
          .timestamp = "2026-01-02T03:04:05",
          .hostname = "rig7",
          .properties = {{"netctl.board", "b"}},
          .cases = {{.classname = "bringup.link", .name = "link", .time_s = 0.5},
                    {.classname = "bringup.ip",
                     .name = "ping",
                     .time_s = 1.25,
                     .result = CaseResult::kFailed,
                     .message = "loss 100% > 0%",
                     .details = "a\x01<b>"},
                    {.classname = "bringup.tcp",
                     .name = "rx",
                     .result = CaseResult::kError,
                     .message = "lost"},
                    {.classname = "bringup.ptp",
                     .name = "ptp",
                     .result = CaseResult::kSkipped,
                     .message = "none"}}};
}

TEST(Junit, CountsAndNamesEveryResult) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(FormatJunit(FourCases()).c_str()));
  const auto suite = document.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.attribute("tests").value(), "4");
  EXPECT_STREQ(suite.attribute("failures").value(), "1");
  EXPECT_STREQ(suite.attribute("errors").value(), "1");
  EXPECT_STREQ(suite.attribute("skipped").value(), "1");
  EXPECT_STREQ(suite.attribute("time").value(), "1.750");
  EXPECT_STREQ(suite.child("properties").child("property").attribute("name").value(),
               "netctl.board");
  auto test = suite.child("testcase");
  EXPECT_FALSE(test.first_child());
  test = test.next_sibling("testcase");
  EXPECT_STREQ(test.child("failure").attribute("message").value(), "loss 100% > 0%");
  test = test.next_sibling("testcase");
  EXPECT_STREQ(test.child("error").attribute("message").value(), "lost");
  test = test.next_sibling("testcase");
  EXPECT_STREQ(test.child("skipped").attribute("message").value(), "none");
}

TEST(Junit, BytesThatXmlForbidsBecomeSpaces) {
  const std::string text = FormatJunit(FourCases());
  EXPECT_EQ(text.find('\x01'), std::string::npos);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(text.c_str()));
  const auto failed =
      document.child("testsuites").child("testsuite").child("testcase").next_sibling("testcase");
  EXPECT_STREQ(failed.child("failure").text().get(), "a <b>");
}

}  // namespace
}  // namespace netctl
