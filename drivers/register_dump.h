// The registers of a chip by name: what a register dump on the host shows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "stack/base/result.h"

namespace drivers {

struct NamedRegister {
  std::string_view name;  // as in the datasheet
  uint32_t address;
};

// A chip whose registers may be looked at while it works. The table holds no register that changes
// something when it is read.
class RegisterDump {
 public:
  virtual std::span<const NamedRegister> registers() const = 0;

  // kNotFound: `address` is not in the table. kDeadlineExceeded: the chip did not answer.
  virtual base::Result<uint32_t> ReadRegister(uint32_t address) = 0;
  // As ReadRegister. What a write does is the caller's business.
  virtual base::Status WriteRegister(uint32_t address, uint32_t value) = 0;

 protected:
  ~RegisterDump() = default;
};

}  // namespace drivers
