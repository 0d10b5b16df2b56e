#include "agent/boards/s3c2416-dm9000a/timer.h"

#include "agent/bare_metal/machine.h"
#include "agent/boards/s3c2416-dm9000a/board.h"

namespace agent::s3c2416 {
namespace {

// Timer 4 drives no pin.
volatile uint32_t& Tcfg0() { return Register<kPwmTimers + 0x00>(); }
volatile uint32_t& Tcfg1() { return Register<kPwmTimers + 0x04>(); }
volatile uint32_t& Tcon() { return Register<kPwmTimers + 0x08>(); }
volatile uint32_t& Tcntb4() { return Register<kPwmTimers + 0x3c>(); }
volatile uint32_t& Tcnto4() { return Register<kPwmTimers + 0x40>(); }
constexpr uint32_t kPrescaler1Mask = 0xff << 8;  // of timers 2 to 4: PCLK by 1
constexpr uint32_t kMux4Mask = 0xf << 16;        // of timer 4: by 2
constexpr uint32_t kStart4 = 1 << 20;
constexpr uint32_t kUpdate4 = 1 << 21;
constexpr uint32_t kReload4 = 1 << 22;
constexpr uint32_t kTimer4Mask = 7 << 20;

volatile uint32_t& Srcpnd() { return Register<kInterruptController>(); }
constexpr uint32_t kTimer4Pending = 1u << kTimer4Interrupt;

constexpr uint32_t kTicksPerSecond = 1'000;

constinit uint32_t counts_per_tick = 1;
constinit int64_t ticks = 0;

}  // namespace

void StartTimer(uint32_t pclk_hz) {
  counts_per_tick = (pclk_hz / 2 + kTicksPerSecond / 2) / kTicksPerSecond;
  ticks = 0;
  const uint32_t others = Tcon() & ~kTimer4Mask;
  Tcon() = others;
  Tcfg0() = Tcfg0() & ~kPrescaler1Mask;
  Tcfg1() = Tcfg1() & ~kMux4Mask;
  Tcntb4() = counts_per_tick - 1;
  Tcon() = others | kUpdate4;
  Tcon() = others | kReload4 | kStart4;
}

base::Instant ReadClock() {
  const machine::NoInterrupts no_interrupts;
  int64_t now_ticks = ticks;
  uint32_t left = Tcnto4();
  if ((Srcpnd() & kTimer4Pending) != 0) {
    // A tick that is not counted yet; what was read may be from before it.
    ++now_ticks;
    left = Tcnto4();
    // The interrupt comes with the last count, before the counter is loaded again.
    left = left == 0 ? counts_per_tick - 1 : left;
  }
  // Right after a start the counter may not show its first value yet.
  const uint32_t gone = left < counts_per_tick ? counts_per_tick - 1 - left : 0;
  return base::FromMicroseconds(now_ticks * 1'000 + gone * 1'000 / counts_per_tick);
}

bool SetAlarm(base::Instant, base::Instant) { return true; }

void OnTick() { ++ticks; }

}  // namespace agent::s3c2416
