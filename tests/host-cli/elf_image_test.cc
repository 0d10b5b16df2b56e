#include "host-cli/elf_image.h"

#include <cstring>
#include <filesystem>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/elf_file.h"
#include "tests/support/netctl_env.h"

namespace {

using netctl::ExitCode;

class ElfImage : public testing::Test {
 protected:
  std::string Written(const std::string& bytes) {
    environment_.Write("image.elf", bytes);
    return (environment_.folder() / "image.elf").string();
  }
  test::CleanEnvironment environment_;
};

TEST_F(ElfImage, HasSegmentsAndSymbols) {
  const test::ElfFile file{
      .segments = {{.load_address = 0x08000000, .data = "vectorscode"},
                   {.load_address = 0x0800000c,
                    .run_address = 0x20000000,
                    .data = "\x08\x07\x06\x05\x04\x03\x02\x01"}},
      .symbols = {{"_SEGGER_RTT", 0x20001000, 168}, {"netctl_build_id", 0x20000000, 8}}};
  const auto image = netctl::ReadElf(Written(file.Bytes()));
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->machine(), EM_ARM);
  ASSERT_EQ(image->segments().size(), 2U);
  EXPECT_EQ(image->segments()[1].load_address, 0x0800000cU);
  ASSERT_TRUE(image->FindSymbol("_SEGGER_RTT"));
  EXPECT_EQ(image->FindSymbol("_SEGGER_RTT")->address, 0x20001000U);
  EXPECT_EQ(image->FindSymbol("_SEGGER_RTT")->size, 168U);
  EXPECT_FALSE(image->FindSymbol("_SEGGER"));
  EXPECT_EQ(image->Constant64("netctl_build_id"), 0x0102030405060708U);
  // Its bytes are not in the file.
  EXPECT_FALSE(image->Constant64("_SEGGER_RTT"));
}

TEST_F(ElfImage, MustExist) {
  const auto image = netctl::ReadElf("missing.elf");
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ExitCode::kUsage);
  EXPECT_EQ(image.error().message, "missing.elf: No such file or directory");
}

TEST_F(ElfImage, IsNoOtherFile) {
  const auto image = netctl::ReadElf(Written("no ELF file at all"));
  ASSERT_FALSE(image);
  EXPECT_THAT(image.error().message, testing::EndsWith("is no ELF file"));
}

TEST_F(ElfImage, IsNotOfAHost) {
  const auto image = netctl::ReadElf("/proc/self/exe");
  ASSERT_FALSE(image);
  EXPECT_THAT(image.error().message, testing::HasSubstr("not of 32 bits"));
}

// Cut anywhere, it is an error or an image without what was cut off: never more, never a crash.
TEST_F(ElfImage, MayBeCutOff) {
  const test::ElfFile file{.segments = {{.load_address = 0x08000000, .data = "0123456789"}},
                           .symbols = {{"netctl_build_id", 0x08000000, 8}}};
  const std::string bytes = file.Bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto image = netctl::ReadElf(Written(bytes.substr(0, size)));
    if (image && !image->segments().empty()) {
      EXPECT_EQ(image->segments()[0].data.size(), 10U) << size;
    }
  }
}

}  // namespace
