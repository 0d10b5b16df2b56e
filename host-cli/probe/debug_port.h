// The target's SW-DP (ADIv5.2, IHI 0031, chapters B2 and B4) and the way to its first access port.
#pragma once

#include <cstdint>

#include "host-cli/probe/dap.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

// What became of the debug port after a transfer that was not answered OK.
enum class Recovery : uint8_t {
  kReady,    // usable, and the transfer may be tried again
  kFaulted,  // usable; the bus of the target refused the access
};

class DebugPort {
 public:
  // `idcode`: the DPIDR to expect; 0 takes any.
  DebugPort(Dap& dap, uint32_t idcode) : dap_(dap), expected_idcode_(idcode) {}

  // From any state of the wires to a powered port with access port 0, bank 0 selected.
  // kUnreachable: no answer, no debug power, or an access port that does not answer (locked).
  // kLost: the probe, or a target with another DPIDR.
  MemoryResult<void> Connect();
  // False before the first Connect, and after one that failed.
  bool connected() const { return connected_; }
  uint32_t idcode() const { return idcode_; }

  // After a packet that ended with `ack` (not kOk). Errors as of Connect.
  MemoryResult<Recovery> Recover(Ack ack);
  // The target answers again: the next WAIT is the first one.
  void ForgetWaits() { waits_ = 0; }

  // One packet of transfers, all of which must be answered OK: else kUnreachable, or kFault.
  MemoryResult<TransferReply> Transfer(std::span<const DapTransfer> transfers);

  // What `ack` means, as an error.
  static MemoryError ErrorOf(Ack ack);

 private:
  MemoryResult<void> CheckIdcode();
  MemoryResult<void> PowerUp();
  MemoryResult<void> CheckAccessPort();
  MemoryResult<Recovery> RecoverFault();

  Dap& dap_;
  uint32_t expected_idcode_ = 0;
  uint32_t idcode_ = 0;
  bool connected_ = false;
  uint32_t waits_ = 0;  // WAIT answers since the last connect
};

}  // namespace netctl
