// The LAN9118 as its datasheet (DS00002266) describes it to the host side: FIFOs, status words, MAC
// registers behind their command pair, interrupts. Strict: an access that the datasheet forbids
// fails the test.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "drivers/bus.h"
#include "tests/support/bytes.h"
#include "tests/support/mdio_model.h"

namespace test {

class Lan9118Model final : public drivers::RegisterBus {
 public:
  static constexpr size_t kRxDataBytes = 10560;  // with TX_FIF_SZ 5
  static constexpr size_t kRxStatusWords = 176;
  static constexpr size_t kTxDataBytes = 4608;
  static constexpr size_t kTxStatusWords = 128;

  Lan9118Model() { mdio_.Attach(1, phy_); }

  // The wire. A frame has no frame check sequence; `errors` are bits of its RX status. False: the
  // filter did not want it, or the FIFO was full.
  bool Deliver(base::ConstByteSpan frame, uint32_t errors = 0);
  // Frames that left, padded to 60 bytes, oldest first.
  std::deque<ByteVector>& sent() { return sent_; }
  // Complete frames stay in the transmit FIFO until released.
  void HoldTransmitter(bool hold);
  void ReleaseOne();
  // The next frames to leave get these status bits instead of reaching the wire.
  void FailTransmits(uint32_t status, size_t count = 1) { fail_status_ = status, fail_ = count; }
  void RaiseInterrupts(uint32_t bits) { latched_ |= bits; }

  // Faults of the chip and the board.
  void Die(uint32_t pattern) { is_dead_ = true, dead_value_ = pattern; }
  void Sleep() { is_ready_ = false; }
  void SetChipId(uint32_t id) { chip_id_ = id; }
  void HangReset() { reset_hangs_ = true; }
  void HangCsr(bool hang) { csr_hangs_ = hang; }
  void HangMii(bool hang) { mii_hangs_ = hang; }
  void HangFastForward() { forward_hangs_ = true; }

  bool interrupt_line();
  uint32_t mac(uint8_t index) const { return mac_[index]; }
  uint32_t reg(uint32_t address) const { return registers_.at(address); }
  size_t rx_words() const;
  size_t fast_forwards() const { return fast_forwards_; }
  size_t tx_pieces() const { return tx_pieces_; }  // of the last complete frame
  uint32_t resets() const { return resets_; }
  PhyModel& phy() { return phy_; }
  MdioModel& mdio() { return mdio_; }

 private:
  uint32_t DoRead(uint32_t address) override;
  void DoWrite(uint32_t address, uint32_t value) override;
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) override;
  void DoWriteBlock(uint32_t address, base::ConstByteSpan data) override;

  struct RxFrame {
    std::vector<uint32_t> words;
    size_t next = 0;
  };
  struct TxFrame {
    ByteVector bytes;
    uint32_t command_b = 0;
    size_t fifo_bytes = 0;
  };
  enum class TxState : uint8_t { kCommandA, kCommandB, kData };

  void Reset();
  bool IsSettled(uint32_t address) const;
  bool Accepts(base::ConstByteSpan frame) const;
  uint32_t PopRxStatus();
  uint32_t PopRxData();
  void FastForward();
  void PushTxWord(uint32_t word);
  void BeginPiece(uint32_t word);
  void EndPiece();
  void EndFrame();
  void Transmit(const TxFrame& frame);
  uint32_t PopTxStatus();
  size_t tx_free() const { return kTxDataBytes - tx_used_; }
  uint32_t interrupts();
  void OnMacCommand(uint32_t value);
  void OnMiiAccess(uint32_t value);

  MdioModel mdio_;
  PhyModel phy_{{.id = 0x0007c0d1, .vendor = PhyVendor::kLan911x}};
  std::map<uint32_t, uint32_t> registers_;
  std::array<uint32_t, 16> mac_{};
  uint32_t chip_id_ = 0x01180001;
  uint32_t latched_ = 0;  // INT_STS bits that are no level
  uint32_t dropped_ = 0;
  uint32_t resets_ = 0;

  std::deque<RxFrame> rx_frames_;
  std::deque<uint32_t> rx_status_;
  size_t rx_frames_announced_ = 0;  // whose status was read and whose data was not, all of it
  size_t fast_forwards_ = 0;

  TxState tx_state_ = TxState::kCommandA;
  TxFrame tx_;
  uint32_t command_a_ = 0;
  size_t piece_left_ = 0;
  size_t piece_offset_ = 0;
  size_t pieces_ = 0;
  size_t tx_pieces_ = 0;
  size_t tx_used_ = 0;
  bool hold_ = false;
  std::deque<TxFrame> held_;
  std::deque<uint32_t> tx_status_;
  std::deque<ByteVector> sent_;
  uint32_t fail_status_ = 0;
  size_t fail_ = 0;

  // Accesses until a unit is no longer busy.
  int reset_busy_ = 0;
  int csr_busy_ = 0;
  int mii_busy_ = 0;
  int forward_busy_ = 0;
  bool is_ready_ = true;
  bool is_dead_ = false;
  uint32_t dead_value_ = 0;
  bool reset_hangs_ = false;
  bool csr_hangs_ = false;
  bool mii_hangs_ = false;
  bool forward_hangs_ = false;
};

}  // namespace test
