#include "tests/support/vboard/stm32f407.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/vboard/flash_image.h"
#include "tests/support/vprobe/targets.h"
#include "tests/vboard/program.h"

namespace test {
namespace {

// Removed with its folder.
class ImageFile : public testing::Test {
 protected:
  ImageFile() { std::filesystem::create_directory(folder_); }
  ~ImageFile() override { std::filesystem::remove_all(folder_); }

  std::string Write(std::span<const std::byte> bytes) const {
    const std::string path = folder_ / "image";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    return path;
  }
  // One loadable segment.
  static std::vector<std::byte> Elf(uint32_t address, std::span<const std::byte> content) {
    Elf32_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS32;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_phoff = sizeof header;
    header.e_phnum = 1;
    Elf32_Phdr segment{};
    segment.p_type = PT_LOAD;
    segment.p_offset = sizeof header + sizeof segment;
    segment.p_paddr = address;
    segment.p_filesz = static_cast<uint32_t>(content.size());
    std::vector<std::byte> file(segment.p_offset + content.size());
    std::memcpy(file.data(), &header, sizeof header);
    std::memcpy(file.data() + sizeof header, &segment, sizeof segment);
    std::memcpy(file.data() + segment.p_offset, content.data(), content.size());
    return file;
  }
  static std::vector<std::byte> Read(const std::string& path) {
    return ReadFlashImage(path, FlashController::kBase, FlashController::kSize);
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("netctl_image_" + std::to_string(::getpid()));
};

const std::vector<std::byte> kContent(10, std::byte{0x42});

TEST_F(ImageFile, ElfSegmentLandsAtItsLoadAddress) {
  const auto image = Read(Write(Elf(FlashController::kBase + 4, kContent)));
  ASSERT_EQ(image.size(), 14u);
  EXPECT_EQ(image[3], std::byte{0xff});
  EXPECT_EQ(image[4], std::byte{0x42});
  EXPECT_EQ(image[13], std::byte{0x42});
}

TEST_F(ImageFile, AnyOtherFileIsTakenAsItIs) { EXPECT_EQ(Read(Write(kContent)), kContent); }

TEST_F(ImageFile, ElfSegmentOutsideOfTheFlashIsRefused) {
  EXPECT_THROW(Read(Write(Elf(0x2000'0000, kContent))), std::runtime_error);
  const uint32_t end = FlashController::kBase + FlashController::kSize;
  EXPECT_THROW(Read(Write(Elf(end - 9, kContent))), std::runtime_error);
  EXPECT_NO_THROW(Read(Write(Elf(end - 10, kContent))));
}

TEST_F(ImageFile, EveryTruncationOfAnElfFileIsRefused) {
  const auto file = Elf(FlashController::kBase, kContent);
  for (size_t length = SELFMAG; length < file.size(); ++length) {
    EXPECT_THROW(Read(Write(std::span(file).first(length))), std::runtime_error) << length;
  }
}

TEST_F(ImageFile, MissingFileIsRefused) {
  EXPECT_THROW(Read(folder_ / "none"), std::runtime_error);
}

TEST_F(ImageFile, TargetTextNamesImageAndFlashFile) {
  const std::string image = Write(Program().Code({kStop}).image());
  const std::string flash = ":flash=" + (folder_ / "flash").string();
  MakeTarget("stm32f407:" + image + flash, {});
  const auto target = MakeTarget("stm32f407" + flash, {});

  uint32_t code = 0;
  ASSERT_TRUE(target->bus().Read(FlashController::kBase + Program::kEntry, 2, code));
  EXPECT_EQ(code, kStop);
  EXPECT_THROW(MakeTarget("stm32f407:" + (folder_ / "none").string(), {}), std::runtime_error);
}

TEST(Stm32f407, SliceNeverRunsAheadOfRealTime) {
  Stm32f407 board;
  board.LoadFlash(Program().Code({kSpin}).image());
  const auto start = std::chrono::steady_clock::now();
  const VirtualTime from = board.now();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(board.RunSlice());
  }
  const auto passed = std::chrono::steady_clock::now() - start;
  EXPECT_GT(board.now(), from);
  EXPECT_LE(
      board.now() - from,
      std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count() * 1000 + kMicrosecond);
}

TEST(Stm32f407, RamIsTheSameForTheSameSeedOnly) {
  const auto word = [](uint32_t seed) {
    uint32_t value = 0;
    EXPECT_TRUE(Stm32f407({.flash_file = "", .seed = seed}).Read(Stm32f407::kRamBase, 4, value));
    return value;
  };
  EXPECT_EQ(word(1), word(1));
  EXPECT_NE(word(1), word(2));
}

}  // namespace
}  // namespace test
