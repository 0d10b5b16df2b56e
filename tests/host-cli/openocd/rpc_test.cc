// The Tcl port: what is sent, and what is taken for an answer.
#include "host-cli/openocd/rpc.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/openocd/tcl.h"
#include "tests/support/fake_openocd.h"

namespace netctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Long enough for any answer of the fake, which never waits.
base::Instant Soon() { return Now() + std::chrono::seconds(10); }
base::Instant AtOnce() { return Now() + std::chrono::milliseconds(5); }

class OpenOcdRpcTest : public testing::Test {
 protected:
  std::shared_ptr<test::FakeOpenOcdState> state_ = std::make_shared<test::FakeOpenOcdState>();
  OpenOcdRpc rpc_{std::make_unique<test::FakeOpenOcd>(state_)};
};

TEST_F(OpenOcdRpcTest, ReturnsTheResult) {
  state_->answer = [](const std::string&) { return "some {nested list} 3"; };
  const auto result = rpc_.Call("target names", Soon());
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "some {nested list} 3");
  EXPECT_THAT(state_->scripts, ElementsAre("target names"));
}

TEST_F(OpenOcdRpcTest, TellsAnErrorFromAResult) {
  state_->answer = [](const std::string&) { return "error: no such command"; };
  const auto result = rpc_.Call("foo", Soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, RpcError::Kind::kScript);
  EXPECT_EQ(result.error().message, "error: no such command");
}

TEST_F(OpenOcdRpcTest, SkipsWhatComesBeforeTheAnswer) {
  for (const char* garbage : {"type target_state state halted\r\n\x1a", "noise ",
                              "netctl.99 0 {late}\x1a", "\x1a\x1a", "{ \x1a", "\xff\xfe\x1a"}) {
    state_->before_answer = garbage;
    state_->answer = [](const std::string&) { return "good"; };
    const auto result = rpc_.Call("x", Soon());
    ASSERT_TRUE(result) << garbage << ": " << result.error().message;
    EXPECT_EQ(*result, "good") << garbage;
  }
}

TEST_F(OpenOcdRpcTest, GivesUpAtTheDeadlineAndSkipsTheLateAnswer) {
  state_->silent = true;
  const auto result = rpc_.Call("slow", AtOnce());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, RpcError::Kind::kTimeout);
  state_->silent = false;
  state_->before_answer = "netctl.1 0 {of slow}\x1a";
  state_->answer = [](const std::string&) { return "of quick"; };
  EXPECT_EQ(rpc_.Call("quick", Soon()), "of quick");
}

TEST_F(OpenOcdRpcTest, IsLostWithTheReason) {
  state_->silent = true;
  state_->end_reason = "OpenOCD was lost: the process exited with status 1";
  for (int i = 0; i < 2; ++i) {
    const auto result = rpc_.Call("x", Soon());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, RpcError::Kind::kLost);
    EXPECT_THAT(result.error().message, HasSubstr("status 1"));
  }
}

TEST_F(OpenOcdRpcTest, EndsAFloodWithoutEnd) {
  state_->raw_answer = std::string((4U << 20) + 2, 'x');
  const auto result = rpc_.Call("x", Soon());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, RpcError::Kind::kLost);
  EXPECT_THAT(result.error().message, HasSubstr("no OpenOCD"));
}

TEST_F(OpenOcdRpcTest, SendsNothingBehindHalfACommand) {
  state_->accepts = false;
  EXPECT_EQ(rpc_.Call("x", AtOnce()).error().kind, RpcError::Kind::kTimeout);
  state_->accepts = true;
  EXPECT_EQ(rpc_.Call("y", Soon()).error().kind, RpcError::Kind::kLost);
  EXPECT_THAT(state_->scripts, ElementsAre());
}

TEST(TclWord, IsOneWordWithTheseCharacters) {
  EXPECT_EQ(TclQuote("plain.elf"), "\"plain.elf\"");
  EXPECT_EQ(TclQuote("a b [exit] $x {y} \"z\" \\"), R"("a b \[exit\] \$x \{y\} \"z\" \\")");
  EXPECT_EQ(TclQuote("end\x1ahere\n"), "\"end\\x1ahere\\n\"");
  for (const std::string word : {"a b", "[x]", "{", "}", "\\", "\"", "$a;b#c", ""}) {
    const auto list = ParseTclList(TclQuote(word));
    ASSERT_TRUE(list) << word;
    EXPECT_THAT(*list, ElementsAre(word));
  }
}

TEST(TclList, HasElements) {
  EXPECT_THAT(*ParseTclList(""), ElementsAre());
  EXPECT_THAT(*ParseTclList(" 1 {two words} {} \"quo ted\" a\\ b\n"),
              ElementsAre("1", "two words", "", "quo ted", "a b"));
  EXPECT_THAT(*ParseTclList("{a {b c}} d"), ElementsAre("a {b c}", "d"));
  EXPECT_THAT(*ParseTclList("{a \\} b}"), ElementsAre("a \\} b"));
}

TEST(TclList, IsSoundOrNone) {
  for (const char* text : {"{a", "\"a", "{a}b", "\"a\"b", "}{", "{{a}"}) {
    const auto list = ParseTclList(text);
    EXPECT_TRUE(!list || text == std::string("}{")) << text;
  }
}

}  // namespace
}  // namespace netctl
