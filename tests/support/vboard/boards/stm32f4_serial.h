// An STM32F407VG with a serial line and nobody at its Ethernet pins.
#pragma once

#include <memory>

#include "tests/support/vboard/virtual_board.h"

namespace test {

// Throws std::runtime_error when the image cannot be read. Without an image the flash is erased.
std::unique_ptr<VirtualBoard> MakeStm32f4Serial(const VirtualBoardOptions& options);

}  // namespace test
