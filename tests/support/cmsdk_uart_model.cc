#include "tests/support/cmsdk_uart_model.h"

#include <gtest/gtest.h>

namespace test {
namespace {

constexpr uint32_t kData = 0x00;
constexpr uint32_t kState = 0x04;
constexpr uint32_t kControl = 0x08;
constexpr uint32_t kInterrupts = 0x0c;
constexpr uint32_t kDivider = 0x10;

constexpr uint32_t kTx = 1;  // in STATE full, in CTRL enable, in INTSTATUS pending
constexpr uint32_t kRx = 2;
constexpr uint32_t kRxOverrun = 8;
constexpr uint32_t kTxInterruptEnable = 4;
constexpr uint32_t kRxInterruptEnable = 8;

// No handler that does its work runs more often between two accesses.
constexpr int kMaxInterruptsInARow = 10'000;

}  // namespace

void CmsdkUartModel::SetHandlers(std::function<void()> receive, std::function<void()> transmit) {
  receive_handler_ = std::move(receive);
  transmit_handler_ = std::move(transmit);
}

void CmsdkUartModel::RunHandlers() {
  if (in_handler_ || deferred_) {
    return;
  }
  in_handler_ = true;
  int runs = 0;
  for (; pending_ != 0 && runs < kMaxInterruptsInARow; ++runs) {
    ++interrupts_;
    ((pending_ & kRx) != 0 ? receive_handler_ : transmit_handler_)();
  }
  EXPECT_LT(runs, kMaxInterruptsInARow) << "an interrupt is never taken back";
  in_handler_ = false;
}

void CmsdkUartModel::DeferInterrupts(bool defer) {
  deferred_ = defer;
  RunHandlers();
}

uint32_t CmsdkUartModel::DoRead(uint32_t address) {
  uint32_t value = 0;
  switch (address) {
    case kData:
      EXPECT_TRUE(rx_full_) << "data read without a byte";
      rx_full_ = false;
      value = std::to_integer<uint32_t>(rx_);
      break;
    case kState:
      value = (tx_full_ ? kTx : 0) | (rx_full_ ? kRx : 0) | overruns_;
      break;
    case kControl:
      value = control_;
      break;
    case kInterrupts:
      value = pending_;
      break;
    default:
      ADD_FAILURE() << "no register to read at 0x" << std::hex << address;
  }
  if (hook_ && !in_handler_ && !in_hook_) {
    in_hook_ = true;
    hook_();
    in_hook_ = false;
  }
  RunHandlers();
  return value;
}

void CmsdkUartModel::DoWrite(uint32_t address, uint32_t value) {
  switch (address) {
    case kData:
      WriteData(value);
      break;
    case kState:
      overruns_ &= ~value;
      break;
    case kControl:
      EXPECT_TRUE(value == 0 || divider_ >= 16) << "enabled without a valid divider";
      control_ = value;
      break;
    case kInterrupts:
      pending_ &= ~value;
      break;
    case kDivider:
      divider_ = value;
      break;
    default:
      ADD_FAILURE() << "no register to write at 0x" << std::hex << address;
  }
  RunHandlers();
}

void CmsdkUartModel::WriteData(uint32_t value) {
  EXPECT_LE(value, 0xffu);
  EXPECT_NE(control_ & kTx, 0u) << "transmitter is off";
  EXPECT_FALSE(tx_full_) << "byte written while the buffer is full";
  tx_ = static_cast<std::byte>(value);
  tx_full_ = true;
  if (sends_at_once_) {
    TransmitOne();
  }
}

void CmsdkUartModel::TransmitOne() {
  if (!tx_full_) {
    return;
  }
  sent_.push_back(tx_);
  tx_full_ = false;
  if ((control_ & kTxInterruptEnable) != 0) {
    pending_ |= kTx;
  }
  RunHandlers();
}

void CmsdkUartModel::Receive(std::byte byte) {
  if ((control_ & kRx) == 0) {
    return;
  }
  if (rx_full_) {
    overruns_ |= kRxOverrun;
  }
  rx_ = byte;
  rx_full_ = true;
  if ((control_ & kRxInterruptEnable) != 0) {
    pending_ |= kRx;
  }
  RunHandlers();
}

base::Sum CmsdkUartModel::DoReadBlock(uint32_t, base::ByteSpan, size_t) {
  ADD_FAILURE() << "a UART has no block port";
  return 0;
}

void CmsdkUartModel::DoWriteBlock(uint32_t, base::ConstByteSpan) {
  ADD_FAILURE() << "a UART has no block port";
}

}  // namespace test
