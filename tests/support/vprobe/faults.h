// What goes wrong between the debugger and the target, in a way that a seed repeats.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace test {

enum class FaultKind : uint8_t {
  kWait,    // SWD transfer answered WAIT
  kFault,   // SWD transfer answered FAULT, with STICKYERR set
  kParity,  // the data of an SWD read arrive with the wrong parity
  kNoAck,   // SWD transfer not answered, as with an unpowered target
  kShort,   // half of a USB answer
  kSlow,    // a USB answer comes late
  kUnplug,  // the probe is pulled out before it answers
  kKinds,
};
inline constexpr size_t kFaultKinds = static_cast<size_t>(FaultKind::kKinds);

// The names of the kinds, in their order.
inline constexpr std::array<std::string_view, kFaultKinds> kFaultNames = {
    "wait", "fault", "parity", "noack", "short", "slow", "unplug"};

class Faults {
 public:
  explicit Faults(uint64_t seed = 1) : random_(seed) {}

  void Seed(uint64_t seed) { random_.seed(seed); }

  // KIND[=MICROSECONDS][:EVERY[:COUNT]], also with blanks for colons. One in EVERY (1) chances is
  // taken, COUNT times (for ever; unplug: once). False: not understood, nothing has changed.
  bool Set(std::string_view text);
  void Set(FaultKind kind, uint64_t every, uint64_t count);
  void Clear() { plans_ = {}; }

  // Whether it happens this time.
  bool Happens(FaultKind kind);
  std::chrono::microseconds delay() const { return delay_; }
  // How often it has happened.
  uint64_t injected(FaultKind kind) const { return injected_[static_cast<size_t>(kind)]; }

 private:
  struct Plan {
    uint64_t every = 0;  // 0: never
    uint64_t left = 0;
  };

  std::mt19937_64 random_;
  std::array<Plan, kFaultKinds> plans_{};
  std::array<uint64_t, kFaultKinds> injected_{};
  std::chrono::microseconds delay_{1000};
};

}  // namespace test
