// One probe on the bus, from its USB endpoints to the target at the end of its wires.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/vprobe/dap.h"
#include "tests/support/vprobe/debug_registers.h"
#include "tests/support/vprobe/faults.h"
#include "tests/support/vprobe/mem_ap.h"
#include "tests/support/vprobe/sw_dp.h"
#include "tests/support/vprobe/targets.h"
#include "tests/support/vprobe/usb_device.h"

namespace test {

struct ProbeSettings {
  UsbIdentity identity;
  uint16_t packet_size = 1024;
  uint8_t packet_count = 4;
  uint32_t idcode = 0x2ba01477;  // SW-DP of a Cortex-M4
  uint32_t address_wrap = 4096;  // bytes, a power of two
  bool locked = false;
  bool busy = false;
};

class VirtualProbe {
 public:
  VirtualProbe(const ProbeSettings& settings, Target& target, const Faults& faults);
  VirtualProbe(const VirtualProbe&) = delete;
  VirtualProbe& operator=(const VirtualProbe&) = delete;

  Faults& faults() { return faults_; }
  UsbDevice& usb() { return usb_; }

  // The reset pin goes down and up.
  void ResetTarget() { debug_.Reset(); }
  void SetPower(bool on);
  // A JSON object on one line: all counters of the probe and its faults.
  std::string DescribeCounters() const;

 private:
  std::optional<std::vector<uint8_t>> Answer(std::span<const uint8_t> packet);

  const bool hid_;
  Faults faults_;
  DebugRegisters debug_;
  MemAp ap_;
  SwDp port_;
  Dap dap_;
  UsbDevice usb_;
};

}  // namespace test
