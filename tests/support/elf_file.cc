#include "tests/support/elf_file.h"

namespace test {
namespace {

template <typename T>
void Append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

Elf32_Ehdr Header(const ElfFile& file) {
  Elf32_Ehdr header{};
  const std::string_view magic = ELFMAG;
  std::copy(magic.begin(), magic.end(), header.e_ident);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = file.machine;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(Elf32_Ehdr);
  header.e_phoff = sizeof(Elf32_Ehdr);
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = static_cast<uint16_t>(file.segments.size());
  header.e_shentsize = sizeof(Elf32_Shdr);
  header.e_shnum = 3;
  return header;
}

}  // namespace

std::string ElfFile::Bytes() const {
  Elf32_Ehdr header = Header(*this);
  std::string programs;
  std::string body;
  const size_t start = sizeof(Elf32_Ehdr) + segments.size() * sizeof(Elf32_Phdr);
  for (const Segment& segment : segments) {
    const auto size = static_cast<uint32_t>(segment.data.size());
    Append(programs, Elf32_Phdr{PT_LOAD, static_cast<uint32_t>(start + body.size()),
                                segment.run_address.value_or(segment.load_address),
                                segment.load_address, size, size, PF_R, 4});
    body += segment.data;
  }
  body.resize((body.size() + 3) / 4 * 4);
  std::string table;
  std::string names(1, '\0');
  Append(table, Elf32_Sym{});
  for (const Symbol& symbol : symbols) {
    Append(table, Elf32_Sym{static_cast<uint32_t>(names.size()), symbol.address, symbol.size,
                            ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 1});
    names += symbol.name + '\0';
  }
  names.resize((names.size() + 3) / 4 * 4);
  const auto table_at = static_cast<uint32_t>(start + body.size());
  const auto names_at = static_cast<uint32_t>(table_at + table.size());
  header.e_shoff = static_cast<uint32_t>(names_at + names.size());
  std::string bytes;
  Append(bytes, header);
  bytes += programs + body + table + names;
  Append(bytes, Elf32_Shdr{});
  Append(bytes, Elf32_Shdr{0, SHT_SYMTAB, 0, 0, table_at, static_cast<uint32_t>(table.size()), 2, 1,
                           4, sizeof(Elf32_Sym)});
  Append(bytes, Elf32_Shdr{0, SHT_STRTAB, 0, 0, names_at, static_cast<uint32_t>(names.size()), 0, 0,
                           1, 0});
  return bytes;
}

}  // namespace test
