// Commands of CMSIS-DAP (ARM, "CMSIS-DAP" 2.1) that concern SWD: what a debug probe does between
// its USB endpoints and the two wires.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/vprobe/debug_registers.h"
#include "tests/support/vprobe/sw_dp.h"

namespace test {

struct DapSettings {
  std::string vendor = "netctl";
  std::string product = "netctl virtual CMSIS-DAP";
  std::string serial = "V0001";
  uint16_t packet_size = 1024;
  uint8_t packet_count = 4;
};

struct DapCounters {
  uint64_t commands = 0;
  uint64_t transfers = 0;   // SWD packets, with those tried again
  uint64_t waits = 0;       // answered WAIT
  uint64_t faults = 0;      // answered FAULT
  uint64_t no_answers = 0;  // not answered
};

class Dap {
 public:
  Dap(const DapSettings& settings, SwDp& port, DebugRegisters& core)
      : settings_(settings), port_(port), core_(core) {}

  // The answer to one packet of the host; none to DAP_TransferAbort. A command that is not known,
  // or a packet that is too short or too long: 0xff.
  std::optional<std::vector<uint8_t>> Execute(std::span<const uint8_t> packet);

  const DapCounters& counters() const { return counters_; }
  const DapSettings& settings() const { return settings_; }

 private:
  class Request;  // reads a packet; see dap.cc
  using Answer = std::vector<uint8_t>;
  struct Batch;  // DAP_Transfer while it runs

  bool Dispatch(uint8_t command, Request& request, Answer& answer);
  void Info(uint8_t id, Answer& answer) const;
  void Pins(Request& request, Answer& answer);
  void Sequence(Request& request);
  void SwdSequence(Request& request, Answer& answer);
  void TransferConfigure(Request& request);

  // One SWD packet, tried again on WAIT. Request bits: APnDP, RnW, A[2], A[3].
  Ack Packet(uint8_t request, uint32_t& value);
  void Transfer(Request& request, Answer& answer);
  void TransferRead(uint8_t request, Request& packet, Batch& batch);
  void TransferMatch(uint8_t request, uint32_t wanted, Batch& batch);
  void TransferWrite(uint8_t request, uint32_t data, Batch& batch);
  bool TakePosted(Batch& batch);
  void TransferBlock(Request& request, Answer& answer);
  Ack BlockRead(uint8_t request, uint16_t count, uint16_t& done, Answer& answer);
  Ack BlockWrite(uint8_t request, uint16_t count, uint16_t& done, Request& packet);

  DapSettings settings_;
  SwDp& port_;
  DebugRegisters& core_;
  DapCounters counters_;
  bool connected_ = false;
  bool reset_pin_ = true;
  uint16_t wait_retries_ = 100;
  uint16_t match_retries_ = 0;
  uint32_t match_mask_ = 0;
};

}  // namespace test
