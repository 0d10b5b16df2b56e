// The copy loops of FIFO MACs: the only code that touches every byte of a frame in a driver. In
// portable C++ (generic/) and in assembly per architecture (armv7m/).
//
// A window is 8 consecutive words that all are the FIFO's port. Blocks walk through it, unsummed
// words in fours and others in eights. Memory is word aligned.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/checksum.h"

namespace drivers {

// Reads `words` words from the window to `to`. Returns the sum of those behind the first
// `unsummed`, a multiple of 4 and at most `words`, as 32-bit words with the carries added back in
// (RFC 1071 2(C)).
extern "C" uint32_t ReadFifoWindow(const volatile uint32_t* window, std::byte* to, size_t words,
                                   size_t unsummed);

// Writes `words` words at `from` to the window.
extern "C" void WriteFifoWindow(volatile uint32_t* window, const std::byte* from, size_t words);

// Such a sum as one of 16-bit words.
constexpr base::Sum FoldWords(uint32_t sum) { return base::FoldSum((sum & 0xffff) + (sum >> 16)); }

}  // namespace drivers
