// What happens when the core faults: the cause is kept over the reset that follows.
#pragma once

#include <string_view>

namespace agent::cortex_m {

// Prints `text` without interrupts and without a buffer; the board provides it.
void WriteEmergencyText(std::string_view text);

// Entries of the vector table.
extern "C" void HardFaultEntry();
extern "C" void MemoryFaultEntry();
extern "C" void BusFaultEntry();
extern "C" void UsageFaultEntry();
extern "C" void UnexpectedInterruptEntry();

}  // namespace agent::cortex_m
