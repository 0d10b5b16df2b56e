// I/O ports of the S3C2416 and the external interrupts behind them (user's manual chapter 10).
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

class Ports final : public Peripheral {
 public:
  explicit Ports(Violations& violations) : violations_(violations) { Reset(); }

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;

  // `letter`: 'B' to 'H'. The two bits of function of that pin in its CON register.
  uint32_t Function(char letter, uint32_t pin) const;
  // GPA12 is nRCS1.
  bool has_bank1_select() const { return (registers_[0] >> 12 & 1) != 0; }

  // What is soldered to EINT7 drives it.
  void DriveEint7(bool is_high);
  bool asks_eint4_to_7() const;
  bool asks_eint8_to_23() const;

 private:
  uint32_t Reg(uint32_t offset) const { return registers_.at(offset / 4); }
  void LatchLevel();

  Violations& violations_;
  std::array<uint32_t, 0x110 / 4> registers_{};
  bool eint7_ = false;
};

}  // namespace test::s3c2416
