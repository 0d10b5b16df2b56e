// What survives a warm reset: how often the board started, why it restarted, and its last fault.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/messages/agent.h"

namespace agent {

enum class FaultKind : uint32_t { kHard, kMemory, kBus, kUsage, kUnexpectedInterrupt, kAbort };

std::string_view FaultName(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::kHard;
  uint32_t pc = 0;
  uint32_t lr = 0;
  uint32_t status = 0;   // CFSR
  uint32_t address = 0;  // that was accessed, 0 when unknown
  bool operator==(const Fault&) const = default;
};

struct Boot {
  uint32_t counter = 1;
  protocol::ResetCause cause = protocol::ResetCause::kPowerOn;
  std::optional<Fault> fault;
};

// Lies in memory that start-up code does not clear, so its content is only trusted when the
// checksum says so.
class BootRecord {
 public:
  // Call once at start-up. Counts this start and forgets the cause of the reset before it. Memory
  // that holds no record is a power-on; a record without a cause is an unknown reset.
  Boot Begin();

  // Call in front of a deliberate reset.
  void NoteReset(protocol::ResetCause cause);
  void NoteFault(const Fault& fault);

 private:
  bool IsValid() const;
  uint32_t Checksum() const;
  void Seal();

  static constexpr uint32_t kMagic = 0x6e65'7463;

  // No initialisers on purpose: the constructor must not touch what a reset kept.
  uint32_t magic_;
  uint32_t counter_;
  uint32_t cause_;
  uint32_t has_fault_;
  uint32_t fault_kind_;
  uint32_t fault_pc_;
  uint32_t fault_lr_;
  uint32_t fault_status_;
  uint32_t fault_address_;
  uint32_t checksum_;
};

}  // namespace agent
