// A CMSIS-DAP probe with an SW-DP, a MEM-AP, RAM and the debug registers of a core, all in one
// process; and what may go wrong between them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host-cli/probe/dap_transport.h"

namespace test {

// Acknowledges as DAP_Transfer reports them.
inline constexpr uint8_t kAckOk = 1;
inline constexpr uint8_t kAckWait = 2;
inline constexpr uint8_t kAckFault = 4;
inline constexpr uint8_t kAckNone = 7;
inline constexpr uint8_t kAckParity = 8 | 1;

class FakeProbe {
 public:
  static constexpr uint32_t kRam = 0x2000'0000;
  static constexpr uint32_t kIdcode = 0x2ba0'1477;

  FakeProbe() : ram(16384) {}

  // The way to this probe, which must outlive it.
  std::unique_ptr<netctl::DapTransport> Transport();

  // How it is made.
  uint16_t packet_size = 512;
  uint8_t packet_count = 4;
  uint8_t capabilities = 1;
  std::string serial = "1234";
  uint32_t idcode = kIdcode;
  uint32_t ap_idr = 0x2477'0011;
  std::vector<std::byte> ram;
  // Bus errors, besides everything that is no RAM.
  std::set<uint32_t> bad_words;

  // What goes wrong. Transfers are numbered from the call on, at 0.
  void AnswerTransfers(size_t first, size_t count, uint8_t ack);
  // As often as that, again and again.
  void DisturbEach(size_t nth, uint8_t ack) { disturb_each_ = nth, disturbance_ = ack; }
  void ForgetFaults() { faults_.clear(); }
  bool target_powered = true;
  bool power_up_works = true;
  bool reset_takes_port = false;
  bool reset_works = true;
  bool answers = true;                 // else the probe takes commands and sends nothing
  std::optional<size_t> unplug_after;  // commands
  std::function<void(std::vector<std::byte>& reply)> on_reply;
  std::function<void()> on_write;  // behind every write to RAM

  // What was seen.
  size_t commands = 0;
  size_t transfer_commands = 0;
  size_t transfers = 0;
  size_t most_in_flight = 0;
  size_t line_resets = 0;
  size_t aborted_accesses = 0;  // DAPABORT
  uint32_t clock = 0;
  bool lamp = false;
  bool connected = false;

  // The core.
  bool debug_enabled = false;
  bool halted = false;
  bool catch_reset = false;
  uint32_t demcr_others = 0;
  size_t resets = 0;

  netctl::MemoryResult<void> Submit(base::ConstByteSpan packet);
  netctl::MemoryResult<base::ConstByteSpan> Receive();

 private:
  struct Fault {
    size_t first = 0;
    size_t count = 0;
    uint8_t ack = 0;
  };
  using Bytes = std::vector<std::byte>;

  Bytes Reply(base::ConstByteSpan packet);
  Bytes Info(uint8_t id) const;
  Bytes Transfer(base::ConstByteSpan packet);
  uint8_t One(uint8_t request, uint32_t& value);
  uint8_t InjectedAck();
  uint8_t DebugPort(uint8_t request, uint32_t& value);
  uint8_t AccessPort(uint8_t request, uint32_t& value);
  void Abort(uint32_t value);
  void LoseLine();
  bool Bus(bool read, uint32_t& value);
  bool RamAccess(bool read, uint32_t address, uint32_t width, uint32_t& value);
  bool CoreRegister(bool read, uint32_t address, uint32_t& value);
  void ResetCore();

  std::deque<Bytes> replies_;
  Bytes last_reply_;
  std::vector<Fault> faults_;
  size_t numbered_ = 0;
  size_t disturb_each_ = 0;
  uint8_t disturbance_ = kAckOk;
  // Debug port.
  bool line_ready_ = false;  // selected, and DPIDR was read
  bool line_reset_ = false;  // DPIDR is due
  bool sticky_error_ = false;
  uint32_t power_ = 0;
  uint32_t select_ = 0;
  // Access port.
  uint32_t csw_ = 0;
  uint32_t tar_ = 0;
  bool was_reset_ = false;
};

}  // namespace test
