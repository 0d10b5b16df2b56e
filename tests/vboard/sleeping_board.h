// The bus of the virtual chip as a debugger sees it, while the core sleeps.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/vboard/stm32f407.h"
#include "tests/vboard/program.h"

namespace test {

class SleepingBoard : public testing::Test {
 protected:
  static constexpr uint32_t kAhb1Enable = 0x4002'3830;
  static constexpr uint32_t kApb2Enable = 0x4002'3844;
  static constexpr uint32_t kGpioA = 0x4002'0000;
  static constexpr uint32_t kGpioC = 0x4002'0800;
  static constexpr uint32_t kSpi1 = 0x4001'3000;
  static constexpr uint32_t kDma2 = 0x4002'6400;

  SleepingBoard() { board_.LoadFlash(Program().Code({kWaitForInterrupt, 0xe7fd}).image()); }

  uint32_t Get(uint32_t address) {
    uint32_t value = 0;
    EXPECT_TRUE(board_.Read(address, 4, value));
    return value;
  }
  void Set(uint32_t address, uint32_t value) { EXPECT_TRUE(board_.Write(address, 4, value)); }
  void SetBits(uint32_t address, uint32_t bits) { Set(address, Get(address) | bits); }
  bool IsPending(uint32_t interrupt) {
    board_.RunFor(kMicrosecond);
    return board_.core().nvic().is_pending(kExceptionInterrupt0 + interrupt);
  }

  // SPI1 on PA5 to PA7 as master in mode 0, PCLK2 (16 MHz) by 16: 8 us for a byte.
  void StartSpi(uint32_t more_control1 = 0) {
    SetBits(kAhb1Enable, 1);
    SetBits(kApb2Enable, 1u << 12);
    SetBits(kGpioA, 2u << 10 | 2u << 12 | 2u << 14);
    SetBits(kGpioA + 0x20, 5u << 20 | 5u << 24 | 5u << 28);
    board_.spi1().SetPeer([this](std::byte out, const SpiClock& clock) {
      clock_ = clock;
      sent_.push_back(std::to_integer<int>(out));
      return static_cast<std::byte>(0x80 + sent_.size());
    });
    Set(kSpi1, 0x0304 | 3u << 3 | more_control1);
    SetBits(kSpi1, 0x40);
  }

  Stm32f407 board_;
  std::vector<int> sent_;
  SpiClock clock_;
};

}  // namespace test
