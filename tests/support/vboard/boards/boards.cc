// The virtual boards there are.
#include "tests/support/vboard/boards/s3c2416_dm9000a.h"
#include "tests/support/vboard/boards/stm32f4_enc28j60.h"
#include "tests/support/vboard/boards/stm32f4_rmii.h"
#include "tests/support/vboard/virtual_board.h"

namespace test {
namespace {

constexpr VirtualBoardType kTypes[] = {
    {.name = "stm32f4-rmii", .make = MakeStm32f4Rmii},
    {.name = "stm32f4-enc28j60", .make = MakeStm32f4Enc28j60},
    {.name = "s3c2416-dm9000a", .make = MakeS3c2416Dm9000a},
};

}  // namespace

std::span<const VirtualBoardType> virtual_board_types() { return kTypes; }

}  // namespace test
