// Memory as a DMA master sees it: addresses of 32 bits, a part of the memory map, and writes that
// it must not overtake.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace drivers {

// The memory that a DMA master reaches, in one piece. On the STM32F4 the Ethernet DMA reaches the
// SRAMs, but neither flash nor the core's own memory (RM0090 2.1).
class DmaWindow {
 public:
  // `begin` is not 0, and no byte lies at or above 2^32.
  constexpr DmaWindow(uint32_t begin, uint32_t size) : begin_(begin), size_(size) {}

  // `data` as a descriptor holds it; 0 when a byte of the `size` there is out of reach. All
  // addresses that a DMA master gets come from here.
  uint32_t AddressOf(const void* data, size_t size) const {
    const uintptr_t offset = reinterpret_cast<uintptr_t>(data) - begin_;
    if (size > size_ || offset > size_ - size) {
      return 0;
    }
    return begin_ + static_cast<uint32_t>(offset);
  }

 private:
  uint32_t begin_;
  uint32_t size_;
};

// What was written before it is in memory before anything that is written after it, and what is
// read after it is not older than what was read before it: between a descriptor's fields and its
// OWN bit, and between a descriptor and the register that makes the DMA look. A DMB on Arm.
inline void DmaBarrier() { std::atomic_thread_fence(std::memory_order_seq_cst); }

}  // namespace drivers
