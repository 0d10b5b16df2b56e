// The debug port of a command's target: its channel when that is one, else its probe.
#pragma once

#include <memory>
#include <optional>

#include "host-cli/context.h"
#include "host-cli/lock.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

// The target's memory, and its lock for as long as this lives.
struct DebugTarget {
  std::optional<Lock> lock;
  std::unique_ptr<TargetMemory> memory;
};

// The URL of the debug port. kUsage: the target has none.
Expected<std::string> FindDebugPort(const Target& target);

// kBusy: another netctl has it. Else what the probe or OpenOCD fails with.
Expected<DebugTarget> OpenDebugTarget(const Context& context);

}  // namespace netctl
