// The board s3c2416-dm9000a: an S3C2416 with a DM9000A on 16 data lines of bank 1, CMD on address
// line 2, INT on EINT7, both reset together; the control channel is UART 0.
#pragma once

#include <memory>

#include "tests/support/vboard/virtual_board.h"

namespace test {

// Throws std::runtime_error when the image cannot be read.
std::unique_ptr<VirtualBoard> MakeS3c2416Dm9000a(const VirtualBoardOptions& options);

}  // namespace test
