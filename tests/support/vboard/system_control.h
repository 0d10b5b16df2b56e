// The private peripheral bus as code on the core sees it: SysTick, NVIC, system control block, MPU
// and FPU registers, cycle counter (ARMv7-M B3, C1.8). The MPU takes its settings and protects
// nothing. The debugger's registers are those of the probe, not these.
#pragma once

#include <array>
#include <cstdint>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/nvic.h"
#include "tests/support/vboard/sys_tick.h"
#include "tests/support/vboard/violations.h"

namespace test {

class SystemControl {
 public:
  static constexpr uint32_t kDwtBase = 0xe000'1000;
  static constexpr uint32_t kScsBase = 0xe000'e000;
  static constexpr uint32_t kBlockSize = 0x1000;

  SystemControl(const BoardClock& clock, Nvic& nvic, Violations& violations)
      : clock_(clock), nvic_(nvic), violations_(violations), sys_tick_(clock, nvic) {}

  void Reset();
  uint32_t Read(uint32_t address);
  void Write(uint32_t address, uint32_t value);

  // AIRCR.SYSRESETREQ was written since the last call.
  bool TakeResetRequest();
  bool sleeps_on_exit() const { return (sleep_control_ & 2) != 0; }
  bool is_fpu_enabled() const { return (coprocessors_ >> 20 & 3) != 0; }
  uint32_t vector_table() const { return vector_table_; }
  SysTick& sys_tick() { return sys_tick_; }

  // What a fault leaves behind (B3.2.15 to B3.2.18).
  void RecordFault(uint32_t cfsr_bits) { cfsr_ |= cfsr_bits; }
  void RecordBusFault(uint32_t address);
  void RecordHardFault(uint32_t hfsr_bits) { hfsr_ |= hfsr_bits; }
  uint32_t cfsr() const { return cfsr_; }

 private:
  uint32_t ReadBlock(uint32_t offset) const;
  void WriteBlock(uint32_t offset, uint32_t value);
  void WriteVectorTable(uint32_t value);
  void WriteMpu(uint32_t offset, uint32_t value);
  uint32_t InterruptControl() const;
  void WriteInterruptControl(uint32_t value);
  void WriteResetControl(uint32_t value);
  uint32_t HandlerControl() const;
  uint32_t ReadPriorities(uint32_t first) const;
  uint32_t ReadDwt(uint32_t offset) const;
  void WriteDwt(uint32_t offset, uint32_t value);
  bool is_trace_enabled() const { return (demcr_ >> 24 & 1) != 0; }

  const BoardClock& clock_;
  Nvic& nvic_;
  Violations& violations_;
  SysTick sys_tick_;
  uint32_t vector_table_ = 0;
  uint32_t group_ = 0;
  uint32_t sleep_control_ = 0;
  uint32_t configuration_ = 0;
  uint32_t cfsr_ = 0;
  uint32_t hfsr_ = 0;
  uint32_t bus_fault_address_ = 0;
  uint32_t coprocessors_ = 0;
  uint32_t demcr_ = 0;
  uint32_t fp_context_control_ = 0;
  uint32_t mpu_control_ = 0;
  uint32_t mpu_region_ = 0;
  std::array<uint32_t, 8> mpu_base_{};
  std::array<uint32_t, 8> mpu_size_{};
  uint32_t dwt_control_ = 0;
  VirtualTime cycles_from_ = 0;
  uint32_t cycles_ = 0;
  bool wants_reset_ = false;
};

}  // namespace test
