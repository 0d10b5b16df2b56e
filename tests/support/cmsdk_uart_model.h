// Arm's CMSDK UART (DDI 0479, 4.3): one byte of buffer each way, interrupts that a handler takes at
// once, as a core does whose interrupts are on. Strict: an access that loses a byte fails the test.
#pragma once

#include <deque>
#include <functional>

#include "drivers/bus.h"

namespace test {

class CmsdkUartModel final : public drivers::RegisterBus {
 public:
  // Like an emulator: a written byte is gone at once. Otherwise it waits for TransmitOne.
  explicit CmsdkUartModel(bool sends_at_once) : sends_at_once_(sends_at_once) {}

  // The handlers run whenever their interrupt is pending, between any two accesses.
  void SetHandlers(std::function<void()> receive, std::function<void()> transmit);
  // Runs between any two accesses of the main loop, but not in handlers: a place to let bytes come
  // and go.
  void SetBetweenAccesses(std::function<void()> hook) { hook_ = std::move(hook); }

  // The wire. A byte that comes while the buffer is full is lost.
  void Receive(std::byte byte);
  bool can_receive() const { return (control_ & 2) != 0 && !rx_full_; }
  // One byte time passes for the transmitter.
  void TransmitOne();
  std::deque<std::byte>& sent() { return sent_; }

  // Interrupts stay pending meanwhile.
  void DeferInterrupts(bool defer);

  uint32_t divider() const { return divider_; }
  uint32_t control() const { return control_; }
  size_t interrupts() const { return interrupts_; }

 private:
  uint32_t DoRead(uint32_t address) override;
  void DoWrite(uint32_t address, uint32_t value) override;
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) override;
  void DoWriteBlock(uint32_t address, base::ConstByteSpan data) override;

  void RunHandlers();
  void WriteData(uint32_t value);

  const bool sends_at_once_;
  std::function<void()> receive_handler_;
  std::function<void()> transmit_handler_;
  std::function<void()> hook_;
  bool in_handler_ = false;
  bool in_hook_ = false;
  bool deferred_ = false;
  size_t interrupts_ = 0;

  uint32_t control_ = 0;
  uint32_t divider_ = 0;
  uint32_t pending_ = 0;  // INTSTATUS
  uint32_t overruns_ = 0;
  bool rx_full_ = false;
  bool tx_full_ = false;
  std::byte rx_{};
  std::byte tx_{};
  std::deque<std::byte> sent_;
};

}  // namespace test
