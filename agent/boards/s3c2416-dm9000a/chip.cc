#include "agent/boards/s3c2416-dm9000a/chip.h"

#include <algorithm>

#include "agent/boards/s3c2416-dm9000a/board.h"

namespace agent::s3c2416 {
namespace {

// User's manual chapter 2: a one lets the clock through.
volatile uint32_t& Hclkcon() { return Register<kSystemController + 0x30>(); }
volatile uint32_t& Pclkcon() { return Register<kSystemController + 0x34>(); }
constexpr uint32_t kStaticMemoryClock = 1 << 18;
constexpr uint32_t kUart0Clock = 1 << 0;
constexpr uint32_t kPwmClock = 1 << 10;
constexpr uint32_t kWatchdogClock = 1 << 11;
constexpr uint32_t kPortClock = 1 << 13;

// Chapter 9, two groups of sources. The second one stays masked.
volatile uint32_t& Intmod() { return Register<kInterruptController + 0x04>(); }
volatile uint32_t& Intmsk1() { return Register<kInterruptController + 0x08>(); }
volatile uint32_t& Intmsk2() { return Register<kInterruptController + 0x48>(); }
volatile uint32_t& Intsubmsk() { return Register<kInterruptController + 0x1c>(); }
constexpr uint32_t kAllSubSources = 0x1fff'ffff;

// Chapter 10. Two bits of function a pin, but one in port A.
volatile uint32_t& Gpacon() { return Register<kPorts + 0x00>(); }
volatile uint32_t& Gpfcon() { return Register<kPorts + 0x50>(); }
volatile uint32_t& Gphcon() { return Register<kPorts + 0x70>(); }
volatile uint32_t& Extint0() { return Register<kPorts + 0x88>(); }
constexpr uint32_t kBank1Select = 1 << 12;  // GPA12 is nRCS1

// Puts function `value` of `width` bits at `shift`.
void SetField(volatile uint32_t& reg, uint32_t shift, uint32_t width, uint32_t value) {
  const uint32_t mask = ((1u << width) - 1) << shift;
  reg = (reg & ~mask) | value << shift;
}

// Chapter 5, of bank 1.
volatile uint32_t& Smbidcyr1() { return Register<kStaticMemory + 0x20>(); }
volatile uint32_t& Smbwstrdr1() { return Register<kStaticMemory + 0x24>(); }
volatile uint32_t& Smbwstwrr1() { return Register<kStaticMemory + 0x28>(); }
volatile uint32_t& Smbwstoenr1() { return Register<kStaticMemory + 0x2c>(); }
volatile uint32_t& Smbwstwenr1() { return Register<kStaticMemory + 0x30>(); }
volatile uint32_t& Smbcr1() { return Register<kStaticMemory + 0x34>(); }
volatile uint32_t& Smccr() { return Register<kStaticMemory + 0x204>(); }
volatile uint32_t& Ebicon() { return Register<kBusMatrix + 0x08>(); }
constexpr uint32_t kBank1Cf = 1 << 8;    // in EBICON: not static memory
constexpr uint32_t kHalfSpeed = 1 << 1;  // in SMCCR
constexpr uint32_t kControlMask = 0x3f;  // in SMBCR
constexpr uint32_t kControl16 = 0x11;    // 16 bits, byte lanes also for reads; no wait pin

// DM9000A datasheet 10.3: strobes of at least 10 ns, data 3 ns after them on, and pauses between
// two of them of up to four clocks of 20 ns, after MRCMDX has been read.
constexpr uint32_t kStrobeNs = 30;
constexpr uint32_t kPauseNs = 80;

constexpr uint32_t CyclesOf(uint32_t ns, uint32_t hclk_hz) {
  return (ns * (hclk_hz / 1'000) + 999'999) / 1'000'000;
}
constexpr uint32_t kLongestDelay = 15;
static_assert(CyclesOf(kPauseNs, 133'333'333) == 11);
static_assert(CyclesOf(kPauseNs, 150'000'000) <= kLongestDelay);

}  // namespace

void QuietenChip() {
  Hclkcon() = Hclkcon() | kStaticMemoryClock;
  Pclkcon() = Pclkcon() | kUart0Clock | kPwmClock | kWatchdogClock | kPortClock;
  Register<kWatchdog>() = 0;
  Intmsk1() = UINT32_MAX;
  Intmsk2() = UINT32_MAX;
  Intsubmsk() = kAllSubSources;
  Intmod() = 0;
}

void ConnectPins() {
  Gpacon() = Gpacon() | kBank1Select;
  SetField(Gphcon(), 0, 2, 2);    // GPH0 is TXD0
  SetField(Gphcon(), 2, 2, 2);    // GPH1 is RXD0
  SetField(Gpfcon(), 14, 2, 2);   // GPF7 is EINT7
  SetField(Extint0(), 28, 3, 1);  // while high
}

// The select line may stay low from one cycle to the next, so it is the delay of each strobe that
// keeps two of them apart.
void OpenEthernetBank(uint32_t hclk_hz) {
  const uint32_t pause = std::min(CyclesOf(kPauseNs, hclk_hz), kLongestDelay);
  const uint32_t whole = pause + CyclesOf(kStrobeNs, hclk_hz);
  Ebicon() = Ebicon() & ~kBank1Cf;
  Smccr() = Smccr() & ~kHalfSpeed;
  Smbcr1() = (Smbcr1() & ~kControlMask) | kControl16;
  Smbidcyr1() = 1;
  Smbwstoenr1() = pause;
  Smbwstrdr1() = whole;
  Smbwstwenr1() = pause;
  Smbwstwrr1() = whole;
}

}  // namespace agent::s3c2416
