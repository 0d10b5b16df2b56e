// A virtual STM32F407VG: runs unmodified firmware on register-level models of what a board with a
// serial line needs. What the reference manual (RM0090) forbids is recorded in violations().
//
//   0x00000000 flash again      0x20000000 SRAM 112 + 16 KiB   0x40000000 APB1, APB2, AHB1
//   0x08000000 flash 1 MiB      0x10000000 CCM 64 KiB          0xe0000000 core, DBGMCU
//   0x1fff0000 system memory: flash size, unique id
//
// Not there: DMA1, other SPIs, ADC, USB, bit-bands, MPU protection, option bytes, wait states. A
// BKPT halts the core whether or not a debugger is there. One instruction takes one cycle. While
// the core sleeps, time jumps from event to event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/cortex_m_core.h"
#include "tests/support/vboard/flash_memory.h"
#include "tests/support/vboard/stm32f4/dma.h"
#include "tests/support/vboard/stm32f4/ethernet.h"
#include "tests/support/vboard/stm32f4/exti.h"
#include "tests/support/vboard/stm32f4/flash_controller.h"
#include "tests/support/vboard/stm32f4/gpio.h"
#include "tests/support/vboard/stm32f4/peripheral_bus.h"
#include "tests/support/vboard/stm32f4/rcc.h"
#include "tests/support/vboard/stm32f4/register_file.h"
#include "tests/support/vboard/stm32f4/spi.h"
#include "tests/support/vboard/stm32f4/timer.h"
#include "tests/support/vboard/stm32f4/usart.h"
#include "tests/support/vboard/violations.h"
#include "tests/support/vprobe/target.h"

