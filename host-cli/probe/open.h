// From the text behind probe: to the target's memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host-cli/error.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

// VID:PID[-INTERFACE][:SERIAL], a bare serial number, or nothing: the only probe there is.
struct ProbeSelector {
  std::optional<uint16_t> vendor_id;
  std::optional<uint16_t> product_id;
  std::optional<uint8_t> interface;
  std::optional<std::string> serial;  // "" of VID:PID: means a probe without a serial number
};

// kUsage says what is wrong with it.
Expected<ProbeSelector> ParseProbeSelector(std::string_view text);

struct ProbeOptions {
  ProbeSelector selector;
  uint32_t clock_hz = 4'000'000;
  // Expected DPIDR; 0 takes any.
  uint32_t idcode = 0;
};

// Opens the probe and connects to the target by SWD, without halting it. kChannel: no such probe,
// several, no permission, held by another program, no answer on the wires, another IDCODE, locked
// debug port; each with what to do next.
Expected<std::unique_ptr<TargetMemory>> OpenProbe(const ProbeOptions& options);

}  // namespace netctl
