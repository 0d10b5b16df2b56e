// The target's memory as a debug probe sees it, whoever drives the probe. The core keeps running.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "host-cli/error.h"
#include "host-cli/json.h"
#include "stack/base/bytes.h"

namespace netctl {

struct MemoryError {
  enum class Kind : uint8_t {
    kFault,        // nothing at this address, or it is protected; the connection still stands
    kUnreachable,  // the target does not answer: reset, no power, wires off. Trying again may help
    kLost,         // the probe, or the program that drives it, is gone; this object is of no use
  };
  Kind kind = Kind::kFault;
  Error error;  // for the user: kChannel, or the signal that ended the access
};

template <typename T>
using MemoryResult = std::expected<T, MemoryError>;

// One access of a batch: reads when `out` is not empty, else writes `data`.
struct MemoryAccess {
  uint32_t address = 0;
  base::ByteSpan out{};
  base::ConstByteSpan data{};

  size_t size() const { return out.empty() ? data.size() : out.size(); }
};

enum class ResetKind : uint8_t { kRun, kHalt };

class TargetMemory {
 public:
  virtual ~TargetMemory() = default;

  // Does all accesses in their order, in as few round trips as the probe allows; of any address and
  // size. An aligned word is one access of the bus. After an error it is not known how many were
  // done. Bounded: returns within about a second plus 2 s for each MiB, and at once on a signal.
  // kUnreachable was tried again for `patience` before.
  virtual MemoryResult<void> Run(std::span<const MemoryAccess> accesses) = 0;

  MemoryResult<void> Read(uint32_t address, base::ByteSpan out) {
    return Run(std::array{MemoryAccess{.address = address, .out = out}});
  }
  MemoryResult<void> Write(uint32_t address, base::ConstByteSpan data) {
    return Run(std::array{MemoryAccess{.address = address, .data = data}});
  }

  // Restarts the target; with kHalt the core stops before its first instruction, and the debugger
  // that attaches next finds it there.
  virtual MemoryResult<void> Reset(ResetKind kind) = 0;

  // For people: "CMSIS-DAP probe 1234 (SWD, 4 MHz)", "OpenOCD at localhost:6666".
  virtual std::string describe() const = 0;
  // What a program may want to know: probe, serial, idcode, openocd_pid, ...
  virtual Json facts() const { return Json::object(); }
  // What to look at when the target stays silent.
  virtual std::string advice() const { return {}; }
};

}  // namespace netctl
