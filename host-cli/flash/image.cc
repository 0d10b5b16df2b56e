#include "host-cli/flash/image.h"

#include <cerrno>
#include <fstream>
#include <limits>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "host-cli/elf_image.h"
#include "host-cli/format.h"

namespace netctl {
namespace {

// agent/build_id.h.
constexpr char kBuildIdSymbol[] = "netctl_build_id";
// Flash chips of microcontrollers are smaller.
constexpr uint64_t kLargestFile = 64U << 20;

std::unexpected<Error> Bad(const std::filesystem::path& path, std::string_view why,
                           std::string hint = {}) {
  return Fail(ExitCode::kUsage, fmt::format("{}: {}", path.string(), why), std::move(hint));
}

Expected<std::string> ReadAll(const std::filesystem::path& path) {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (error) {
    return Bad(path, error.message());
  }
  if (size > kLargestFile) {
    return Bad(path, "is larger than any flash");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (size != 0 && !(bytes << file.rdbuf())) {
    return Bad(path, "cannot be read");
  }
  return std::move(bytes).str();
}

// Appends `size` bytes at `address`; to the last range where they follow it.
void Add(std::vector<AddressRange>& ranges, uint32_t address, uint64_t size) {
  if (size == 0) {
    return;
  }
  if (!ranges.empty() && ranges.back().end == address) {
    ranges.back().end += size;
    return;
  }
  ranges.push_back({address, address + size});
}

// The bytes of ":LLAAAATT<data>CC" when its checksum is right; empty otherwise.
std::string HexRecord(std::string_view line) {
  const auto bytes = ParseHex(line.substr(1));
  if (!bytes || bytes->size() < 5 || bytes->size() != 5U + static_cast<uint8_t>((*bytes)[0])) {
    return {};
  }
  uint8_t sum = 0;
  for (const char byte : *bytes) {
    sum = static_cast<uint8_t>(sum + static_cast<uint8_t>(byte));
  }
  return sum == 0 ? *bytes : std::string();
}

// Intel's Hexadecimal Object File Format Specification, revision A.
Expected<void> ReadHex(FlashImage& image, const std::string& text) {
  enum Type : uint8_t { kData = 0, kEnd = 1, kSegment = 2, kLinear = 4 };
  std::istringstream lines(text);
  uint32_t base = 0;
  uint32_t number = 0;
  bool ended = false;
  for (std::string line; !ended && std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    if (line.empty()) {
      continue;
    }
    const std::string record = line[0] == ':' ? HexRecord(line) : std::string();
    if (record.empty()) {
      return Bad(image.path, fmt::format("line {} is no sound Intel HEX record", number));
    }
    const auto byte = [&record](size_t i) { return static_cast<uint8_t>(record[i]); };
    const auto word = [&byte](size_t i) {
      return static_cast<uint32_t>(byte(i) << 8 | byte(i + 1));
    };
    const uint8_t type = byte(3);
    if (type == kData) {
      Add(image.ranges, base + word(1), byte(0));
    } else if ((type == kSegment || type == kLinear) && byte(0) == 2) {
      base = type == kLinear ? word(4) << 16 : word(4) << 4;
    }
    ended = type == kEnd;
  }
  if (!ended) {
    return Bad(image.path, "is cut off: no end record");
  }
  return {};
}

Expected<void> ReadElfInto(FlashImage& image) {
  const auto elf = ReadElf(image.path);
  if (!elf) {
    return std::unexpected(elf.error());
  }
  for (const ElfSegment& segment : elf->segments()) {
    Add(image.ranges, segment.load_address, segment.data.size());
  }
  image.machine = elf->machine();
  image.build_id = elf->Constant64(kBuildIdSymbol);
  return {};
}

}  // namespace

std::string RangeText(const AddressRange& range) {
  return fmt::format("{:#010x} to {:#010x}", range.begin, range.end - 1);
}

uint64_t FlashImage::size() const {
  uint64_t bytes = 0;
  for (const AddressRange& range : ranges) {
    bytes += range.end - range.begin;
  }
  return bytes;
}

Expected<FlashImage> ReadFlashImage(const std::filesystem::path& path,
                                    std::optional<uint32_t> address) {
  auto text = ReadAll(path);
  if (!text) {
    return std::unexpected(text.error());
  }
  FlashImage image;
  image.path = path;
  Expected<void> read;
  if (text->starts_with("\x7f"
                        "ELF")) {
    read = ReadElfInto(image);
  } else if (text->starts_with(':')) {
    image.format = FlashImage::Format::kIhex;
    read = ReadHex(image, *text);
  } else {
    image.format = FlashImage::Format::kBin;
    if (!address) {
      return Bad(path, "is neither ELF nor Intel HEX: where do its bytes belong?",
                 "--address 0x08000000, or give agent.elf");
    }
    Add(image.ranges, *address, text->size());
  }
  if (!read) {
    return std::unexpected(read.error());
  }
  if (address && image.format != FlashImage::Format::kBin) {
    return Bad(path, "says itself where its bytes belong", "leave --address out");
  }
  if (image.ranges.empty()) {
    return Bad(path, "has nothing to flash");
  }
  return image;
}

}  // namespace netctl
