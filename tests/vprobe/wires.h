// A probe and a target with 8 KiB at 0x20000000, without USB, for the tests of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/vprobe/array_target.h"
#include "tests/support/vprobe/dap.h"
#include "tests/support/vprobe/dap_commands.h"
#include "tests/support/vprobe/debug_registers.h"
#include "tests/support/vprobe/faults.h"
#include "tests/support/vprobe/mem_ap.h"
#include "tests/support/vprobe/sw_dp.h"

namespace test {

using Bytes = std::vector<uint8_t>;

inline constexpr uint32_t kRam = 0x20000000;
inline constexpr uint32_t kRamSize = 0x2000;
inline constexpr uint32_t kNowhere = 0x70000000;
inline constexpr uint32_t kIdcode = 0x2ba01477;
inline constexpr uint32_t kCswWord = 0x23000052;       // 32 bits, increment
inline constexpr uint32_t kCswByte = 0x23000050;       // 8 bits, increment
inline constexpr uint32_t kCswHalf = 0x23000051;       // 16 bits, increment
inline constexpr uint32_t kCswByteFixed = 0x23000040;  // 8 bits, no increment
inline constexpr uint32_t kCswPacked = 0x23000060;     // 8 bits, four at once
inline constexpr uint32_t kClearAll = 0x1e;

struct Wires {
  explicit Wires(uint32_t wrap = 4096, const DapSettings& settings = {})
      : debug(target.core()),
        ap(target.bus(), debug, wrap),
        port(ap, faults, kIdcode),
        dap(settings, port, debug) {}

  void Clocks(int count, bool bit) {
    for (int i = 0; i < count; ++i) {
      port.Clock(bit);
    }
  }
  void Sequence16(uint32_t bits) {
    for (int i = 0; i < 16; ++i) {
      port.Clock(((bits >> i) & 1) != 0);
    }
  }
  void LineReset() {
    Clocks(51, true);
    Clocks(8, false);
  }
  // From JTAG to a port that has given its DPIDR.
  void Synchronise() {
    Clocks(51, true);
    Sequence16(0xe79e);
    LineReset();
    uint32_t unused = 0;
    static_cast<void>(port.Read(false, kDpIdr, unused));
  }
  // ... and has debug power.
  void Connect() {
    Synchronise();
    static_cast<void>(port.Write(false, kDpCtrlStat, kDebugPowerRequest | kSystemPowerRequest));
  }

  Ack Write(uint8_t address, uint32_t value) { return port.Write(true, address, value); }
  // The result of an access port's read, taken from RDBUFF; nothing: it failed.
  std::optional<uint32_t> Read(uint8_t address) {
    uint32_t value = 0;
    if (port.Read(true, address, value) != Ack::kOk ||
        port.Read(false, kDpRdBuff, value) != Ack::kOk) {
      return std::nullopt;
    }
    return value;
  }
  uint32_t CtrlStat() {
    uint32_t value = 0;
    EXPECT_EQ(port.Read(false, kDpCtrlStat, value), Ack::kOk);
    return value;
  }
  uint32_t Word(uint32_t address) {
    uint32_t value = 0;
    EXPECT_TRUE(target.bus().Read(address, 4, value));
    return value;
  }
  void SetWord(uint32_t address, uint32_t value) {
    EXPECT_TRUE(target.bus().Write(address, 4, value));
  }

  // One packet to the probe.
  Bytes Command(const Bytes& packet) { return dap.Execute(packet).value_or(Bytes{}); }
  // From the host's first command to a connected target with CSW for words.
  void ConnectDap() {
    EXPECT_EQ(Command({kDapConnect, kPortSwd}), (Bytes{kDapConnect, kPortSwd}));
    Connect();
    EXPECT_EQ(Write(kApCsw, kCswWord), Ack::kOk);
  }

  ArrayTarget target{kRam, kRamSize};
  Faults faults;
  DebugRegisters debug;
  MemAp ap;
  SwDp port;
  Dap dap;
};

}  // namespace test
