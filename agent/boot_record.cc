#include "agent/boot_record.h"

#include <array>

namespace agent {

using protocol::ResetCause;

std::string_view FaultName(FaultKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {
      "hard fault", "memory fault", "bus fault", "usage fault", "unexpected interrupt", "abort"};
  const auto index = static_cast<size_t>(kind);
  return index < kNames.size() ? kNames[index] : std::string_view("unknown fault");
}

Boot BootRecord::Begin() {
  Boot boot;
  if (IsValid()) {
    boot.counter = counter_ + 1;
    boot.cause = static_cast<ResetCause>(cause_);
    if (has_fault_ != 0) {
      boot.fault = Fault{.kind = static_cast<FaultKind>(fault_kind_),
                         .pc = fault_pc_,
                         .lr = fault_lr_,
                         .status = fault_status_,
                         .address = fault_address_};
    }
  }
  counter_ = boot.counter;
  cause_ = static_cast<uint32_t>(ResetCause::kUnknown);
  has_fault_ = 0;
  Seal();
  return boot;
}

void BootRecord::NoteReset(ResetCause cause) {
  cause_ = static_cast<uint32_t>(cause);
  Seal();
}

void BootRecord::NoteFault(const Fault& fault) {
  fault_kind_ = static_cast<uint32_t>(fault.kind);
  fault_pc_ = fault.pc;
  fault_lr_ = fault.lr;
  fault_status_ = fault.status;
  fault_address_ = fault.address;
  has_fault_ = 1;
  NoteReset(ResetCause::kFault);
}

bool BootRecord::IsValid() const { return magic_ == kMagic && checksum_ == Checksum(); }

// FNV-1a over the words: the record is not under attack, it only has to differ from garbage.
uint32_t BootRecord::Checksum() const {
  uint32_t sum = 2166136261u;
  for (const uint32_t word : {magic_, counter_, cause_, has_fault_, fault_kind_, fault_pc_,
                              fault_lr_, fault_status_, fault_address_}) {
    sum = (sum ^ word) * 16777619u;
  }
  return sum;
}

void BootRecord::Seal() {
  magic_ = kMagic;
  checksum_ = Checksum();
}

}  // namespace agent
