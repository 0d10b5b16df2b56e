// What a bus master other than the core reaches.
#pragma once

#include <cstdint>

#include "stack/base/bytes.h"

namespace test {

// Addresses and sizes are multiples of 4.
class DmaMemory {
 public:
  virtual ~DmaMemory() = default;
  // False: a bus error, nothing was moved.
  virtual bool Read(uint32_t address, base::ByteSpan bytes) = 0;
  virtual bool Write(uint32_t address, base::ConstByteSpan bytes) = 0;
};

}  // namespace test
