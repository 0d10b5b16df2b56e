// A board with an STM32F407 and an ENC28J60 on SPI1, its control channel on USART3.
//
//   PA5 SCK   PA6 MISO   PA7 MOSI   PA4 CS   PC4 INT   PC5 RESET   PD8 TX   PD9 RX
#pragma once

#include <memory>

#include "tests/support/vboard/virtual_board.h"

namespace test {

// Powered on, the cable plugged in to a switch. Throws std::runtime_error when the image cannot be
// read.
std::unique_ptr<VirtualBoard> MakeStm32f4Enc28j60(const VirtualBoardOptions& options);

}  // namespace test
