// Real channels with a board at the other end: what the user sees when all is well, and when not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "host-cli/channels/open.h"
#include "host-cli/json.h"
#include "protocol/schema_hash.h"
#include "tests/support/fake_board.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using test::FakeBoard;
using test::Outcome;
using test::Pty;
using test::RunNetctl;
using testing::HasSubstr;

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    protocol::Info info;
    info.board = std::string_view("fake");
    agent_.Answer<protocol::GetInfo>(info);
  }
  static void ExpectError(const Outcome& outcome, ExitCode code, const std::string& part) {
    EXPECT_EQ(ToInt(outcome.code), ToInt(code));
    EXPECT_THAT(outcome.err, HasSubstr(part));
  }

  test::CleanEnvironment environment_;
  test::FakeAgent agent_;
};

TEST_F(SessionTest, OverAPty) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_);
  const Outcome outcome = RunNetctl({"-t", pty.path, "info"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("board              fake\n"));
}

TEST_F(SessionTest, OneCommandAfterTheOther) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(RunNetctl({"-t", pty.path, "info"}).code, ExitCode::kOk);
  }
}

TEST_F(SessionTest, BootTextInFrontOfTheFramesIsNoTrouble) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_, {.boot_text = "boot 1.2\r\nreset cause: pin\r\n"});
  EXPECT_EQ(RunNetctl({"-t", pty.path, "info"}).code, ExitCode::kOk);
}

TEST_F(SessionTest, ABoardThatIsUnpluggedLosesTheChannel) {
  const Pty pty;
  agent_.Mute<protocol::GetInfo>();
  auto board = std::make_unique<FakeBoard>(pty.board, agent_);
  std::thread unplug([&] {
    while (agent_.requests().empty()) {
      ::usleep(1000);
    }
    board.reset();
  });
  const Outcome outcome = RunNetctl({"-t", pty.path, "info"});
  unplug.join();
  ExpectError(outcome, ExitCode::kChannel, "was lost: the port is gone (unplugged?)");
}

TEST_F(SessionTest, ABoardThatRestartsIsTold) {
  const Pty pty;
  agent_.Mute<protocol::GetInfo>();
  FakeBoard board(pty.board, agent_);
  std::thread restart([&] {
    while (agent_.requests().empty()) {
      ::usleep(1000);
    }
    board.Restart();
  });
  const Outcome outcome = RunNetctl({"-t", pty.path, "info"});
  restart.join();
  ExpectError(outcome, ExitCode::kAgent, "the board restarted (cause: software)");
}

TEST_F(SessionTest, ResetWaitsForTheNewBoot) {
  const Pty pty;
  agent_.Answer<protocol::ResetBoard>(protocol::Empty{});
  const FakeBoard board(pty.board, agent_);
  const Outcome outcome = RunNetctl({"-t", pty.path, "reset", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["boot_counter"], 2);
}

TEST_F(SessionTest, ResetThatDoesNothingIsAFailure) {
  const Pty pty;
  agent_.Answer<protocol::ResetBoard>(protocol::Empty{});
  const FakeBoard board(pty.board, agent_, {.reset_on_request = false});
  ExpectError(RunNetctl({"-t", pty.path, "reset", "--timeout", "2s"}), ExitCode::kFailed,
              "did not restart");
}

TEST_F(SessionTest, AnotherSchemaNamesBothBuilds) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_, {.schema_hash = 0xdead});
  const Outcome outcome = RunNetctl({"-t", pty.path, "info"});
  ExpectError(outcome, ExitCode::kAgent, "1.0 build 0000000000001234");
  EXPECT_THAT(outcome.err, HasSubstr("schema 0000dead"));
  EXPECT_THAT(outcome.err, HasSubstr(fmt::format("schema {:08x})", protocol::kSchemaHash)));
}

TEST_F(SessionTest, ABoardHeldThroughAnotherChannelIsBusy) {
  const Pty pty;
  const FakeBoard board(pty.board, agent_, {.busy_holder = "ann@lab 77"});
  ExpectError(RunNetctl({"-t", pty.path, "info"}), ExitCode::kBusy,
              "the board is held by ann@lab 77 through another channel");
}

TEST_F(SessionTest, ASilentBoardWithinTheTimeout) {
  const Pty pty;
  const Outcome outcome = RunNetctl({"-t", pty.path, "info", "--timeout", "100ms"});
  ExpectError(outcome, ExitCode::kTimeout, "no session with the agent");
  ::close(pty.board);
}

