// Small programs for the virtual board, assembled by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "tests/support/vboard/nvic.h"
#include "tests/support/vboard/stm32f4/flash_controller.h"

namespace test {

// Thumb instructions without operands of interest.
constexpr uint16_t kStop = 0xbe00;    // bkpt #0
constexpr uint16_t kSpin = 0xe7fe;    // b .
constexpr uint16_t kReturn = 0x4770;  // bx lr
constexpr uint16_t kWaitForInterrupt = 0xbf30;
constexpr uint16_t kMaskInterrupts = 0xb672;    // cpsid i
constexpr uint16_t kUnmaskInterrupts = 0xb662;  // cpsie i
constexpr uint16_t kAddOneToR4 = 0x3401;
constexpr uint16_t kAddOneToR5 = 0x3501;

// An image for the start of the flash. Vectors nobody set lead to a BKPT.
class Program {
 public:
  static constexpr uint32_t kEntry = 0x200;
  static constexpr uint32_t kUnexpected = 0x1f0;
  static constexpr uint32_t kInitialSp = 0x2000'2000;

  Program() : image_(0x1000, std::byte{0xff}) {
    Word(0, kInitialSp);
    for (uint32_t i = 1; i < Nvic::kExceptions; ++i) {
      Vector(i, kUnexpected);
    }
    Vector(kExceptionReset, kEntry);
    At(kUnexpected).Code({0xbe01}).At(kEntry);
  }

  Program& Vector(uint32_t exception, uint32_t offset) {
    Word(4 * exception, (FlashController::kBase + offset) | 1);
    return *this;
  }
  Program& At(uint32_t offset) {
    next_ = offset;
    return *this;
  }
  Program& Code(std::initializer_list<uint16_t> halfwords) {
    for (const uint16_t halfword : halfwords) {
      image_.at(next_++) = static_cast<std::byte>(halfword);
      image_.at(next_++) = static_cast<std::byte>(halfword >> 8);
    }
    return *this;
  }
  // movw and movt.
  Program& Load(uint32_t reg, uint32_t value) {
    return Move(0xf240, reg, value & 0xffff).Move(0xf2c0, reg, value >> 16);
  }
  // A word to an address, through R0 and R1.
  Program& Set(uint32_t address, uint32_t value) {
    return Load(0, address).Load(1, value).Code({0x6001});
  }

  // Address of the next instruction.
  uint32_t here() const { return FlashController::kBase + next_; }
  const std::vector<std::byte>& image() const { return image_; }

 private:
  Program& Move(uint32_t opcode, uint32_t reg, uint32_t value) {
    const uint32_t first = opcode | (value >> 11 & 1) << 10 | value >> 12;
    const uint32_t second = (value >> 8 & 7) << 12 | reg << 8 | (value & 0xff);
    return Code({static_cast<uint16_t>(first), static_cast<uint16_t>(second)});
  }
  void Word(uint32_t offset, uint32_t value) {
    At(offset).Code({static_cast<uint16_t>(value), static_cast<uint16_t>(value >> 16)});
  }

  std::vector<std::byte> image_;
  uint32_t next_ = 0;
};

}  // namespace test
