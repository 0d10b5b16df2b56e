// Firmware files as what a flash memory holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace test {

// An ELF file's loadable segments at their load addresses, from `base` on, gaps erased; any other
// file as it is. Throws std::runtime_error when it cannot be read, is no 32-bit little-endian ELF
// file, or has a segment that does not fit into `size` bytes.
std::vector<std::byte> ReadFlashImage(const std::filesystem::path& path, uint32_t base,
                                      uint32_t size);

}  // namespace test
