#include "host-cli/elf_image.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include "host-cli/unique_fd.h"

namespace netctl {
namespace {

// No target has more; a damaged header must not make us allocate the whole memory of the host.
constexpr uint64_t kLargestSegment = 64U << 20;

struct ElfEnd {
  void operator()(Elf* elf) const { ::elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

std::unexpected<Error> Unsound(const std::filesystem::path& path, std::string_view why) {
  return Fail(ExitCode::kUsage, fmt::format("{}: {}", path.string(), why));
}

Expected<std::vector<ElfSegment>> ReadSegments(Elf* elf, const std::filesystem::path& path) {
  size_t count = 0;
  size_t file_size = 0;
  const char* file = ::elf_rawfile(elf, &file_size);
  if (file == nullptr || ::elf_getphdrnum(elf, &count) != 0) {
    return Unsound(path, "damaged program headers");
  }
  std::vector<ElfSegment> segments;
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (::gelf_getphdr(elf, static_cast<int>(i), &header) == nullptr) {
      return Unsound(path, "damaged program headers");
    }
    if (header.p_type != PT_LOAD || header.p_filesz == 0) {
      continue;
    }
    if (header.p_filesz > kLargestSegment || header.p_offset > file_size ||
        header.p_filesz > file_size - header.p_offset) {
      return Unsound(path, "a segment reaches beyond the end of the file");
    }
    ElfSegment& segment = segments.emplace_back();
    segment.load_address = static_cast<uint32_t>(header.p_paddr);
    segment.run_address = static_cast<uint32_t>(header.p_vaddr);
    segment.data.resize(header.p_filesz);
    std::memcpy(segment.data.data(), file + header.p_offset, header.p_filesz);
  }
  return segments;
}

std::map<std::string, ElfSymbol, std::less<>> ReadSymbols(Elf* elf) {
  std::map<std::string, ElfSymbol, std::less<>> symbols;
  for (Elf_Scn* section = nullptr; (section = ::elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    Elf_Data* data = nullptr;
    if (::gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_SYMTAB ||
        (data = ::elf_getdata(section, nullptr)) == nullptr || header.sh_entsize == 0) {
      continue;
    }
    const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
    GElf_Sym symbol;
    for (int i = 0; i < count && ::gelf_getsym(data, i, &symbol) != nullptr; ++i) {
      const char* name = ::elf_strptr(elf, header.sh_link, symbol.st_name);
      if (name != nullptr && *name != '\0' && symbol.st_shndx != SHN_UNDEF) {
        symbols.insert_or_assign(name, ElfSymbol{static_cast<uint32_t>(symbol.st_value),
                                                 static_cast<uint32_t>(symbol.st_size)});
      }
    }
  }
  return symbols;
}

}  // namespace

std::optional<ElfSymbol> ElfImage::FindSymbol(std::string_view name) const {
  const auto found = symbols_.find(name);
  return found == symbols_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<base::ConstByteSpan> ElfImage::Find(uint32_t address, uint32_t size) const {
  for (const ElfSegment& segment : segments_) {
    const uint64_t offset = uint64_t{address} - segment.run_address;
    if (address >= segment.run_address && offset + size <= segment.data.size()) {
      return base::ConstByteSpan(segment.data).subspan(offset, size);
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> ElfImage::Constant64(std::string_view symbol) const {
  const auto found = FindSymbol(symbol);
  if (!found || found->size != sizeof(uint64_t)) {
    return std::nullopt;
  }
  const auto bytes = Find(found->address, found->size);
  if (!bytes) {
    return std::nullopt;
  }
  uint64_t value = 0;
  for (size_t i = sizeof(value); i-- > 0;) {
    value = value << 8 | std::to_integer<uint64_t>((*bytes)[i]);
  }
  return value;
}

Expected<ElfImage> ReadElf(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    return Unsound(path, std::generic_category().message(errno));
  }
  ::elf_version(EV_CURRENT);
  const ElfHandle elf(::elf_begin(fd.get(), ELF_C_READ, nullptr));
  GElf_Ehdr header;
  if (!elf || ::elf_kind(elf.get()) != ELF_K_ELF || ::gelf_getehdr(elf.get(), &header) == nullptr) {
    return Unsound(path, "is no ELF file");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return Unsound(path, "is an ELF file, but not of 32 bits and little-endian");
  }
  auto segments = ReadSegments(elf.get(), path);
  if (!segments) {
    return std::unexpected(segments.error());
  }
  ElfImage image;
  image.machine_ = header.e_machine;
  image.segments_ = std::move(*segments);
  image.symbols_ = ReadSymbols(elf.get());
  return image;
}

}  // namespace netctl
