// Small programs in ARM state for the virtual S3C2416, assembled by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>

namespace test {

constexpr uint32_t kArmSpin = 0xeaff'fffe;           // b .
constexpr uint32_t kArmNothing = 0xe1a0'0000;        // mov r0, r0
constexpr uint32_t kArmWait = 0xee07'0f90;           // mcr p15, 0, r0, c7, c0, 4
constexpr uint32_t kArmCall = 0xef00'0012;           // swi 0x12
constexpr uint32_t kArmUndefined = 0xe7f0'00f0;      // udf
constexpr uint32_t kArmUnmask = 0xe321'f013;         // msr cpsr_c, #0x13
constexpr uint32_t kArmUnmaskIrq = 0xe321'f053;      // msr cpsr_c, #0x53
constexpr uint32_t kArmReturnFromIrq = 0xe25e'f004;  // subs pc, lr, #4
constexpr uint32_t kArmReturnFromSwi = 0xe1b0'f00e;  // movs pc, lr
constexpr uint32_t kArmSkipAborted = 0xe25e'f004;    // subs pc, lr, #4: behind the instruction
constexpr uint32_t kArmWriteControl = 0xee01'0f10;   // mcr p15, 0, r0, c1, c0, 0
constexpr uint32_t kArmWriteTable = 0xee02'0f10;     // mcr p15, 0, r0, c2, c0, 0
constexpr uint32_t kArmWriteDomains = 0xee03'0f10;   // mcr p15, 0, r0, c3, c0, 0

constexpr uint32_t ArmAdd(uint32_t reg, uint32_t value) {  // add reg, reg, #value
  return 0xe280'0000 | reg << 16 | reg << 12 | value;
}
constexpr uint32_t ArmLoadWord(uint32_t to, uint32_t from) {  // ldr to, [from]
  return 0xe590'0000 | from << 16 | to << 12;
}
constexpr uint32_t ArmLoadHalf(uint32_t to, uint32_t from) {  // ldrh to, [from]
  return 0xe1d0'00b0 | from << 16 | to << 12;
}
constexpr uint32_t ArmStoreWord(uint32_t what, uint32_t to) {  // str what, [to]
  return 0xe580'0000 | to << 16 | what << 12;
}
constexpr uint32_t ArmStoreHalf(uint32_t what, uint32_t to) {  // strh what, [to]
  return 0xe1c0'00b0 | to << 16 | what << 12;
}

// Writes instructions into memory that stands at `base` for the core.
class ArmProgram {
 public:
  ArmProgram(std::span<std::byte> memory, uint32_t base) : memory_(memory), base_(base) {}

  ArmProgram& At(uint32_t address) {
    next_ = address - base_;
    return *this;
  }
  ArmProgram& Code(std::initializer_list<uint32_t> words) {
    for (const uint32_t word : words) {
      std::memcpy(memory_.subspan(next_, sizeof word).data(), &word, sizeof word);
      next_ += sizeof word;
    }
    return *this;
  }
  // mov and three orr.
  ArmProgram& Load(uint32_t reg, uint32_t value) {
    Code({0xe3a0'0000 | reg << 12 | (value & 0xff)});
    for (uint32_t byte = 1; byte < 4; ++byte) {
      Code({0xe380'0000 | reg << 16 | reg << 12 | (16 - 4 * byte) << 8 |
            (value >> 8 * byte & 0xff)});
    }
    return *this;
  }
  // A word to an address, through R0 and R1.
  ArmProgram& Set(uint32_t address, uint32_t value) {
    return Load(0, address).Load(1, value).Code({ArmStoreWord(1, 0)});
  }
  ArmProgram& SetHalf(uint32_t address, uint32_t value) {
    return Load(0, address).Load(1, value).Code({ArmStoreHalf(1, 0)});
  }
  ArmProgram& LoadFrom(uint32_t reg, uint32_t address) {
    return Load(0, address).Code({ArmLoadWord(reg, 0)});
  }
  // Jumps from here to an address within 32 MiB.
  ArmProgram& Jump(uint32_t address) {
    return Code({0xea00'0000 | (((address - here() - 8) >> 2) & 0x00ff'ffff)});
  }
  uint32_t here() const { return base_ + next_; }

 private:
  std::span<std::byte> memory_;
  uint32_t base_;
  uint32_t next_ = 0;
};

}  // namespace test
