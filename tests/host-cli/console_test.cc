#include "host-cli/console.h"

#include <fstream>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_board.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using test::FakeBoard;
using test::Outcome;
using test::Pty;
using test::RunNetctl;
using testing::HasSubstr;
using testing::Not;

class ConsoleTest : public testing::Test {
 protected:
  test::CleanEnvironment environment_;
  test::FakeAgent agent_;
};

TEST_F(ConsoleTest, ShowsTextUntilTheTextThatIsAwaited) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_, {.boot_text = "boot\r\nlogin: "});
  const Outcome outcome =
      RunNetctl({"-t", pty.path, "console", "--until", "login:", "--timeout", "60s"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("boot\r\nlogin: "));
}

TEST_F(ConsoleTest, TextThatDoesNotComeIsAFailure) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_, {.boot_text = "boot\r\n"});
  const Outcome outcome =
      RunNetctl({"-t", pty.path, "console", "--until", "login:", "--for", "200ms"});
  EXPECT_EQ(outcome.code, ExitCode::kFailed);
  EXPECT_THAT(outcome.err, HasSubstr("'login:' did not come"));
}

TEST_F(ConsoleTest, LogsAndLines) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_, {.boot_text = "\x1b[32mgreen\x1b[0m\r\nend\r\n"});
  const Outcome outcome = RunNetctl({"-t", pty.path, "console", "--until", "end\r\n", "--json",
                                     "--log", "log.txt", "--log-strip", "--timeout", "60s"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(R"({"event":"text","data":{"text":"end"}})"));
  std::ifstream log("log.txt");
  const std::string text{std::istreambuf_iterator<char>(log), {}};
  EXPECT_EQ(text, "green\nend\n");
}

TEST_F(ConsoleTest, ALostPortEndsItWhereThatIsWanted) {
  const Pty pty;
  auto board = std::make_unique<FakeBoard>(pty.board, agent_, FakeBoard::Options{.boot_text = "x"});
  std::thread unplug([&] {
    ::usleep(100'000);
    board.reset();
  });
  const Outcome outcome =
      RunNetctl({"-t", pty.path, "console", "--no-reconnect", "--timeout", "60s"});
  unplug.join();
  EXPECT_EQ(outcome.code, ExitCode::kChannel);
  EXPECT_THAT(outcome.err, HasSubstr("was lost"));
}

TEST(KeyFilter, PrefixQuitsAndHelps) {
  KeyFilter keys;
  std::string out;
  EXPECT_EQ(keys.Push("ls\r", out), KeyFilter::Action::kNone);
  EXPECT_EQ(out, "ls\r");
  EXPECT_EQ(keys.Push("\x14", out), KeyFilter::Action::kNone);
  EXPECT_EQ(keys.Push("\x14", out), KeyFilter::Action::kNone);
  EXPECT_EQ(out, "ls\r\x14");
  EXPECT_EQ(keys.Push("\x14?", out), KeyFilter::Action::kHelp);
  EXPECT_EQ(keys.Push("q\x14q", out), KeyFilter::Action::kQuit);
  EXPECT_EQ(out, "ls\r\x14q");
}

}  // namespace
}  // namespace netctl
