// The file that goes into a chip's flash: ELF, Intel HEX or plain bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host-cli/error.h"

namespace netctl {

struct AddressRange {
  uint32_t begin = 0;
  uint64_t end = 0;  // behind the last byte

  bool Contains(const AddressRange& other) const {
    return other.begin >= begin && other.end <= end;
  }
  bool Overlaps(const AddressRange& other) const { return other.begin < end && begin < other.end; }
};

// "0x08000000 to 0x080fffff".
std::string RangeText(const AddressRange& range);

struct FlashImage {
  enum class Format : uint8_t { kElf, kIhex, kBin };
  std::filesystem::path path;
  Format format = Format::kElf;
  std::vector<AddressRange> ranges;  // what is written, in the order of the file
  std::optional<uint64_t> build_id;  // of an agent
  std::optional<uint16_t> machine;   // of an ELF file

  uint64_t size() const;  // bytes
};

// `address` is where plain bytes begin. kUsage: cannot be read, is damaged or empty; plain bytes
// without an address, another file with one.
Expected<FlashImage> ReadFlashImage(const std::filesystem::path& path,
                                    std::optional<uint32_t> address);

}  // namespace netctl
