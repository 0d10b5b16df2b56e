// What the start-up folder of a core provides to the code that all boards without an operating
// system share.
#pragma once

#include <string_view>

#include "agent/boot_record.h"

namespace agent::machine {

// Keeps interrupts off for the life of an object; nests.
class NoInterrupts {
 public:
  NoInterrupts() : were_off_(TurnOff()) {}
  NoInterrupts(const NoInterrupts&) = delete;
  NoInterrupts& operator=(const NoInterrupts&) = delete;
  ~NoInterrupts() { Restore(were_off_); }

 private:
  static bool TurnOff();  // true: they were off already
  static void Restore(bool were_off);

  bool were_off_;
};

// Sleeps until an enabled interrupt is pending, also while they are off: the interrupt ends the
// sleep and is taken when they are on again, so a wake-up between check and sleep is not lost.
void WaitForInterrupt();

// Starts the image again; .noinit keeps its content.
[[noreturn]] void Restart();

// Prints `text` without interrupts and without a buffer.
void WriteEmergencyText(std::string_view text);
// `label`, then eight hexadecimal digits.
void WriteEmergencyHex(std::string_view label, uint32_t value);

BootRecord& RetainedBootRecord();

}  // namespace agent::machine
