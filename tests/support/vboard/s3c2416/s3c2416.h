// A virtual S3C2416 behind its boot loader: runs unmodified firmware on register-level models of
// what a board with a serial line and a MAC on the static memory bus needs. What the user's manual
// forbids is recorded in violations().
//
//   0x08000000 bank 1            0x4a000000 interrupts      0x50000000 UART 0
//   0x30000000 SDRAM 64 MiB      0x4c000000 clocks          0x51000000 PWM timers
//   0x40000000 SRAM 64 KiB       0x4e800000 bus matrix      0x53000000 watch-dog
//                                0x4f000000 static memory   0x56000000 ports
//
// Not there: boot ROM, NAND, DMA, USB, LCD, RTC, ADC, UARTs 1 to 3; caches keep nothing. One
// instruction takes one cycle; what devices take on top of it stops the core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tests/support/vboard/arm926_core.h"
#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/s3c2416/clock_controller.h"
#include "tests/support/vboard/s3c2416/interrupt_controller.h"
#include "tests/support/vboard/s3c2416/ports.h"
#include "tests/support/vboard/s3c2416/pwm_timers.h"
#include "tests/support/vboard/s3c2416/static_device.h"
#include "tests/support/vboard/s3c2416/static_memory.h"
#include "tests/support/vboard/s3c2416/uart.h"
#include "tests/support/vboard/s3c2416/watchdog.h"
#include "tests/support/vboard/violations.h"

namespace test::s3c2416 {

class S3c2416 final : private DeviceBus, private BoardClock {
 public:
  static constexpr uint32_t kSdram = 0x3000'0000;
  static constexpr uint32_t kSdramSize = 64 * 1024 * 1024;
  static constexpr uint32_t kSram = 0x4000'0000;
  static constexpr uint32_t kSramSize = 64 * 1024;
  static constexpr uint32_t kBank1 = 0x0800'0000;

  explicit S3c2416(uint32_t seed = 1);

  // `device` outlives this. Nothing by default.
  void Solder(StaticDevice& device) { device_ = &device; }
  // What the boot loader puts at the start of the SDRAM and jumps to.
  void Load(std::vector<std::byte> image, uint32_t entry);
  // The RAM gets random content before the boot loader runs.
  void PowerCycle();

  // Lets that much virtual time pass, no matter how long it really takes.
  void RunFor(VirtualTime duration);
  // At most about a millisecond, as it really passes, never faster. True: again at once.
  bool RunSlice();
  VirtualTime now() const override;
  uint64_t instructions() const { return core_.executed(); }
  const BoardClock& clock() const { return *this; }

  Violations& violations() { return violations_; }
  const Violations& violations() const { return violations_; }
  Arm926Core& core() { return core_; }
  Uart& uart() { return uart_; }
  const Uart& uart() const { return uart_; }
  ClockController& clocks() { return clocks_; }
  std::span<std::byte> sdram() { return sdram_; }

 private:
  struct Block {
    const char* name;
    uint32_t base;
    Peripheral* peripheral;
    uint32_t pclk = 0;  // gates in PCLKCON and HCLKCON
    uint32_t hclk = 0;
  };

  uint32_t hclk() const override { return clocks_.hclk(); }
  // DeviceBus
  uint32_t ReadDevice(uint32_t address, uint32_t width) override;
  void WriteDevice(uint32_t address, uint32_t width, uint32_t value) override;
  void StoreToFlash(uint32_t, uint32_t, uint32_t) override {}

  void AddBlocks();
  void Boot(ResetCause cause);
  void RunOnce(VirtualTime end);
  void Advance();
  void DriveLines();
  VirtualTime next_event() const;
  const Block* FindUsable(uint32_t address, uint32_t width);
  // False: there is nothing, or it cannot work.
  bool BeginBankAccess(uint32_t width, bool is_write);
  void CheckCached(uint32_t address);

  Violations violations_;
  std::vector<std::byte> sdram_;
  std::vector<std::byte> sram_;
  Arm926Core core_;
  ClockController clocks_;
  InterruptController interrupts_;
  Ports ports_;
  Uart uart_;
  PwmTimers timers_;
  Watchdog watchdog_;
  StaticMemory static_memory_;
  BusMatrix bus_matrix_;
  std::vector<Block> blocks_;
  StaticDevice* device_ = nullptr;
  std::vector<std::byte> image_;
  uint32_t entry_ = kSdram;
  std::mt19937_64 random_;

  VirtualTime slice_start_ = 0;
  VirtualTime stalled_ = 0;    // in this slice, for devices
  bool in_slice_ = false;      // executed() of the core counts
  VirtualTime bank_free_ = 0;  // the last strobe of bank 1 ended
  bool asked_receive_ = false;
  bool asked_transmit_ = false;
  uint32_t accesses_ = 0;
  VirtualTime real_ = 0;      // when RunSlice() was called last; 0: never
  VirtualTime paced_to_ = 0;  // how far real time allows slice_start_ to be
};

}  // namespace test::s3c2416