TEST_F(SessionTest, ASilentBoardIsDiagnosed) {
  const Pty pty;
  ExpectError(RunNetctl({"-t", pty.path, "info"}), ExitCode::kChannel, "not a single byte came");
  ::close(pty.board);
}

TEST_F(SessionTest, GarbageIsTakenForAWrongBaudRate) {
  const Pty pty;
  std::string noise;
  for (int i = 0; i < 400; ++i) {
    noise += static_cast<char>(0x80 + i % 100);
    noise += i % 20 == 0 ? '\0' : '\xfe';
  }
  ASSERT_EQ(::write(pty.board, noise.data(), noise.size()), static_cast<ssize_t>(noise.size()));
  // The noise stands in the terminal's buffer until netctl opens it.
  const Outcome outcome = RunNetctl({"-t", "serial://" + pty.path + "?baud=57600", "info"});
  ExpectError(outcome, ExitCode::kChannel, "bytes arrive but no frame");
  EXPECT_THAT(outcome.err, HasSubstr("check the baud rate (now 57600)"));
  ::close(pty.board);
}

TEST_F(SessionTest, TextWithoutAnAgentIsDiagnosed) {
  const Pty pty;
  const std::string text = "U-Boot 2026.01\r\nHit any key to stop autoboot\r\n=> ";
  ASSERT_GT(::write(pty.board, text.data(), text.size()), 0);
  ExpectError(RunNetctl({"-t", pty.path, "info"}), ExitCode::kChannel,
              "the board prints text but no frame");
  ::close(pty.board);
}

TEST_F(SessionTest, ABoardThatDiesIsNoticedByItsSilence) {
  const Pty pty;
  agent_.Mute<protocol::GetIp>();
  FakeBoard board(pty.board, agent_);
  std::thread freeze([&] {
    while (agent_.requests().empty()) {
      ::usleep(1000);
    }
    board.Freeze();
  });
  const Outcome outcome = RunNetctl({"-t", pty.path, "ping", "10.0.0.1", "-c", "1"});
  freeze.join();
  ExpectError(outcome, ExitCode::kChannel, "the board stopped answering");
}

TEST_F(SessionTest, APortInUseNamesItsUser) {
  const Pty pty;
  const auto url = ParseChannelUrl(pty.path).value();
  const auto first = OpenChannel(url, base::kNever);
  ASSERT_TRUE(first);
  ExpectError(RunNetctl({"-t", pty.path, "info"}), ExitCode::kBusy, pty.path + " is in use by ");
  ::close(pty.board);
}

TEST_F(SessionTest, APortThatIsNotThere) {
  ExpectError(RunNetctl({"-t", "/dev/netctl-no-such-port", "info"}), ExitCode::kChannel,
              "cannot open /dev/netctl-no-such-port: No such file or directory");
  ExpectError(RunNetctl({"-t", "/dev/null", "info"}), ExitCode::kChannel,
              "/dev/null: no serial port");
}

// A listening socket on the loopback interface or in the file system.
int Listen(int family, const sockaddr* address, socklen_t size) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(fd, address, size), 0);
  EXPECT_EQ(::listen(fd, 1), 0);
  return fd;
}

TEST_F(SessionTest, OverAUnixSocket) {
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "board.sock"};
  const int listener =
      Listen(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  std::unique_ptr<FakeBoard> board;
  std::thread accept(
      [&] { board = std::make_unique<FakeBoard>(::accept(listener, nullptr, nullptr), agent_); });
  const Outcome outcome =
      RunNetctl({"-t", "unix://" + (environment_.folder() / "board.sock").string(), "info"});
  accept.join();
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  ::close(listener);
}

