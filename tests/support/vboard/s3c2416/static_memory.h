// Static memory controller of the S3C2416 (user's manual chapter 5) and what of the EBI belongs to
// it: how long the cycles of bank 1 are, and how wide.
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"
#include "tests/support/vboard/virtual_time.h"

namespace test::s3c2416 {

class StaticMemory final : public Peripheral {
 public:
  // In cycles of HCLK.
  struct Cycle {
    uint32_t pause = 0;   // strobe inactive since the cycle before, at least
    uint32_t strobe = 0;  // nOE or nWE active
    uint32_t whole = 0;   // until the next one can start
  };

  explicit StaticMemory(Violations& violations) : violations_(violations) { Reset(); }

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;

  // Of bank 1.
  uint32_t bank1_bytes() const;
  Cycle bank1_cycle(bool is_write) const;

 private:
  uint32_t Bank1(uint32_t offset) const { return registers_.at((0x20 + offset) / 4); }

  Violations& violations_;
  std::array<uint32_t, 0x208 / 4> registers_{};
};

// BPRIORITY0, BPRIORITY1, EBICON.
class BusMatrix final : public Peripheral {
 public:
  explicit BusMatrix(Violations& violations) : violations_(violations) {}

  void Reset() override { registers_ = {}; }
  uint32_t Read(uint32_t offset) override { return IsThere(offset) ? registers_[offset / 4] : 0; }
  void Write(uint32_t offset, uint32_t value) override {
    if (IsThere(offset)) {
      registers_[offset / 4] = value;
    }
  }
  // Not a CF card.
  bool is_bank1_static() const { return (registers_[2] >> 8 & 1) == 0; }

 private:
  bool IsThere(uint32_t offset) {
    if (offset < 12) {
      return true;
    }
    violations_.Add("no register of the bus matrix there");
    return false;
  }

  Violations& violations_;
  std::array<uint32_t, 3> registers_{};
};

}  // namespace test::s3c2416
