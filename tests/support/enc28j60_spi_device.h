// The ENC28J60 model behind the interface that drivers use: each call is one transaction, and takes
// the time its bytes take on the wires.
#pragma once

#include <cstdint>

#include "drivers/bus.h"
#include "tests/support/enc28j60_model.h"
#include "tests/support/vboard/manual_clock.h"

namespace test {

class Enc28j60SpiDevice final : public drivers::SpiDevice {
 public:
  Enc28j60SpiDevice(Enc28j60Model& chip, ManualClock& clock) : chip_(chip), clock_(clock) {}

  void SetRate(uint32_t hertz) { hertz_ = hertz; }
  size_t transactions() const { return transactions_; }

  void WriteThenRead(base::ConstByteSpan out, base::ByteSpan in) override {
    Begin();
    Send(out);
    for (std::byte& byte : in) {
      byte = ExchangeByte(std::byte{0});
    }
    End();
  }
  void WriteTwo(base::ConstByteSpan head, base::ConstByteSpan body) override {
    Begin();
    Send(head);
    Send(body);
    End();
  }

 private:
  void Begin() {
    ++transactions_;
    chip_.SetSpiRate(hertz_);
    clock_.Pass(Enc28j60Model::kDeselected);
    chip_.Select();
    clock_.Pass(Enc28j60Model::kSelectSetup);
  }
  void End() {
    clock_.Pass(Enc28j60Model::kSelectHoldMac);
    chip_.Deselect();
  }
  void Send(base::ConstByteSpan bytes) {
    for (const std::byte byte : bytes) {
      ExchangeByte(byte);
    }
  }
  std::byte ExchangeByte(std::byte out) {
    clock_.Pass(DurationOf(8, hertz_));
    return chip_.Exchange(out);
  }

  Enc28j60Model& chip_;
  ManualClock& clock_;
  uint32_t hertz_ = 10'000'000;
  size_t transactions_ = 0;
};

}  // namespace test
