// The virtual boards there are.
#include "tests/support/vboard/boards/stm32f4_serial.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {
namespace {

constexpr VirtualBoardType kTypes[] = {
    {.name = "stm32f4-rmii", .make = MakeStm32f4Serial},
};

}  // namespace

std::span<const VirtualBoardType> virtual_board_types() { return kTypes; }

}  // namespace test
