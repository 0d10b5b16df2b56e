// The copy loops of FIFO MACs on a window of plain memory.
#include "drivers/fifo_window.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace drivers {
namespace {

// More words than the largest frame has.
constexpr size_t kMaxWords = 390;

constexpr std::array<uint32_t, 8> kWindow = {0x8001'0203, 0xffff'ffff, 0x0000'0001, 0xfffe'ffff,
                                             0x1234'5678, 0x9abc'def0, 0xffff'0000, 0x0000'ffff};

TEST(FifoWindow, ReadsAndSumsAnyNumberOfWords) {
  for (size_t words = 0; words <= kMaxWords; ++words) {
    std::vector<std::byte> to(4 * (words + 1), std::byte{0xa5});
    const uint32_t sum = ReadFifoWindow(kWindow.data(), to.data(), words, 0);
    for (size_t i = 0; i < words; ++i) {
      ASSERT_EQ((base::Load<base::ByteOrder::kLittle, uint32_t>(&to[4 * i])), kWindow[i % 8]);
    }
    EXPECT_EQ(FoldWords(sum), base::SumBytes(base::ConstByteSpan(to).first(4 * words))) << words;
    EXPECT_EQ(to.back(), std::byte{0xa5});
  }
}

TEST(FifoWindow, LeavesTheFrontOutOfTheSum) {
  for (size_t words = 4; words <= 100; ++words) {
    std::vector<std::byte> to(4 * words);
    const uint32_t sum = ReadFifoWindow(kWindow.data(), to.data(), words, 4);
    for (size_t i = 0; i < 4; ++i) {
      ASSERT_EQ((base::Load<base::ByteOrder::kLittle, uint32_t>(&to[4 * i])), kWindow[i]);
    }
    EXPECT_EQ(FoldWords(sum), base::SumBytes(base::ConstByteSpan(to).subspan(16))) << words;
  }
}

TEST(FifoWindow, WritesAnyNumberOfWords) {
  std::vector<std::byte> from(4 * kMaxWords);
  for (size_t i = 0; i < from.size(); ++i) {
    from[i] = static_cast<std::byte>(i * 7 + i / 256);
  }
  for (size_t words = 0; words <= kMaxWords; ++words) {
    std::array<uint32_t, 8> window{};
    WriteFifoWindow(window.data(), from.data(), words);
    std::array<uint32_t, 8> expected{};
    for (size_t i = 0; i < words; ++i) {
      expected[i % 8] = base::Load<base::ByteOrder::kLittle, uint32_t>(&from[4 * i]);
    }
    ASSERT_EQ(window, expected) << words;
  }
}

TEST(FifoWindow, FoldsToTheSumOfHalfWords) {
  EXPECT_EQ(FoldWords(0), 0);
  EXPECT_EQ(FoldWords(0xffff'ffff), 0xffff);
  EXPECT_EQ(FoldWords(0x0001'ffff), 0x0001);
}

}  // namespace
}  // namespace drivers
