#include "tests/support/vboard/flash_image.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <elf.h>

namespace test {
namespace {

std::vector<char> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return bytes;
}

template <typename T>
T At(const std::vector<char>& file, size_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) {
    throw std::runtime_error("the ELF file is cut off");
  }
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

void CopySegment(const std::vector<char>& file, const Elf32_Phdr& segment, uint32_t base,
                 uint32_t size, std::vector<std::byte>& image) {
  if (segment.p_type != PT_LOAD || segment.p_filesz == 0) {
    return;
  }
  const uint64_t offset = uint64_t{segment.p_paddr} - base;
  if (segment.p_paddr < base || offset + segment.p_filesz > size) {
    throw std::runtime_error("the ELF file has a segment outside of the flash memory");
  }
  if (uint64_t{segment.p_offset} + segment.p_filesz > file.size()) {
    throw std::runtime_error("the ELF file is cut off");
  }
  image.resize(std::max<size_t>(image.size(), offset + segment.p_filesz), std::byte{0xff});
  std::memcpy(&image[offset], file.data() + segment.p_offset, segment.p_filesz);
}

}  // namespace

std::vector<std::byte> ReadFlashImage(const std::filesystem::path& path, uint32_t base,
                                      uint32_t size) {
  const std::vector<char> file = ReadFile(path);
  std::vector<std::byte> image;
  if (file.size() < SELFMAG || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0) {
    if (file.empty() || file.size() > size) {
      throw std::runtime_error(path.string() + " is empty or larger than the flash memory");
    }
    image.resize(file.size());
    std::memcpy(image.data(), file.data(), file.size());
    return image;
  }
  const auto header = At<Elf32_Ehdr>(file, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    throw std::runtime_error(path.string() + " is no 32-bit little-endian ELF file");
  }
  for (uint32_t i = 0; i < header.e_phnum; ++i) {
    CopySegment(file, At<Elf32_Phdr>(file, header.e_phoff + i * sizeof(Elf32_Phdr)), base, size,
                image);
  }
  return image;
}

}  // namespace test
