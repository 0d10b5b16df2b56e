// The USART of RM0090 chapter 30: one byte of buffer and a shift register each way, interrupts as
// levels that a handler takes at once. Strict: what the manual forbids fails the test.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "drivers/bus.h"

namespace test {

class Stm32UsartModel final : public drivers::RegisterBus {
 public:
  void SetHandler(std::function<void()> handler) { handler_ = std::move(handler); }
  // Interrupts stay pending meanwhile.
  void DeferInterrupts(bool defer) {
    deferred_ = defer;
    RunHandler();
  }
  // Runs once, in front of the next access of the main loop.
  void BeforeNextAccess(std::function<void()> hook) { hook_ = std::move(hook); }

  // A byte arrives, with PE, FE or NF in `errors`. In front of one that nobody read it is lost.
  void Receive(char byte, uint32_t errors = 0) {
    if ((control1_ & kReceiver) == 0) {
      return;
    }
    if ((status_ & kReceived) != 0) {
      status_ |= kOverrun;
    } else {
      received_ = static_cast<uint8_t>(byte);
      status_ |= kReceived | errors;
    }
    RunHandler();
  }
  // One byte time passes for the transmitter.
  void TransmitOne() {
    shifting_.reset();
    LoadShifter();
    RunHandler();
  }
  // An overrun whose byte was read between its flag and the next look.
  void OverrunAlone() {
    status_ |= kOverrun;
    RunHandler();
  }

  uint32_t divider() const { return divider_; }
  uint32_t control1() const { return control1_; }
  int interrupts() const { return interrupts_; }

  std::string sent;

  static constexpr uint32_t kFramingError = 1 << 1;
  static constexpr uint32_t kOverrun = 1 << 3;
  static constexpr uint32_t kReceived = 1 << 5;       // and RXNEIE
  static constexpr uint32_t kTransmitEmpty = 1 << 7;  // and TXEIE
  static constexpr uint32_t kReceiver = 1 << 2;

 private:
  static constexpr uint32_t kErrorsAndOverrun = 0xf;
  static constexpr int kMaxInterruptsInARow = 1000;

  uint32_t DoRead(uint32_t address) override {
    RunHook();
    switch (address) {
      case 0x00:
        status_read_ = status_;
        return status_;
      case 0x04: {
        // 30.6.1: reading SR and then DR clears what SR showed.
        status_ &= ~(status_read_ & kErrorsAndOverrun);
        status_ &= ~kReceived;
        status_read_ = 0;
        return received_;
      }
      case 0x0c:
        return control1_;
      default:
        ADD_FAILURE() << "no register to read at 0x" << std::hex << address;
        return 0;
    }
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    RunHook();
    switch (address) {
      case 0x04:
        EXPECT_NE(status_ & kTransmitEmpty, 0u) << "byte written while the buffer is full";
        EXPECT_EQ(control1_ & 0x2008, 0x2008u) << "transmitter is off";
        EXPECT_LE(value, 0xffu);
        to_send_ = static_cast<char>(value);
        status_ &= ~kTransmitEmpty;
        LoadShifter();
        break;
      case 0x08:
        EXPECT_EQ(control1_ & 0x2000, 0u) << "divider changed while enabled";
        divider_ = value;
        break;
      case 0x0c:
        EXPECT_TRUE(value == 0 || divider_ >= 16) << "enabled without a valid divider";
        control1_ = value;
        break;
      case 0x10:
      case 0x14:
        EXPECT_EQ(value, 0u);
        break;
      default:
        ADD_FAILURE() << "no register to write at 0x" << std::hex << address;
    }
    RunHandler();
  }
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override {
    ADD_FAILURE() << "a UART has no block port";
    return 0;
  }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override {
    ADD_FAILURE() << "a UART has no block port";
  }

  void LoadShifter() {
    if (to_send_ && !shifting_) {
      sent += *to_send_;
      shifting_ = std::exchange(to_send_, std::nullopt);
      status_ |= kTransmitEmpty;
    }
  }
  bool interrupt_pending() const {
    const bool receive = (control1_ & kReceived) != 0 && (status_ & (kReceived | kOverrun)) != 0;
    return receive || (control1_ & status_ & kTransmitEmpty) != 0;
  }
  void RunHandler() {
    if (in_handler_ || deferred_) {
      return;
    }
    in_handler_ = true;
    int runs = 0;
    for (; interrupt_pending() && runs < kMaxInterruptsInARow; ++runs) {
      ++interrupts_;
      handler_();
    }
    EXPECT_LT(runs, kMaxInterruptsInARow) << "an interrupt is never taken back";
    in_handler_ = false;
  }
  void RunHook() {
    if (hook_ && !in_handler_) {
      std::exchange(hook_, nullptr)();
    }
  }

  std::function<void()> handler_;
  std::function<void()> hook_;
  bool in_handler_ = false;
  bool deferred_ = false;
  int interrupts_ = 0;
  uint32_t status_ = 0xc0;  // TXE and TC
  uint32_t status_read_ = 0;
  uint32_t control1_ = 0;
  uint32_t divider_ = 0;
  uint8_t received_ = 0;
  std::optional<char> to_send_;
  std::optional<char> shifting_;
};

}  // namespace test
