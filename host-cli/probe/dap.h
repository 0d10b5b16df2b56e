// The commands of a CMSIS-DAP probe (CMSIS-DAP 2.1.1, "CMSIS-DAP Commands"). Every reply is checked
// for its length and its command before anything in it is used; one that is wrong is kLost, as
// commands and replies no longer match.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host-cli/probe/dap_transport.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

// One access to a register of the debug port or of the access port selected there.
struct DapTransfer {
  static constexpr uint8_t kAccessPort = 1;
  static constexpr uint8_t kRead = 2;

  uint8_t request = 0;  // the two above and the register's address (0, 4, 8, 12)
  uint32_t value = 0;   // of a write

  bool is_read() const { return (request & kRead) != 0; }
  bool operator==(const DapTransfer&) const = default;
};
constexpr DapTransfer ReadDp(uint8_t address) {
  return {static_cast<uint8_t>(address | DapTransfer::kRead), 0};
}
constexpr DapTransfer WriteDp(uint8_t address, uint32_t value) { return {address, value}; }
constexpr DapTransfer ReadAp(uint8_t address) {
  return {static_cast<uint8_t>(address | DapTransfer::kRead | DapTransfer::kAccessPort), 0};
}
constexpr DapTransfer WriteAp(uint8_t address, uint32_t value) {
  return {static_cast<uint8_t>(address | DapTransfer::kAccessPort), value};
}

// How the target answered the last transfer of a packet.
enum class Ack : uint8_t {
  kOk,
  kWait,     // still busy, after all the retries of the probe
  kFault,    // a sticky flag of the debug port is set
  kNone,     // nobody drives the wire
  kGarbled,  // parity error, or an acknowledge that does not exist
};

struct TransferReply {
  Ack ack = Ack::kNone;
  std::vector<uint32_t> reads;  // complete with kOk, empty without
};

struct DapInfo {
  std::string serial;
  std::string product;
  std::string firmware;
  size_t packet_size = 64;
  size_t packet_count = 1;
  uint8_t capabilities = 0;
};

class Dap {
 public:
  // How many transfers one command takes: their number is a byte.
  static constexpr size_t kMaxTransfers = 255;
  // Bytes of DAP_Transfer and of its reply in front of the transfers.
  static constexpr size_t kTransferHeader = 3;

  // Asks the probe what it is. kLost: no CMSIS-DAP firmware that can do SWD.
  static MemoryResult<std::unique_ptr<Dap>> Start(std::unique_ptr<DapTransport> transport);

  const DapInfo& info() const { return info_; }

  // kLost, or kUnreachable when the probe refuses.
  MemoryResult<void> ConnectSwd();
  MemoryResult<void> Disconnect();
  MemoryResult<void> ShowConnected(bool connected);  // its lamps, where it has any
  MemoryResult<void> SetClock(uint32_t hertz);
  MemoryResult<void> ConfigureSwd();  // one cycle of turnaround, no data phase after WAIT and FAULT
  // `wait_retries`: how often the probe repeats by itself what was answered WAIT.
  MemoryResult<void> ConfigureTransfers(uint8_t idle_cycles, uint16_t wait_retries);
  // `bits`, lowest first, on SWDIO with the clock running. At most 256.
  MemoryResult<void> SendSequence(base::ConstByteSpan bits);
  MemoryResult<void> WriteAbort(uint32_t value);

  // Sends one DAP_Transfer, without waiting for its reply; the transfers end at the first one that
  // is not answered OK. The caller keeps to packet_size, kMaxTransfers and packet_count.
  MemoryResult<void> SubmitTransfers(std::span<const DapTransfer> transfers);
  // The reply to the oldest one.
  MemoryResult<TransferReply> ReceiveTransfers();
  // False once something was kLost; every call then says so again.
  bool usable() const { return !lost_; }
  size_t in_flight() const { return in_flight_.size(); }
  // Both at once.
  MemoryResult<TransferReply> Transfers(std::span<const DapTransfer> transfers);

 private:
  struct Pending {
    size_t transfers = 0;
    size_t reads = 0;
  };

  explicit Dap(std::unique_ptr<DapTransport> transport) : transport_(std::move(transport)) {}
  MemoryResult<void> ReadInfo();
  MemoryResult<std::string> ReadText(uint8_t id);
  MemoryResult<uint32_t> ReadNumber(uint8_t id, size_t bytes);
  // The reply to `request`, at least `least` bytes of it.
  MemoryResult<base::ConstByteSpan> Exchange(std::span<const uint8_t> request, size_t least);
  MemoryResult<base::ConstByteSpan> ReceiveReply(uint8_t command, size_t least);
  MemoryResult<void> Submit(base::ConstByteSpan packet);
  std::unexpected<MemoryError> Malformed(uint8_t command, size_t size, std::string_view why);
  // A command whose reply is a status alone.
  MemoryResult<void> Command(std::span<const uint8_t> request, std::string_view name);

  std::unique_ptr<DapTransport> transport_;
  DapInfo info_;
  std::optional<MemoryError> lost_;
  std::deque<Pending> in_flight_;
  std::vector<std::byte> packet_;
};

}  // namespace netctl