TEST_F(SessionTest, OverTcp) {
  sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int listener =
      Listen(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  socklen_t size = sizeof(address);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::unique_ptr<FakeBoard> board;
  std::thread accept(
      [&] { board = std::make_unique<FakeBoard>(::accept(listener, nullptr, nullptr), agent_); });
  const std::string url = fmt::format("socket://127.0.0.1:{}", ntohs(address.sin_port));
  const Outcome outcome = RunNetctl({"-t", url, "info"});
  accept.join();
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  ::close(listener);
  board.reset();
  ExpectError(RunNetctl({"-t", url, "info"}), ExitCode::kChannel, "Connection refused");
}

TEST_F(SessionTest, AProgramThatEndsIsNamedWithItsLastWords) {
  ExpectError(RunNetctl({"-t", "exec:echo no route to rig >&2; exit 9", "info"}),
              ExitCode::kChannel, "the process exited with status 9: no route to rig");
}

TEST_F(SessionTest, MissingImagesAndPrograms) {
  environment_.Set("NETCTL_FIRMWARE_DIR", environment_.folder().string());
  ExpectError(RunNetctl({"-t", "qemu:nonsense", "info"}), ExitCode::kUsage,
              "no such board in QEMU");
  ExpectError(RunNetctl({"-t", "qemu:mps2-an386?kernel=/nowhere/x.elf", "info"}), ExitCode::kUsage,
              "firmware image /nowhere/x.elf does not exist");
  environment_.Write("qemu-mps2-an386/agent.elf", "");
  environment_.Set("NETCTL_QEMU", "netctl-no-such-qemu");
  const Outcome outcome = RunNetctl({"-t", "qemu", "info"});
  ExpectError(outcome, ExitCode::kChannel, "cannot run netctl-no-such-qemu");
  EXPECT_THAT(outcome.err, HasSubstr("install QEMU"));
  environment_.Set("NETCTL_AGENT_SIM", "/nowhere/netctl_agent_sim");
  ExpectError(RunNetctl({"-t", "sim", "info"}), ExitCode::kUsage,
              "/nowhere/netctl_agent_sim does not exist");
}

class VirtualBoardTest : public SessionTest {
 protected:
  // What netctl runs for `vboard:` from now on.
  void SetProgram(const std::string& script) {
    environment_.Write("vboard", "#!/bin/sh\n" + script + "\n");
    const std::string program = (environment_.folder() / "vboard").string();
    ASSERT_EQ(::chmod(program.c_str(), 0700), 0);
    environment_.Set("NETCTL_VBOARD", program);
  }
  void SetUp() override {
    environment_.Set("NETCTL_FIRMWARE_DIR", environment_.folder().string());
    environment_.Write("stm32f4-rmii/agent.elf", "");
    SetProgram("echo \"$@\" >&2; exit 9");
  }
};

TEST_F(VirtualBoardTest, OptionsOfTheUrlAreThoseOfTheProgram) {
  const std::string image = (environment_.folder() / "stm32f4-rmii/agent.elf").string();
  ExpectError(RunNetctl({"-t", "vboard:", "info"}), ExitCode::kChannel,
              "exited with status 9: stm32f4-rmii --image " + image + "\n");
  environment_.Write("a.elf", "");
  const std::string other = (environment_.folder() / "a.elf").string();
  ExpectError(RunNetctl({"-t",
                         "vboard:stm32f4-rmii?control=/c&seed=7&fault=a,b&tap=t0&forward=tcp::1-:2"
                         "&image=" +
                             other,
                         "info"}),
              ExitCode::kChannel,
              "exited with status 9: stm32f4-rmii --image " + other +
                  " --tap t0 --forward tcp::1-:2 --fault a --fault b --seed 7 --control /c\n");
}

TEST_F(VirtualBoardTest, MissingBoardsImagesAndPrograms) {
  const Outcome outcome = RunNetctl({"-t", "vboard:nonsense", "info"});
  ExpectError(outcome, ExitCode::kUsage, "channel 'vboard:nonsense': no such virtual board");
  EXPECT_THAT(outcome.err, HasSubstr("there is: stm32f4-rmii, stm32f4-enc28j60, s3c2416-dm9000a"));
  ExpectError(RunNetctl({"-t", "vboard:?image=/nowhere/x.elf", "info"}), ExitCode::kUsage,
              "firmware image /nowhere/x.elf does not exist");
  environment_.Set("NETCTL_FIRMWARE_DIR", "/nowhere");
  ExpectError(RunNetctl({"-t", "vboard:", "info"}), ExitCode::kUsage,
              "/nowhere/stm32f4-rmii/agent.elf");
  environment_.Set("NETCTL_VBOARD", "/nowhere/vboard");
  ExpectError(RunNetctl({"-t", "vboard:", "info"}), ExitCode::kUsage,
              "/nowhere/vboard does not exist");
}

// What the firmware did against the manuals, which the program says when it is told to end.
TEST_F(VirtualBoardTest, ItsLastWordsAreShown) {
  SetProgram(
      "trap 'echo vboard: stm32f4-rmii: no clock >&2; exit 1' TERM\nwhile :; do sleep 0.01; done");
  testing::internal::CaptureStderr();
  RunNetctl({"-t", "vboard:", "--timeout", "0.2", "info"});
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("vboard: stm32f4-rmii: no clock\n"));
}

}  // namespace
}  // namespace netctl
