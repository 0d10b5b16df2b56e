#include "tests/support/vboard/flash_memory.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace test {
namespace {

// How many of the cells were in the file already.
size_t OpenCells(int file, size_t size) {
  struct stat status = {};
  if (::flock(file, LOCK_EX | LOCK_NB) != 0 || ::fstat(file, &status) != 0) {
    throw std::system_error(errno, std::generic_category(), "flash file");
  }
  const size_t known = std::min(static_cast<size_t>(status.st_size), size);
  if (known < size && ::ftruncate(file, static_cast<off_t>(size)) != 0) {
    throw std::system_error(errno, std::generic_category(), "flash file");
  }
  return known;
}

}  // namespace

FlashMemory::FlashMemory(size_t size, const std::string& path) {
  size_t known = 0;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  if (!path.empty()) {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
      throw std::system_error(errno, std::generic_category(), path);
    }
    known = OpenCells(file_, size);
    flags = MAP_SHARED;
  }
  void* place = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file_, 0);
  if (place == MAP_FAILED) {
    throw std::system_error(errno, std::generic_category(), "flash memory");
  }
  bytes_ = {static_cast<std::byte*>(place), size};
  std::ranges::fill(bytes_.subspan(known), std::byte{0xff});
}

FlashMemory::~FlashMemory() {
  ::munmap(bytes_.data(), bytes_.size());
  if (file_ >= 0) {
    ::close(file_);
  }
}

}  // namespace test
