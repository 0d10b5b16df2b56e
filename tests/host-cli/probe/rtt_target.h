// The agent's own end of the rings, in memory that a probe would see.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "agent/rtt_port.h"
#include "host-cli/probe/target_memory.h"

namespace test {

// Addresses are those of the agent's RttMemory, cut to 32 bits as the agent stores them; around it
// lies `margin` bytes of other RAM, and beyond that nothing.
class RttTarget final : public netctl::TargetMemory {
 public:
  using Kind = netctl::MemoryError::Kind;

  explicit RttTarget(size_t margin = 0)
      : ram_(sizeof(agent::RttMemory) + 2 * margin + protocol::kRttAlignment) {
    auto* begin = ram_.data() + margin;
    const auto address = reinterpret_cast<uintptr_t>(begin);
    begin +=
        (protocol::kRttAlignment - address % protocol::kRttAlignment) % protocol::kRttAlignment;
    memory_ = new (begin) agent::RttMemory{};
  }

  // As a start of the firmware does it.
  void StartAgent() { port_.emplace(*memory_); }
  agent::RttPort& agent() { return *port_; }
  agent::RttMemory& rtt() { return *memory_; }
  uint32_t address() const { return Low(memory_); }
  uint32_t begin() const { return Low(ram_.data()); }
  uint32_t size() const { return static_cast<uint32_t>(ram_.size()); }

  // From now on every access fails so; none: they work again.
  void FailWith(std::optional<Kind> kind) { failure_ = kind; }
  void set_halted(bool halted) { halted_ = halted; }
  size_t batches() const { return batches_; }

  netctl::MemoryResult<void> Run(std::span<const netctl::MemoryAccess> accesses) override {
    ++batches_;
    if (failure_) {
      return Error(*failure_);
    }
    for (const netctl::MemoryAccess& access : accesses) {
      if (access.address == kDhcsr && access.out.size() == 4) {
        access.out[2] = std::byte{static_cast<uint8_t>(halted_ ? 0x02 : 0)};
        continue;
      }
      const size_t count = access.out.empty() ? access.data.size() : access.out.size();
      const uint32_t offset = access.address - begin();
      if (offset > ram_.size() || count > ram_.size() - offset) {
        return Error(Kind::kFault);
      }
      std::byte* const at = ram_.data() + offset;
      if (access.out.empty()) {
        std::memcpy(at, access.data.data(), count);
      } else {
        std::memcpy(access.out.data(), at, count);
      }
    }
    return {};
  }
  netctl::MemoryResult<void> Reset(netctl::ResetKind) override {
    StartAgent();
    return {};
  }
  std::string describe() const override { return "rtt target"; }

 private:
  static constexpr uint32_t kDhcsr = 0xe000edf0;

  static uint32_t Low(const void* pointer) {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pointer));
  }
  static std::unexpected<netctl::MemoryError> Error(Kind kind) {
    return std::unexpected(netctl::MemoryError{
        kind, {netctl::ExitCode::kChannel, "the target does not answer", {}, {}}});
  }

  std::vector<std::byte> ram_;
  agent::RttMemory* memory_ = nullptr;
  std::optional<agent::RttPort> port_;
  std::optional<Kind> failure_;
  bool halted_ = false;
  size_t batches_ = 0;
};

}  // namespace test
