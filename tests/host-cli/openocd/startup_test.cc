// How OpenOCD does not start, and what the user reads then.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/clock.h"
#include "host-cli/openocd/config.h"
#include "host-cli/openocd/open.h"
#include "host-cli/openocd/startup_errors.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kGoodVersion[] = "Open On-Chip Debugger 0.12.0";

class OpenOcdStart : public testing::Test {
 protected:
  // What runs instead of OpenOCD.
  void Install(const std::string& version, const std::string& body) {
    environment_.Write("openocd", "#!/bin/sh\nif [ \"$1\" = --version ]; then echo '" + version +
                                      "' >&2; exit 0; fi\n" + body + "\n");
    const std::filesystem::path program = environment_.folder() / "openocd";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    environment_.Set("NETCTL_OPENOCD", program.string());
  }
  static Error Start() {
    const auto memory =
        StartOpenOcd({.config = "x.cfg", .probe = ""}, Now() + std::chrono::minutes(1));
    EXPECT_FALSE(memory);
    return memory ? Error{} : memory.error();
  }
  test::CleanEnvironment environment_;
};

TEST_F(OpenOcdStart, NeedsOpenOcd) {
  environment_.Set("NETCTL_OPENOCD", "/nonexistent/openocd");
  const Error error = Start();
  EXPECT_EQ(error.code, ExitCode::kChannel);
  EXPECT_THAT(error.message, HasSubstr("cannot run /nonexistent/openocd"));
  EXPECT_EQ(error.hint, "install OpenOCD: sudo apt-get install openocd");
}

TEST_F(OpenOcdStart, NeedsANewOne) {
  for (const std::string old :
       {"Open On-Chip Debugger 0.11.0", "Open On-Chip Debugger 0.9.0-rc1"}) {
    Install(old, "");
    EXPECT_THAT(Start().message, HasSubstr("is too old: netctl needs 0.12 or later"));
  }
  Install("Some other program 7", "");
  EXPECT_THAT(Start().message, HasSubstr("is no OpenOCD"));
}

TEST(OpenOcdVersionText, IsParsed) {
  EXPECT_EQ(ParseOpenOcdVersion("Open On-Chip Debugger 0.12.0\nLicensed"), "0.12.0");
  EXPECT_EQ(ParseOpenOcdVersion("xPack Open On-Chip Debugger 0.13.0-01004-g9ea7f3d64"), "0.13.0");
  EXPECT_EQ(ParseOpenOcdVersion("Open On-Chip Debugger 1.0.0+dev-00123"), "1.0.0");
  EXPECT_EQ(ParseOpenOcdVersion("ocd 1"), "");
}

TEST_F(OpenOcdStart, SaysWhyItEnded) {
  struct Row {
    std::string log;
    std::string message;
    std::string hint;
  };
  const std::vector<Row> rows = {
      {"Error: libusb_open() failed with LIBUSB_ERROR_ACCESS\nError: no device found",
       "no permission to use the probe", "udev"},
      {"Error: libusb_claim_interface() failed with LIBUSB_ERROR_BUSY",
       "another program uses the probe", "fuser"},
      {"Error: No J-Link device found", "no J-Link found", "lsusb"},
      {"Error: open failed", "no probe found", "lsusb"},
      {"Error: Multiple devices found, specify the desired device", "there are several probes",
       "--probe"},
      {"Error: target voltage may be too low for reliable debugging", "the target has no power",
       "switch the board on"},
      {"Error: Error connecting DP: cannot read IDR", "the target does not answer on SWD",
       "powered"},
      {"Error: init mode failed (unable to connect to the target)",
       "the target does not answer on SWD", "powered"},
      {"Error: JTAG tap: x.cpu UNEXPECTED idcode 0x1\nError: expected 1 of 1: 0x4ba00477",
       "another chip than the configuration says", "--config"},
      {"Error: [x.cpu] Could not find MEM-AP to control the core",
       "the core is locked, or held in reset", "readout protection"},
      {"embedded:startup.tcl:28: Error: Can't find board/none.cfg\nin procedure 'script'",
       "OpenOCD finds no configuration board/none.cfg", "scripts/openocd"},
      {"Error: the moon is in the wrong phase\nsomething else",
       "OpenOCD does not start: the moon is in the wrong phase", "-v"},
  };
  for (const Row& row : rows) {
    Install(kGoodVersion, "cat >&2 <<'END'\n" + row.log + "\nEND\nexit 1");
    const Error error = Start();
    EXPECT_EQ(error.code, ExitCode::kChannel) << row.log;
    EXPECT_THAT(error.message, HasSubstr(row.message)) << row.log;
    EXPECT_THAT(error.hint, HasSubstr(row.hint)) << row.log;
  }
}

TEST_F(OpenOcdStart, EndsWithoutAWord) {
  Install(kGoodVersion, "exit 3");
  EXPECT_EQ(Start().message, "OpenOCD ended without a word (configuration x.cfg)");
}

TEST_F(OpenOcdStart, IsNotWaitedForWithoutEnd) {
  Install(kGoodVersion, "echo 'Info : still looking' >&2; exec sleep 60");
  const auto memory =
      StartOpenOcd({.config = "x.cfg", .probe = ""}, Now() + std::chrono::milliseconds(300));
  ASSERT_FALSE(memory);
  EXPECT_THAT(memory.error().message, HasSubstr("did not start in time"));
  EXPECT_THAT(memory.error().message, HasSubstr("still looking"));
}

TEST_F(OpenOcdStart, PassesProbeAndConfiguration) {
  Install(kGoodVersion, "for word; do echo \"$word\"; done > arguments; exit 1");
  environment_.Write("my board.cfg", "");
  EXPECT_FALSE(StartOpenOcd({.config = "my board.cfg", .probe = "12 [34]"},
                            Now() + std::chrono::minutes(1)));
  std::ifstream file("arguments");
  const std::string words(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(words,
            "-c\ngdb_port disabled; telnet_port disabled; tcl_port pipe\n-f\nmy board.cfg\n"
            "-c\nadapter serial \"12 \\[34\\]\"\n");
}

TEST_F(OpenOcdStart, FindsConfigurations) {
  environment_.Write("here.cfg", "");
  environment_.Set("NETCTL_OPENOCD_DIR", environment_.folder().string());
  EXPECT_THAT(FindConfigs("here.cfg"), ElementsAre("here.cfg"));
  EXPECT_THAT(FindConfigs("here"), ElementsAre((environment_.folder() / "here.cfg").string()));
  EXPECT_THAT(FindConfigs("interface/cmsis-dap.cfg,target/stm32f4x.cfg"),
              ElementsAre("interface/cmsis-dap.cfg", "target/stm32f4x.cfg"));
}

TEST(AttachOpenOcdTest, NobodyListens) {
  const auto memory = AttachOpenOcd("127.0.0.1", 1, Now() + std::chrono::seconds(5));
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code, ExitCode::kChannel);
  EXPECT_THAT(memory.error().hint, HasSubstr("6666"));
}

}  // namespace
}  // namespace netctl
