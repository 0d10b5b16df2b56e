// Memory below 4 GiB, where an address fits into a DMA descriptor also on a 64-bit host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace test {

// One T there, for as long as this object lives.
template <typename T>
class Below4Gib {
 public:
  template <typename... Args>
  explicit Below4Gib(Args&&... args) {
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT;
    void* const memory = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, kFlags, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::bad_alloc();
    }
    object_ = new (memory) T(std::forward<Args>(args)...);
  }
  Below4Gib(const Below4Gib&) = delete;
  Below4Gib& operator=(const Below4Gib&) = delete;
  ~Below4Gib() {
    object_->~T();
    munmap(object_, sizeof(T));
  }

  T& operator*() { return *object_; }
  T* operator->() { return object_; }
  uint32_t address() const { return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(object_)); }

 private:
  T* object_;
};

}  // namespace test
