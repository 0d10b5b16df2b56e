// Interrupt controller of the S3C2416 (user's manual chapter 9), both groups of 32 sources.
// Priorities are fixed: the lower number first.
//
//   UART etc. -> SUBSRCPND -(INTSUBMSK)-\                        /-(INTMOD 1)----------------> FIQ
//   timer, EINT ... -------------------- SRCPND --(INTMSK)------<
//                                                                \-(priority)-> INTPND ------> IRQ
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

class InterruptController final : public Peripheral {
 public:
  static constexpr uint32_t kEint4To7 = 4;
  static constexpr uint32_t kEint8To23 = 5;
  static constexpr uint32_t kTimer0 = 10;  // to timer 4 at 14
  static constexpr uint32_t kUart0 = 28;
  static constexpr uint32_t kSubReceive0 = 0;
  static constexpr uint32_t kSubTransmit0 = 1;
  static constexpr uint32_t kSubError0 = 2;

  explicit InterruptController(Violations& violations) : violations_(violations) { Reset(); }

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;
  uint32_t Peek(uint32_t offset) override;

  // A source of group 1 asks once.
  void Pulse(uint32_t source) { groups_[0].source |= 1u << source, Arbitrate(); }
  void PulseSub(uint32_t source);
  // It asks as long as it is on.
  void SetLevel(uint32_t source, bool is_on);
  void SetSubLevel(uint32_t source, bool is_on);

  bool irq() const { return groups_[0].pending != 0 || groups_[1].pending != 0; }
  bool fiq() const;

 private:
  struct Group {
    uint32_t source = 0;
    uint32_t mode = 0;
    uint32_t mask = 0;
    uint32_t pending = 0;
    uint32_t offset = 0;
    uint32_t levels = 0;
    uint32_t priority_mode = 0;
    uint32_t priority_update = 0;
  };

  void Arbitrate();
  void WriteGroup(Group& group, uint32_t offset, uint32_t value);

  Violations& violations_;
  std::array<Group, 2> groups_{};
  uint32_t sub_source_ = 0;
  uint32_t sub_mask_ = 0;
  uint32_t sub_levels_ = 0;
};

}  // namespace test::s3c2416
