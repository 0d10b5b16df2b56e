// What is in an ELF file: the bytes that go into a target, and where its symbols are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host-cli/error.h"
#include "stack/base/bytes.h"

namespace netctl {

// A part of the file that is loaded (PT_LOAD with content).
struct ElfSegment {
  uint32_t load_address = 0;  // where a flash tool puts it (p_paddr)
  uint32_t run_address = 0;   // where the program sees it (p_vaddr)
  std::vector<std::byte> data;
};

struct ElfSymbol {
  uint32_t address = 0;
  uint32_t size = 0;  // bytes
};

class ElfImage {
 public:
  uint16_t machine() const { return machine_; }  // EM_ARM is 40
  const std::vector<ElfSegment>& segments() const { return segments_; }
  std::optional<ElfSymbol> FindSymbol(std::string_view name) const;
  // The bytes that the program finds at `address` when it starts, as far as the file has them.
  std::optional<base::ConstByteSpan> Find(uint32_t address, uint32_t size) const;
  // The little-endian integer that `symbol` names; nullopt when the file has no such symbol of 8
  // bytes with content.
  std::optional<uint64_t> Constant64(std::string_view symbol) const;

 private:
  friend Expected<ElfImage> ReadElf(const std::filesystem::path& path);

  uint16_t machine_ = 0;
  std::vector<ElfSegment> segments_;
  std::map<std::string, ElfSymbol, std::less<>> symbols_;
};

// kUsage: cannot be read, or is no sound ELF file of 32 bits, little-endian.
Expected<ElfImage> ReadElf(const std::filesystem::path& path);

}  // namespace netctl
