// Memory behind access port 0, with recovery from what goes wrong on the wires.
#pragma once

#include <cstdint>
#include <deque>

#include "host-cli/probe/access_plan.h"
#include "host-cli/probe/dap.h"
#include "host-cli/probe/debug_port.h"
#include "host-cli/probe/target_memory.h"
#include "stack/base/time.h"

namespace netctl {

class MemAp {
 public:
  MemAp(Dap& dap, DebugPort& port) : dap_(dap), port_(port) {}

  // As TargetMemory::Run. What failed for another reason than a fault of the bus is done again from
  // the packet that failed; writing the same bytes to RAM twice is harmless, and no write is sent
  // before all accesses in front of it are known to be done.
  MemoryResult<void> Run(std::span<const MemoryAccess> accesses, base::Duration patience);

  MemoryResult<uint32_t> ReadWord(uint32_t address, base::Duration patience);
  MemoryResult<void> WriteWord(uint32_t address, uint32_t value, base::Duration patience);

 private:
  struct Failure {
    Ack ack = Ack::kOk;
    uint32_t address = 0;  // of the packet that failed
  };

  // Sends packets until all is done or one fails; `done` follows.
  MemoryResult<Failure> Stream(std::span<const MemoryAccess> accesses, AccessCursor& done,
                               size_t packet_size);
  MemoryResult<void> DropReplies();
  // kUnreachable is worth another attempt, from `done`.
  MemoryResult<void> Attempt(std::span<const MemoryAccess> accesses, AccessCursor& done,
                             size_t packet_size);
  std::unexpected<MemoryError> Fault(std::span<const MemoryAccess> accesses, uint32_t address);

  Dap& dap_;
  DebugPort& port_;
  uint32_t csw_ = kUnknownCsw;
};

}  // namespace netctl
