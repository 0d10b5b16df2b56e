#include <cstddef>
#include <new>

#include "agent/cortex_m/retained.h"

namespace agent::cortex_m {
namespace {

// Bytes, because no constructor may touch what a reset kept. The symbol is protocol::kRttSymbol.
[[gnu::section(".noinit.rtt")]] alignas(RttMemory) std::byte memory[sizeof(RttMemory)] asm(
    "_SEGGER_RTT");

}  // namespace

RttMemory& RetainedRttMemory() { return *std::launder(reinterpret_cast<RttMemory*>(memory)); }

}  // namespace agent::cortex_m
