// A board with an STM32F407 and a KSZ8081 on RMII, its control channel on USART3.
#pragma once

#include <memory>

#include "tests/support/vboard/virtual_board.h"

namespace test {

// Powered on, the cable plugged in to a switch. Throws std::runtime_error when the image cannot be
// read.
std::unique_ptr<VirtualBoard> MakeStm32f4Rmii(const VirtualBoardOptions& options);

}  // namespace test
