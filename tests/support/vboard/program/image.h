// Where the firmware of a virtual board lies.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace test {

// BOARD/agent.elf in $NETCTL_FIRMWARE_DIR, else in ../firmware beside the program. Throws
// std::runtime_error that names both places when it is in neither.
std::filesystem::path FindBoardImage(std::string_view board);

}  // namespace test
