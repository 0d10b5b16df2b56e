// The cells of a flash memory: in RAM, or in a file that outlives the process.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace test {

class FlashMemory {
 public:
  // `path` empty: erased cells in RAM. Else the file is made when it is not there, and what it
  // lacks is erased; it is held locked, so that no two chips have the same cells. Throws
  // std::system_error.
  FlashMemory(size_t size, const std::string& path);
  ~FlashMemory();
  FlashMemory(const FlashMemory&) = delete;
  FlashMemory& operator=(const FlashMemory&) = delete;

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
  int file_ = -1;
};

}  // namespace test
