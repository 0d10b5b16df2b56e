// A block of registers on a bus of the chip.
#pragma once

#include <cstdint>

#include "tests/support/vboard/virtual_time.h"

namespace test {

class Peripheral {
 public:
  virtual ~Peripheral() = default;

  // To the state after a reset of the block.
  virtual void Reset() = 0;
  // `offset` is a multiple of 4. Narrow accesses are parts of these.
  virtual uint32_t Read(uint32_t offset) = 0;
  virtual void Write(uint32_t offset, uint32_t value) = 0;
  // What the other bytes of a narrow write keep: Read() without its effects.
  virtual uint32_t Peek(uint32_t offset) { return Read(offset); }

  // Everything up to now has happened.
  virtual void Advance() {}
  // When Advance() will have something to do.
  virtual VirtualTime next_event() const { return kNever; }
  virtual bool interrupt_line() const { return false; }
};

}  // namespace test
