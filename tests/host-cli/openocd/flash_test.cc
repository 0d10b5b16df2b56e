// netctl flash against a fake OpenOCD: which commands it gives, and what its failures become.
#include <filesystem>
#include <fstream>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/flash/flasher.h"
#include "host-cli/flash/image.h"
#include "host-cli/json.h"
#include "tests/support/elf_file.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Tests run in tests/, and a test leaves it.
const std::filesystem::path kFake = std::filesystem::absolute("support/fake_openocd.sh");

class Flash : public testing::Test {
 protected:
  Flash() {
    environment_.Set("NETCTL_OPENOCD", kFake.string());
    for (const char* name : {"ID", "HOLDS", "PROTECTED", "BANKS", "FAIL", "DIE"}) {
      environment_.Set(std::string("FAKE_OPENOCD_") + name, "");
    }
    environment_.Set("FAKE_OPENOCD_COMMANDS", (environment_.folder() / "commands").string());
    environment_.Write("agent.elf", Elf(0x08000000));
  }
  static std::string Elf(uint32_t address) {
    return test::ElfFile{.segments = {{.load_address = address, .data = std::string(20000, 'x')}}}
        .Bytes();
  }
  static test::Outcome Run(std::vector<std::string> more, const std::string& image = "agent.elf") {
    std::vector<std::string> arguments{"flash", image, "--board", "stm32f4-rmii", "--no-check"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::RunNetctl(arguments);
  }
  // Those that change something.
  std::vector<std::string> Commands() const {
    std::vector<std::string> commands;
    std::ifstream file(environment_.folder() / "commands");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("flash erase") || line.starts_with("flash write") ||
          line.starts_with("verify_image ") || line.starts_with("reset")) {
        commands.push_back(line.substr(0, line.find(" \"")));
      }
    }
    return commands;
  }
  test::CleanEnvironment environment_;
};

TEST_F(Flash, ErasesProgramsVerifiesAndStarts) {
  const test::Outcome outcome = Run({});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("flashed agent.elf, 19.5 KiB"));
  EXPECT_THAT(outcome.out, HasSubstr("verified"));
  EXPECT_THAT(Commands(),
              ElementsAre("reset init", "flash erase_sector 0 0 0", "flash erase_sector 0 1 1",
                          "flash write_image", "verify_image", "reset run"));
}

TEST_F(Flash, SaysItInJson) {
  const Json object = Json::parse(Run({"--json"}).out);
  EXPECT_EQ(object["schema"], "netctl.flash/1");
  EXPECT_EQ(object["board"], "stm32f4-rmii");
  EXPECT_EQ(object["address"], "0x08000000");
  EXPECT_EQ(object["size"], 20000);
  EXPECT_EQ(object["chip_id"], "0x413");
  EXPECT_EQ(object["already_there"], false);
  EXPECT_EQ(object["erased"], 0x8000);
  EXPECT_EQ(object["verified"], true);
}

TEST_F(Flash, LeavesAloneWhatIsThere) {
  environment_.Set("FAKE_OPENOCD_HOLDS", "1");
  const test::Outcome outcome = Run({});
  EXPECT_EQ(outcome.code, ExitCode::kOk) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("already there"));
  EXPECT_THAT(Commands(), ElementsAre("reset init", "reset run"));
}

TEST_F(Flash, ForceWritesItAgain) {
  environment_.Set("FAKE_OPENOCD_HOLDS", "1");
  EXPECT_EQ(Run({"--force"}).code, ExitCode::kOk);
  EXPECT_THAT(Commands(), Contains("flash write_image"));
}

TEST_F(Flash, LeavesOutWhatIsNotWanted) {
  EXPECT_EQ(Run({"--no-verify", "--no-reset"}).code, ExitCode::kOk);
  EXPECT_THAT(Commands(), Not(Contains("verify_image")));
  EXPECT_THAT(Commands(), Not(Contains("reset run")));
}

TEST_F(Flash, ErasesTheWholeChipOnlyWhenThatIsMeant) {
  const test::Outcome refused = Run({"--erase"});
  EXPECT_EQ(refused.code, ExitCode::kUsage);
  EXPECT_THAT(refused.err, HasSubstr("-f says that this is meant"));
  EXPECT_THAT(Commands(), ElementsAre());
  EXPECT_EQ(Run({"--erase", "-f"}).code, ExitCode::kOk);
  EXPECT_THAT(Commands(), Contains("flash erase_sector 0 11 11"));
}

TEST_F(Flash, KnowsAnotherBoardsImage) {
  environment_.Write("other.elf", Elf(0));
  const test::Outcome outcome = Run({}, "other.elf");
  EXPECT_EQ(outcome.code, ExitCode::kFlash);
  EXPECT_THAT(outcome.err, HasSubstr("other.elf is an image for qemu-mps2-an386"));
  EXPECT_THAT(outcome.err, HasSubstr("not for stm32f4-rmii (STM32F407)"));
  EXPECT_THAT(Commands(), ElementsAre());
}

TEST_F(Flash, KnowsWhatDoesNotFit) {
  environment_.Write("high.elf", Elf(0x080ff000));
  EXPECT_THAT(Run({}, "high.elf").err, HasSubstr("high.elf does not fit"));
  environment_.Write(
      "pc.elf",
      test::ElfFile{.machine = EM_386, .segments = {{.load_address = 0x08000000, .data = "code"}}}
          .Bytes());
  const test::Outcome outcome = Run({}, "pc.elf");
  EXPECT_EQ(outcome.code, ExitCode::kFlash);
  EXPECT_THAT(outcome.err, HasSubstr("no ARM program"));
}

