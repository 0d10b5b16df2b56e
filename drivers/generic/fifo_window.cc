// The reference: what the assembly versions must equal, and what the host and CPUs without one run.
#include "drivers/fifo_window.h"

#include <cstring>

namespace drivers {

uint32_t ReadFifoWindow(const volatile uint32_t* window, std::byte* to, size_t words,
                        size_t unsummed) {
  uint64_t sum = 0;
  for (size_t i = 0; i < words; ++i) {
    const bool is_summed = i >= unsummed;
    const uint32_t word = is_summed ? window[(i - unsummed) % 8] : window[i % 4];
    std::memcpy(to + 4 * i, &word, sizeof(word));
    sum += is_summed ? word : 0;
  }
  sum = (sum & 0xffff'ffff) + (sum >> 32);
  sum += sum >> 32;
  return static_cast<uint32_t>(sum);
}

void WriteFifoWindow(volatile uint32_t* window, const std::byte* from, size_t words) {
  for (size_t i = 0; i < words; ++i) {
    uint32_t word;
    std::memcpy(&word, from + 4 * i, sizeof(word));
    window[i % 8] = word;
  }
}

}  // namespace drivers
