// Small ELF files for tests: an ARM image with the segments and symbols that a test names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <elf.h>

namespace test {

struct ElfFile {
  struct Segment {
    uint32_t load_address = 0;
    std::optional<uint32_t> run_address{};  // the load address when it is not given
    std::string data;
  };
  struct Symbol {
    std::string name;
    uint32_t address = 0;
    uint32_t size = 0;
  };
  uint16_t machine = EM_ARM;
  std::vector<Segment> segments;
  std::vector<Symbol> symbols{};

  // The file: header, program headers, data, symbols, names, section headers.
  std::string Bytes() const;
};

}  // namespace test
