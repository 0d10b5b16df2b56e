// SmartFusion2's Ethernet MAC (UG0331): registers, two DMA rings in memory below 4 GiB, management
// unit with a PHY at address 1. Strict: what the guide forbids fails the test.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/bus.h"
#include "drivers/phy/stand_in_phy.h"
#include "tests/support/bytes.h"

namespace test {

class Msf2EmacModel final : public drivers::RegisterBus {
 public:
  // A frame arrives, without its frame check sequence.
  void Receive(const ByteVector& frame) {
    ASSERT_EQ(regs_[0] & 0x8000'0004, 4u) << "the receiver is off";
    if ((Reg(0x18c) & 1) == 0) {
      return;  // the DMA stands still, the FIFO overflows
    }
    uint32_t* const descriptor = Descriptor(receive_at_);
    if ((descriptor[1] & kEmpty) == 0) {
      Reg(0x18c) &= ~1u;
      receive_flags_ |= 4;
      return;
    }
    EXPECT_EQ(descriptor[0] % 4, 0u) << "buffer is not word aligned";
    ByteVector stored = frame;
    stored.resize(frame.size() + 4, std::byte{0xfc});
    std::ranges::copy(stored, reinterpret_cast<std::byte*>(uintptr_t{descriptor[0]}));
    descriptor[1] = static_cast<uint32_t>(stored.size());
    receive_at_ = descriptor[2];
    ++received_;
  }
  // The DMA sends what it finds, at most `limit` frames.
  void Send(size_t limit = 100) {
    for (size_t i = 0; i < limit && (Reg(0x180) & 1) != 0; ++i) {
      uint32_t* const descriptor = Descriptor(transmit_at_);
      if ((descriptor[1] & kEmpty) != 0) {
        Reg(0x180) &= ~1u;
        transmit_flags_ |= 2;
        return;
      }
      EXPECT_EQ(descriptor[1] & ~0xfffu, 0u) << "reserved bits";
      const auto* from = reinterpret_cast<const std::byte*>(uintptr_t{descriptor[0]});
      sent.emplace_back(from, from + descriptor[1]);
      descriptor[1] |= kEmpty;
      transmit_at_ = descriptor[2];
      ++sent_;
    }
  }
  // The DMA stops although a frame was just added.
  void StopTransmitter() { Reg(0x180) &= ~1u; }
  void FailBus(bool receive) { (receive ? receive_flags_ : transmit_flags_) |= 8; }

  uint32_t& Reg(uint32_t address) { return regs_[address / 4]; }
  bool interrupt_line() { return (Cause() & Reg(0x198)) != 0; }

  std::vector<ByteVector> sent;
  bool absent = false;
  bool fifos_hang = false;
  bool management_hangs = false;
  int resets = 0;
  drivers::StandInPhy phy;

 private:
  static constexpr uint32_t kEmpty = 0x8000'0000;

  uint32_t* Descriptor(uint32_t address) {
    EXPECT_NE(address, 0u);
    EXPECT_EQ(address % 4, 0u) << "descriptor is not word aligned";
    return reinterpret_cast<uint32_t*>(uintptr_t{address});
  }
  uint32_t ReceiveStatus() const { return received_ << 16 | (received_ != 0) | receive_flags_; }
  uint32_t TransmitStatus() const { return sent_ << 16 | (sent_ != 0) | transmit_flags_; }
  uint32_t Cause() const { return (ReceiveStatus() & 0xf) << 4 | (TransmitStatus() & 0xf); }

  uint32_t DoRead(uint32_t address) override {
    if (absent || address >= 0x1a0 || address % 4 != 0) {
      EXPECT_TRUE(absent) << "no register at 0x" << std::hex << address;
      return 0;
    }
    switch (address) {
      case 0x34:
        return management_hangs ? 1 : 0;
      case 0x188:
        return TransmitStatus();
      case 0x194:
        return ReceiveStatus();
      case 0x19c:
        return Cause() & Reg(0x198);
      default:
        return Reg(address);
    }
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    ASSERT_LT(address, 0x1a0u);
    switch (address) {
      case 0x00:
        if ((value & kEmpty) != 0) {
          ++resets;
          regs_ = {};
          received_ = sent_ = receive_flags_ = transmit_flags_ = 0;
        }
        break;
      case 0x24:
        if ((value & ~Reg(0x24) & 1) != 0) {
          Reg(0x30) = phy.Read(Reg(0x28) >> 8 & 31, Reg(0x28) & 31).value();
        }
        break;
      case 0x2c:
        EXPECT_EQ(phy.Write(Reg(0x28) >> 8 & 31, Reg(0x28) & 31, static_cast<uint16_t>(value)),
                  base::Status::kOk);
        break;
      case 0x48:
        value |= fifos_hang ? 0 : (value & 0x1f00) << 8;
        break;
      case 0x180:
        if ((value & 1) != 0 && (Reg(0x180) & 1) == 0) {
          transmit_at_ = Reg(0x184);
        }
        break;
      case 0x184:
        EXPECT_EQ(Reg(0x180) & 1, 0u) << "descriptor changed under the DMA";
        break;
      case 0x18c:
        if ((value & 1) != 0 && (Reg(0x18c) & 1) == 0) {
          receive_at_ = Reg(0x190);
        }
        break;
      case 0x190:
        EXPECT_EQ(Reg(0x18c) & 1, 0u) << "descriptor changed under the DMA";
        break;
      case 0x188:
        Acknowledge(value, sent_, transmit_flags_);
        return;
      case 0x194:
        Acknowledge(value, received_, receive_flags_);
        return;
      default:
        break;
    }
    Reg(address) = value;
  }
  static void Acknowledge(uint32_t value, uint32_t& count, uint32_t& flags) {
    if ((value & 1) != 0) {
      EXPECT_NE(count, 0u) << "a frame is counted down twice";
      --count;
    }
    flags &= ~value;
  }
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override {
    ADD_FAILURE() << "this MAC has no FIFO port";
    return 0;
  }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override {
    ADD_FAILURE() << "this MAC has no FIFO port";
  }

  std::array<uint32_t, 0x1a0 / 4> regs_{};
  uint32_t receive_at_ = 0;
  uint32_t transmit_at_ = 0;
  uint32_t received_ = 0;
  uint32_t sent_ = 0;
  uint32_t receive_flags_ = 0;
  uint32_t transmit_flags_ = 0;
};

}  // namespace test