TEST_F(Flash, KnowsAnotherChip) {
  environment_.Set("FAKE_OPENOCD_ID", "0x20036419");
  const test::Outcome outcome = Run({});
  EXPECT_EQ(outcome.code, ExitCode::kFlash);
  EXPECT_THAT(outcome.err, HasSubstr("the chip is STM32F42x/43x (0x419)"));
  EXPECT_THAT(outcome.err, HasSubstr("STM32F405/407/415/417 (0x413)"));
  EXPECT_THAT(Commands(), Not(Contains(HasSubstr("erase"))));
}

TEST_F(Flash, DoesNotTouchProtectedSectors) {
  environment_.Set("FAKE_OPENOCD_PROTECTED", "1");
  const test::Outcome outcome = Run({});
  EXPECT_EQ(outcome.code, ExitCode::kFlash);
  EXPECT_THAT(outcome.err, HasSubstr("sector 1 at 0x08004000 to 0x08007fff is write-protected"));
  EXPECT_THAT(outcome.err, HasSubstr("flash protect"));
  EXPECT_THAT(Commands(), ElementsAre("reset init", "reset run"));
  // One that the image does not need is no obstacle.
  environment_.Set("FAKE_OPENOCD_PROTECTED", "5");
  EXPECT_EQ(Run({}).code, ExitCode::kOk);
}

TEST_F(Flash, FailsWithOpenOcdsReason) {
  struct Row {
    std::string fail;
    ExitCode code;
    std::string text;
  };
  const std::vector<Row> rows = {
      {"verify_image=Error: checksum mismatch", ExitCode::kFlash,
       "verify: the flash does not hold what was written (OpenOCD: checksum mismatch"},
      {"flash write=Error: error executing stm32x flash write algorithm", ExitCode::kFlash,
       "program: error executing stm32x flash write algorithm"},
      {"flash erase=Error: failed erasing sectors 0 to 0", ExitCode::kFlash,
       "erase: failed erasing sectors 0 to 0"},
      {"flash write=Error: Error connecting DP: cannot read IDR", ExitCode::kChannel,
       "program: the target does not answer on SWD"},
      {"reset init=Error: timed out while waiting for target halted", ExitCode::kChannel,
       "reset: timed out while waiting for target halted"},
  };
  for (const Row& row : rows) {
    environment_.Set("FAKE_OPENOCD_FAIL", row.fail);
    const test::Outcome outcome = Run({});
    EXPECT_EQ(outcome.code, row.code) << row.fail << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.text));
    EXPECT_THAT(outcome.err, HasSubstr("hint: "));
  }
}

TEST_F(Flash, NeedsAFlashBank) {
  environment_.Set("FAKE_OPENOCD_BANKS", "0");
  const test::Outcome outcome = Run({});
  EXPECT_EQ(outcome.code, ExitCode::kFlash);
  EXPECT_THAT(outcome.err, HasSubstr("knows no flash"));
}

TEST_F(Flash, OutlivesTheEndOfOpenOcd) {
  environment_.Set("FAKE_OPENOCD_DIE", "flash write");
  const test::Outcome outcome = Run({});
  EXPECT_EQ(outcome.code, ExitCode::kChannel);
  EXPECT_THAT(outcome.err, HasSubstr("libusb went away"));
}

TEST_F(Flash, BoardsWithoutFlashAreToldSo) {
  const test::Outcome outcome =
      test::RunNetctl({"flash", "agent.elf", "--board", "qemu-mps2-an386"});
  EXPECT_EQ(outcome.code, ExitCode::kFlash);
  EXPECT_THAT(outcome.err, HasSubstr("qemu-mps2-an386 has no flash"));
  EXPECT_EQ(test::RunNetctl({"flash", "agent.elf", "--board", "unheard-of"}).code,
            ExitCode::kUsage);
}

TEST_F(Flash, PlainBytesNeedAnAddress) {
  environment_.Write("a.bin", "bytes");
  EXPECT_EQ(Run({}, "a.bin").code, ExitCode::kUsage);
  EXPECT_EQ(Run({"--address", "0x08000000"}, "a.bin").code, ExitCode::kOk);
  EXPECT_EQ(Run({"--address", "0x08000000"}).code, ExitCode::kUsage);
}

TEST_F(Flash, ReadsIntelHex) {
  environment_.Write("a.hex",
                     ":020000040800F2\r\n:0400000001020304F2\n:0400040005060708DE\n"
                     ":041000000A0B0C0DBE\n:00000001FF\n");
  const auto image = ReadFlashImage("a.hex", std::nullopt);
  ASSERT_TRUE(image) << image.error().message;
  ASSERT_EQ(image->ranges.size(), 2U);
  EXPECT_EQ(RangeText(image->ranges[0]), "0x08000000 to 0x08000007");
  EXPECT_EQ(RangeText(image->ranges[1]), "0x08001000 to 0x08001003");
  // A digit that changed, a lost end, a line that is cut.
  for (const char* text : {":0400000001020305F2\n:00000001FF\n", ":0400000001020304F2\n",
                           ":04000000010203\n:00000001FF\n"}) {
    environment_.Write("bad.hex", text);
    EXPECT_FALSE(ReadFlashImage("bad.hex", std::nullopt)) << text;
  }
}

}  // namespace
}  // namespace netctl
