#include "host-cli/probe/cortex_m_reset.h"

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/probe/cortex_m.h"
#include "host-cli/probe/memory_error.h"
#include "host-cli/probe/wait.h"

namespace netctl {
namespace {

using Kind = MemoryError::Kind;

constexpr uint32_t kAircr = 0xe000'ed0c;
constexpr uint32_t kSystemReset = 0x05fa'0004;  // VECTKEY, SYSRESETREQ
constexpr uint32_t kDebugKey = 0xa05f'0000;
constexpr uint32_t kDebugEnable = 1U << 0;
constexpr uint32_t kWasReset = 1U << 25;  // cleared by reading it
constexpr uint32_t kDemcr = 0xe000'edfc;
constexpr uint32_t kCatchReset = 1U << 0;  // VC_CORERESET

// The debug port may be gone for as long as the reset takes.
constexpr base::Duration kPatience = std::chrono::seconds(1);
constexpr auto kPollPause = std::chrono::milliseconds(2);

// Until the core has left the reset; the value of DHCSR then.
MemoryResult<uint32_t> AwaitReset(MemAp& memory) {
  const base::Instant limit = Now() + kPatience;
  bool seen = false;
  do {
    const auto status = memory.ReadWord(kDhcsr, kPatience);
    if (!status) {
      return status;
    }
    const bool flag = (*status & kWasReset) != 0;
    if (seen && !flag) {
      return status;
    }
    seen = seen || flag;
  } while (!PauseUntilSignal(kPollPause) && Now() < limit);
  if (Interrupted()) {
    return FailMemory(Kind::kUnreachable, "interrupted");
  }
  return FailMemory(Kind::kUnreachable,
                    seen ? "the target stays in reset" : "the target did not do the reset",
                    "does something hold its reset line?");
}

}  // namespace

MemoryResult<void> ResetCortexM(MemAp& memory, ResetKind kind) {
  // Reading DHCSR also forgets resets before this one.
  const auto before = memory.ReadWord(kDhcsr, kPatience);
  const auto catches = before ? memory.ReadWord(kDemcr, kPatience) : before;
  if (!catches) {
    return std::unexpected(catches.error());
  }
  const bool halt = kind == ResetKind::kHalt;
  const uint32_t others = *catches & ~kCatchReset;
  if (halt) {
    const auto enabled = memory.WriteWord(kDhcsr, kDebugKey | kDebugEnable, kPatience);
    if (!enabled) {
      return enabled;
    }
  }
  if (halt || others != *catches) {
    const auto set = memory.WriteWord(kDemcr, others | (halt ? kCatchReset : 0), kPatience);
    if (!set) {
      return set;
    }
  }
  // A reset that takes the debug port along leaves this one without an answer; it is not repeated.
  const auto reset = memory.WriteWord(kAircr, kSystemReset, base::Duration(0));
  if (!reset && reset.error().kind != Kind::kUnreachable) {
    return reset;
  }
  const auto after = AwaitReset(memory);
  if (!after) {
    if (halt) {
      // Best effort: nobody asked for a later reset to halt.
      static_cast<void>(memory.WriteWord(kDemcr, others, base::Duration(0)).has_value());
    }
    return std::unexpected(after.error());
  }
  if (halt) {
    const auto restored = memory.WriteWord(kDemcr, others, kPatience);
    if (!restored || (*after & kHalted) != 0) {
      return restored;
    }
    return FailMemory(Kind::kUnreachable, "the core did not stop at its reset");
  }
  // One that a debugger had halted would stay so.
  if ((*after & kHalted) != 0) {
    return memory.WriteWord(kDhcsr, kDebugKey | (*before & kDebugEnable), kPatience);
  }
  return {};
}

}  // namespace netctl
