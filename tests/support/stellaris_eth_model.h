// The Ethernet controller of LM3S6965 data sheet chapter 16: FIFOs of 2 KB, one frame at a time to
// send, a management unit in front of a PHY. Strict: what the data sheet forbids fails the test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/bus.h"
#include "drivers/phy/stand_in_phy.h"
#include "tests/support/bytes.h"

namespace test {

class StellarisEthModel final : public drivers::RegisterBus {
 public:
  // A frame arrives, without its frame check sequence; lost where the FIFO has no room for it.
  void Receive(base::ConstByteSpan frame) {
    const size_t length = frame.size() + 6;
    ByteVector stored{static_cast<std::byte>(length), static_cast<std::byte>(length >> 8)};
    stored.insert(stored.end(), frame.begin(), frame.end());
    stored.resize((length + 3) / 4 * 4, std::byte{0xfc});
    if (waiting_bytes_ + stored.size() > 2048) {
      status_ |= 0x08;
      return;
    }
    Store(stored);
  }
  // What stands in the FIFO when it is out of step.
  void Store(const ByteVector& stored) {
    ASSERT_TRUE((receive_control_ & 1) != 0) << "the receiver is off";
    waiting_bytes_ += stored.size();
    received_.push_back(stored);
  }
  void Raise(uint32_t events) { status_ |= events; }
  // The frame in the transmitter leaves.
  void FinishTransmit() {
    ASSERT_TRUE(busy_);
    const std::span frame = std::span(written_).subspan(2, 14 + DataLength());
    sent.push_back({frame.begin(), frame.end()});
    EmptyTransmitter();
    status_ |= 0x04;
  }
  // It fails for good: 16 collisions.
  void FailTransmit() {
    EmptyTransmitter();
    status_ |= 0x02;
  }

  bool interrupt_line() const { return (Status() & mask_) != 0; }
  bool busy() const { return busy_; }
  uint32_t transmit_control() const { return transmit_control_; }
  size_t waiting() const { return received_.size(); }

  std::vector<ByteVector> sent;
  bool absent = false;  // nothing answers
  bool management_hangs = false;
  int fifo_resets = 0;
  drivers::StandInPhy phy;  // at the unit's one address

 private:
  uint32_t Status() const { return status_ | (received_.empty() ? 0u : 1u); }
  size_t DataLength() const {
    return std::to_integer<size_t>(written_[0]) | std::to_integer<size_t>(written_[1]) << 8;
  }
  void EmptyTransmitter() {
    written_.clear();
    busy_ = false;
  }

  uint32_t DoRead(uint32_t address) override {
    if (absent) {
      return 0;
    }
    switch (address) {
      case 0x00:
        return Status();
      case 0x04:
        return mask_;
      case 0x08:
        return receive_control_;
      case 0x0c:
        return transmit_control_;
      case 0x10:
        return ReadFifo();
      case 0x14:
        return address_low_;
      case 0x20:
        return management_hangs ? 1 : 0;
      case 0x30:
        return management_value_;
      case 0x34:
        return static_cast<uint32_t>(received_.size());
      case 0x38:
        return busy_ ? 1 : 0;
      default:
        ADD_FAILURE() << "no register to read at 0x" << std::hex << address;
        return 0;
    }
  }
  uint32_t ReadFifo() {
    if (received_.empty()) {
      ADD_FAILURE() << "the receive FIFO is empty";
      return 0;
    }
    ByteVector& frame = received_.front();
    uint32_t word = 0;
    std::copy_n(frame.data(), 4, reinterpret_cast<std::byte*>(&word));
    frame.erase(frame.begin(), frame.begin() + 4);
    waiting_bytes_ -= 4;
    if (frame.empty()) {
      received_.pop_front();
    }
    return word;
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    switch (address) {
      case 0x00:
        status_ &= ~value;
        if ((value & 0x02) != 0) {
          EmptyTransmitter();
        }
        break;
      case 0x04:
        EXPECT_EQ(value & ~0x7fu, 0u) << "reserved bits";
        mask_ = value;
        break;
      case 0x08:
        if ((value & 0x10) != 0) {
          EXPECT_EQ((value | receive_control_) & 1, 0u) << "FIFO reset while the receiver runs";
          received_.clear();
          waiting_bytes_ = 0;
          ++fifo_resets;
        }
        receive_control_ = value & ~0x10u;
        break;
      case 0x0c:
        transmit_control_ = value;
        break;
      case 0x10:
        WriteFifo(value);
        break;
      case 0x14:
        address_low_ = value;
        break;
      case 0x18:
      case 0x1c:
        break;
      case 0x20:
        Manage(value);
        break;
      case 0x24:
        EXPECT_LE(50'000'000u / (2 * (value + 1)), 2'500'000u) << "MDC too fast";
        break;
      case 0x2c:
        management_out_ = static_cast<uint16_t>(value);
        break;
      case 0x38:
        if (value == 0) {
          EmptyTransmitter();
          break;
        }
        EXPECT_EQ(transmit_control_ & 7, 7u) << "sent with the transmitter off";
        ASSERT_GE(written_.size(), 16u);
        EXPECT_EQ(written_.size(), (16 + DataLength() + 3) / 4 * 4) << "length and words disagree";
        busy_ = true;
        break;
      default:
        ADD_FAILURE() << "no register to write at 0x" << std::hex << address;
    }
  }
  void WriteFifo(uint32_t value) {
    EXPECT_FALSE(busy_) << "written while a frame is on its way";
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    written_.insert(written_.end(), bytes, bytes + 4);
    EXPECT_LE(written_.size(), 2048u);
  }
  void Manage(uint32_t value) {
    const auto reg = static_cast<uint8_t>(value >> 3 & 31);
    if ((value & 2) != 0) {
      EXPECT_EQ(phy.Write(drivers::StandInPhy::kAddress, reg, management_out_), base::Status::kOk);
    } else {
      management_value_ = phy.Read(drivers::StandInPhy::kAddress, reg).value();
    }
  }
  base::Sum DoReadBlock(uint32_t address, base::ByteSpan data, size_t unsummed) override {
    EXPECT_EQ(address, 0x10u);
    for (size_t i = 0; i < data.size(); i += 4) {
      const uint32_t word = ReadFifo();
      std::copy_n(reinterpret_cast<const std::byte*>(&word), 4, &data[i]);
    }
    return base::SumBytes(data.subspan(unsummed));
  }
  void DoWriteBlock(uint32_t address, base::ConstByteSpan data) override {
    EXPECT_EQ(address, 0x10u);
    for (size_t i = 0; i < data.size(); i += 4) {
      uint32_t word = 0;
      std::copy_n(&data[i], 4, reinterpret_cast<std::byte*>(&word));
      WriteFifo(word);
    }
  }

  uint32_t status_ = 0;
  uint32_t mask_ = 0x7f;
  uint32_t receive_control_ = 0x08;
  uint32_t transmit_control_ = 0;
  uint32_t address_low_ = 0;
  uint16_t management_value_ = 0;
  uint16_t management_out_ = 0;
  std::deque<ByteVector> received_;
  size_t waiting_bytes_ = 0;
  ByteVector written_;
  bool busy_ = false;
};

}  // namespace test