namespace test {

struct Stm32f407Options {
  std::string flash_file;  // empty: the cells are gone with the chip
  uint32_t seed = 1;       // of the RAM after power-on
};

class Stm32f407 final : public TargetBus,
                        public TargetCore,
                        private DeviceBus,
                        private DmaBus,
                        private BoardClock {
 public:
  static constexpr uint32_t kRamBase = 0x2000'0000;
  static constexpr uint32_t kRamSize = 128 * 1024;
  static constexpr uint32_t kCcmBase = 0x1000'0000;
  static constexpr uint32_t kCcmSize = 64 * 1024;
  static constexpr uint32_t kSystemBase = 0x1fff'0000;
  static constexpr uint32_t kSystemSize = 64 * 1024;
  static constexpr uint32_t kUniqueId = 0x1fff'7a10;
  static constexpr uint32_t kFlashSize = 0x1fff'7a22;

  // Powered on; the core runs from the reset vector as soon as time passes.
  explicit Stm32f407(const Stm32f407Options& options = {});

  // As a programmer with its own fixture would: erases all, ends with a reset. At most 1 MiB.
  void LoadFlash(std::span<const std::byte> image);
  std::span<const std::byte> flash() const { return flash_memory_.bytes(); }
  // RAM gets random content, the debug settings are lost, the flash stays.
  void PowerCycle();

  // Lets that much virtual time pass, no matter how long it really takes. Ends early when the core
  // halts.
  void RunFor(VirtualTime duration);
  VirtualTime now() const override;
  uint32_t hclk() const override { return rcc_.hclk(); }

  const std::vector<std::string>& violations() const { return violations_.texts(); }
  void ClearViolations() { violations_.Clear(); }
  CortexMCore& core() { return core_; }
  Rcc& rcc() { return rcc_; }
  // `number`: 1 to 3.
  Usart& usart(uint32_t number) { return usarts_.at(number - 1); }
  const Usart& usart(uint32_t number) const { return usarts_.at(number - 1); }
  // `letter`: 'A' to 'I'.
  Gpio& gpio(char letter) { return gpios_.at(static_cast<size_t>(letter - 'A')); }
  Spi& spi1() { return *spi1_; }
  // Time passes for what is soldered to the chip, too. `device` outlives the chip.
  void Attach(Peripheral& device);
  const BoardClock& clock() const { return *this; }
  const Usart& usart(uint32_t number) const { return usarts_.at(number - 1); }
  Ethernet& ethernet() { return *ethernet_; }
  Violations& record() { return violations_; }
  // Executed since this was made.
  uint64_t instructions() const { return instructions_; }

  // TargetBus
  bool Read(uint32_t address, uint32_t width, uint32_t& value) override;
  bool Write(uint32_t address, uint32_t width, uint32_t value) override;

  // TargetCore. RunSlice() lets time pass as it really does, never faster; when the core falls
  // behind by more than a few milliseconds, the rest is forgotten.
  bool RunSlice() override;
  void Halt() override { core_.Halt(); }
  void Resume() override;
  void Step() override;
  bool halted() override { return core_.is_halted(); }
  bool TakeBreakpointHit() override { return core_.TakeBreakpointHit(); }
  uint32_t ReadRegister(uint32_t number) override { return core_.ReadRegister(number); }
  void WriteRegister(uint32_t number, uint32_t value) override {
    core_.WriteRegister(number, value);
  }
  void SetBreakpoints(std::span<const uint32_t> addresses) override {
    core_.SetBreakpoints(addresses);
  }
  void Reset(bool halt) override { ResetBy(ResetCause::kSoftware, halt); }

 private:
  static constexpr uint32_t kDeviceBase = 0x4000'0000;
  static constexpr uint32_t kDeviceSize = 0x0008'0000;
  static constexpr uint32_t kDbgmcuBase = 0xe004'2000;
  static constexpr uint32_t kPage = 0x1000;

  struct Memory {
    uint32_t base;
    std::span<std::byte> bytes;
    bool is_writable;
  };

  // DeviceBus
  uint32_t ReadDevice(uint32_t address, uint32_t width) override;
  void WriteDevice(uint32_t address, uint32_t width, uint32_t value) override;
  void StoreToFlash(uint32_t address, uint32_t width, uint32_t value) override;

  // DmaBus: as DMA2 is connected (RM0090 figure 1).
  bool DmaRead(uint32_t address, uint32_t width, uint32_t& value) override;
  bool DmaWrite(uint32_t address, uint32_t width, uint32_t value) override;

  void AddPeripherals();
  void AddPorts();
  void AddUsarts();
  void AddSpi();
  void AddDma();
  void AddExti();
  void AddEthernet();
  void MapMemories();
  void WriteSystemMemory();
  void ResetBy(ResetCause cause, bool halt);
  const Memory* Find(uint32_t address, uint32_t width) const;
  bool AccessDevice(uint32_t address, uint32_t width, uint32_t& value, bool is_write);
  void CheckLimits();
  void RunUntil(VirtualTime end);
  void RunOnce(VirtualTime end);
  void ForgetChangedFlash();

  Violations violations_;
  FlashMemory flash_memory_;
  std::vector<std::byte> ram_;
  std::vector<std::byte> ccm_;
  std::vector<std::byte> system_;
  std::vector<Memory> memories_;
  CortexMCore core_;
  Rcc rcc_;
  FlashController flash_;
  RegisterFile pwr_;
  RegisterFile syscfg_;
  RegisterFile dbgmcu_;
  Timer tim2_;
  std::deque<Gpio> gpios_;
  std::deque<Usart> usarts_;
  std::optional<Spi> spi1_;
  std::optional<Dma> dma2_;
  std::optional<Exti> exti_;
  PeripheralBus bus_;
  std::mt19937 random_;

  VirtualTime slice_start_ = 0;
  VirtualTime real_ = 0;      // when RunSlice() was called last; 0: never
  VirtualTime paced_to_ = 0;  // how far real time allows slice_start_ to be
  bool in_slice_ = false;     // executed() of the core counts
  uint64_t instructions_ = 0;

  std::optional<Ethernet> ethernet_;
};

}  // namespace test
