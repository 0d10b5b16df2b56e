// What is soldered to bank 1 of the S3C2416's static memory bus, and to EINT7.
#pragma once

#include <cstdint>

#include "tests/support/vboard/virtual_time.h"

namespace test::s3c2416 {

class StaticDevice {
 public:
  virtual ~StaticDevice() = default;

  // `offset` from the start of the bank, `width` 1 or 2 bytes.
  virtual uint32_t Read(uint32_t offset, uint32_t width) = 0;
  virtual void Write(uint32_t offset, uint32_t width, uint32_t value) = 0;
  virtual void Reset() = 0;
  virtual void Advance() = 0;
  virtual VirtualTime next_event() const = 0;
  virtual bool interrupt_level() = 0;

  virtual uint32_t bus_bytes() const = 0;
  // Before the next cycle, and within one.
  virtual VirtualTime needed_pause() const = 0;
  virtual VirtualTime shortest_strobe() const = 0;
};

}  // namespace test::s3c2416
