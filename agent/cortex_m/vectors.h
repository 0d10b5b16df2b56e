// The vector table (ARMv7-M B1.5.2): the core's part stands in vectors.cc, the board adds one
// handler for each line of its interrupt controller.
#pragma once

#include <array>
#include <cstddef>

namespace agent::cortex_m {

using Handler = void (*)();

// What a line nobody uses leads to: it is a fault.
void UnexpectedInterrupt();

// A board defines its table with this attribute:
//   BOARD_INTERRUPTS constinit const std::array<Handler, 32> kBoardInterrupts = {...};
#define BOARD_INTERRUPTS [[gnu::section(".vectors.board"), gnu::used]]

}  // namespace agent::cortex_m
