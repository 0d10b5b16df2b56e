// The nested vectored interrupt controller: what is enabled, pending and active, and which
// exception comes next (ARMv7-M B1.5, B3.4). Exceptions are numbered as IPSR does.
#pragma once

#include <array>
#include <cstdint>

namespace test {

constexpr uint32_t kExceptionReset = 1;
constexpr uint32_t kExceptionNmi = 2;
constexpr uint32_t kExceptionHardFault = 3;
constexpr uint32_t kExceptionMemManage = 4;
constexpr uint32_t kExceptionBusFault = 5;
constexpr uint32_t kExceptionUsageFault = 6;
constexpr uint32_t kExceptionSvCall = 11;
constexpr uint32_t kExceptionPendSv = 14;
constexpr uint32_t kExceptionSysTick = 15;
constexpr uint32_t kExceptionInterrupt0 = 16;

struct InterruptMasks {
  bool primask = false;
  bool faultmask = false;
  uint32_t basepri = 0;
};

class Nvic {
 public:
  static constexpr uint32_t kInterrupts = 82;  // RM0090 table 62, without those of the F42x
  static constexpr uint32_t kExceptions = kExceptionInterrupt0 + kInterrupts;
  static constexpr uint32_t kPriorityMask = 0xf0;  // 4 bits are there
  static constexpr int kThreadPriority = 256;

  void Reset();

  // A line held high pends again when its handler ends.
  void SetLine(uint32_t interrupt, bool is_high);
  void Pend(uint32_t exception) { states_[exception].is_pending = true; }
  void ClearPending(uint32_t exception) { states_[exception].is_pending = false; }
  // The exception that has to be entered now, 0: none.
  uint32_t Next(const InterruptMasks& masks) const;
  // What wakes from WFI: the same without PRIMASK (B1.5.19).
  bool IsWakeUp(const InterruptMasks& masks) const;
  void Activate(uint32_t exception);
  void Deactivate(uint32_t exception);

  bool is_active(uint32_t exception) const { return states_[exception].is_active; }
  bool is_pending(uint32_t exception) const { return states_[exception].is_pending; }
  // Negative for NMI and HardFault.
  int Priority(uint32_t exception) const;
  // Of what runs now, the masks included; kThreadPriority: nothing holds anything back.
  int ExecutionPriority(const InterruptMasks& masks) const;
  // Highest pending and enabled one, whatever its priority (ICSR.VECTPENDING).
  uint32_t HighestPending() const;
  void Enable(uint32_t exception, bool is_enabled) { states_[exception].is_enabled = is_enabled; }
  bool is_enabled(uint32_t exception) const { return states_[exception].is_enabled; }

  // Registers at 0xe000e100 and SHPR1 to SHPR3 byte by byte; `offset` is from 0xe000e000. Reserved
  // ones read 0.
  uint32_t Read(uint32_t offset) const;
  void Write(uint32_t offset, uint32_t value);
  void SetPriority(uint32_t exception, uint32_t value);
  uint32_t priority_byte(uint32_t exception) const { return states_[exception].priority; }
  void SetPriorityGrouping(uint32_t group) { group_ = group; }

 private:
  struct State {
    bool is_enabled = false;
    bool is_pending = false;
    bool is_active = false;
    bool line = false;
    uint8_t priority = 0;
  };
  enum class Bank : uint8_t { kEnabled, kPending, kActive };

  int GroupPriority(uint32_t exception) const;
  uint32_t ReadBits(uint32_t first, Bank bank) const;
  void WriteBits(uint32_t first, uint32_t bits, Bank bank, bool value);

  std::array<State, kExceptions> states_{};
  uint32_t group_ = 0;  // AIRCR.PRIGROUP
};

}  // namespace test
