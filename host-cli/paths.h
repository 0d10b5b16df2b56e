// Where netctl keeps and finds things.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host-cli/error.h"

namespace netctl {

// The variable's value; empty when it is not set.
std::string Environment(const char* name);

// Sockets of brokers: $XDG_RUNTIME_DIR/netctl, else /tmp/netctl-UID; made with mode 0700. kUsage
// when it cannot be made or belongs to somebody else.
Expected<std::filesystem::path> RuntimeDirectory();

// Lock files: $NETCTL_LOCK_DIR, else /run/lock/netctl where that exists, else RuntimeDirectory().
Expected<std::filesystem::path> LockDirectory();

// The folder of the running program.
std::filesystem::path ProgramDirectory();

// agent.elf of `board`; looked for in $NETCTL_FIRMWARE_DIR/BOARD, then beside the program in
// ../firmware/BOARD and ../share/netctl/firmware/BOARD. kUsage names all places.
Expected<std::filesystem::path> FindFirmware(const std::string& board);

// Every agent.elf in these places; of each board the one that FindFirmware finds.
std::vector<std::filesystem::path> ShippedFirmware();

// Letters, digits, '-', '_' and '.' of `text`, anything else as '_': for file names.
std::string FileName(std::string_view text);

}  // namespace netctl
