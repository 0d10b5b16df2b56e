// What PL011 and 16550 have in common: FIFOs of 16 bytes each way and an interrupt line that a
// handler takes at once. A model puts registers in front of it.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "drivers/bus.h"

namespace test {

class UartRingChip : public drivers::RegisterBus {
 public:
  static constexpr size_t kFifo = 16;

  void SetHandler(std::function<void()> handler) { handler_ = std::move(handler); }
  void Receive(std::string_view text) {
    for (const char c : text) {
      if (received.size() == kFifo) {
        overrun = true;
      } else {
        received.push_back(c);
        OnReceived();
      }
      RunHandler();
    }
  }
  // The transmit FIFO runs dry.
  void Drain() {
    for (int i = 0; i < 100 && !sending.empty(); ++i) {
      sent += sending;
      sending.clear();
      OnDrained();
      RunHandler();
    }
  }

  std::deque<char> received;
  std::string sending;
  std::string sent;
  bool overrun = false;

 protected:
  virtual bool interrupt_pending() const = 0;
  virtual void OnReceived() {}
  virtual void OnDrained() {}

  char TakeReceived() {
    if (received.empty()) {
      ADD_FAILURE() << "read from an empty FIFO";
      return 0;
    }
    const char c = received.front();
    received.pop_front();
    return c;
  }
  void Send(uint32_t value) {
    EXPECT_LT(sending.size(), kFifo) << "written while the FIFO is full";
    EXPECT_LE(value, 0xffu);
    sending += static_cast<char>(value);
  }
  void RunHandler() {
    if (in_handler_ || !handler_) {
      return;
    }
    in_handler_ = true;
    int runs = 0;
    for (; interrupt_pending() && runs < 1000; ++runs) {
      handler_();
    }
    EXPECT_LT(runs, 1000) << "an interrupt is never taken back";
    in_handler_ = false;
  }

 private:
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override {
    ADD_FAILURE() << "a UART has no block port";
    return 0;
  }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override {
    ADD_FAILURE() << "a UART has no block port";
  }

  std::function<void()> handler_;
  bool in_handler_ = false;
};

// ARM DDI 0183. The transmit interrupt is an event.
class Pl011Model final : public UartRingChip {
  bool interrupt_pending() const override {
    return ((received.empty() ? 0 : 0x10) & mask_) != 0 || (transmit_event_ && (mask_ & 0x20) != 0);
  }
  void OnDrained() override { transmit_event_ = true; }
  uint32_t DoRead(uint32_t address) override {
    switch (address) {
      case 0x00: {
        const uint32_t flags = overrun ? 0x800 : 0;
        overrun = false;
        return flags | static_cast<uint8_t>(TakeReceived());
      }
      case 0x18:
        return (received.empty() ? 0x10u : 0) | (sending.size() == kFifo ? 0x20u : 0);
      case 0x38:
        return mask_;
      default:
        ADD_FAILURE() << "no register to read at 0x" << std::hex << address;
        return 0;
    }
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    if (address == 0x00) {
      Send(value);
    } else if (address == 0x38) {
      mask_ = value;
    } else if (address == 0x44) {
      transmit_event_ &= (value & 0x20) == 0;
    }
    RunHandler();
  }
  uint32_t mask_ = 0;
  bool transmit_event_ = false;
};

// PC16550D. An empty transmitter interrupts until the identification is read or a byte written.
class Ns16550Model final : public UartRingChip {
  bool interrupt_pending() const override {
    return (!received.empty() && (enable_ & 1) != 0) || (empty_pending_ && (enable_ & 2) != 0);
  }
  void OnDrained() override { empty_pending_ = true; }
  uint32_t DoRead(uint32_t address) override {
    switch (address) {
      case 0x00:
        return static_cast<uint8_t>(TakeReceived());
      case 0x04:
        return enable_;
      case 0x08:
        empty_pending_ = false;
        return 0xc1;
      case 0x14: {
        const uint32_t lost = overrun ? 2 : 0;
        overrun = false;
        return lost | (received.empty() ? 0u : 1u) | (sending.empty() ? 0x20u : 0);
      }
      default:
        ADD_FAILURE() << "no register to read at 0x" << std::hex << address;
        return 0;
    }
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    if (address == 0x0c) {
      divider_access_ = (value & 0x80) != 0;
    } else if (address == 0x00 && !divider_access_) {
      Send(value);
      empty_pending_ = false;
    } else if (address == 0x04 && !divider_access_) {
      empty_pending_ |= (value & ~enable_ & 2) != 0 && sending.empty();
      enable_ = value;
    }
    RunHandler();
  }
  uint32_t enable_ = 0;
  bool divider_access_ = false;
  bool empty_pending_ = false;
};

}  // namespace test
