// A host that speaks to the ENC28J60 model as its datasheet says, one instruction at a time.
#pragma once

#include <initializer_list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/enc28j60_model.h"
#include "tests/support/enc28j60_spi_device.h"

namespace test {

class Enc28j60Test : public testing::Test {
 protected:
  static constexpr uint16_t kRxEnd = 0x17ff;
  static constexpr uint16_t kTxStart = 0x1800;
  static constexpr int kOwnAddress[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};

  explicit Enc28j60Test(const Enc28j60Options& options = {}) : chip_(options, clock_, violations_) {
    clock_.Pass(kMillisecond);
    chip_.PlugIn({});
  }

  // Sends the bytes and returns the last that came back.
  int Spi(std::initializer_list<int> bytes, size_t reads = 0) {
    ByteVector in(reads);
    spi_.WriteThenRead(ToBytes(bytes), in);
    return in.empty() ? 0 : std::to_integer<int>(in.back());
  }
  void SelectBank(int bank) {
    Spi({0xa0 | 0x1f, 3});
    Spi({0x80 | 0x1f, bank});
  }
  // Address with the bank in the third digit.
  int Get(int address) {
    SelectBank(address >> 8);
    const int low = address & 0x1f;
    const bool has_dummy =
        low < 0x1b && (address >> 8 == 2 || (address >> 8 == 3 && low < 6) || address == 0x30a);
    return Spi({low}, has_dummy ? 2 : 1);
  }
  void Put(int address, int value) {
    SelectBank(address >> 8);
    Spi({0x40 | (address & 0x1f), value});
  }
  void PutPointer(int address, int value) {
    Put(address, value & 0xff);
    Put(address + 1, value >> 8);
  }
  int GetPointer(int address) { return Get(address) | Get(address + 1) << 8; }
  void SetBits(int low, int bits) { Spi({0x80 | low, bits}); }
  void ClearBits(int low, int bits) { Spi({0xa0 | low, bits}); }

  int ReadPhy(int reg) {
    Put(0x214, reg);
    Put(0x212, 1);
    clock_.Pass(11 * kMicrosecond);
    EXPECT_EQ(Get(0x30a), 0);
    Put(0x212, 0);
    return GetPointer(0x218);
  }
  void WritePhy(int reg, int value) {
    Put(0x214, reg);
    PutPointer(0x216, value);
    clock_.Pass(11 * kMicrosecond);
    chip_.Advance();
  }
  ByteVector ReadBuffer(size_t size) {
    ByteVector bytes(size);
    spi_.WriteThenRead(ToBytes({0x3a}), bytes);
    return bytes;
  }
  void WriteBuffer(base::ConstByteSpan bytes) { spi_.WriteTwo(ToBytes({0x7a}), bytes); }

  // Ready to send and receive in half duplex mode.
  void Start() {
    PutPointer(0x008, 0);
    PutPointer(0x00a, kRxEnd);
    PutPointer(0x00c, kRxEnd);
    PutPointer(0x000, 0);
    Put(0x200, 0x01);  // MARXEN
    Put(0x202, 0x32);  // padding, CRC, length check
    Put(0x204, 0x12);
    constexpr int kPlaces[6] = {0x304, 0x305, 0x302, 0x303, 0x300, 0x301};
    for (size_t i = 0; i < 6; ++i) {
      Put(kPlaces[i], kOwnAddress[i]);
    }
    WritePhy(0x10, 0x0100);  // HDLDIS
    SetBits(0x1f, 0x04);     // RXEN
  }
  static ByteVector FrameTo(std::initializer_list<int> destination, size_t size = 60) {
    ByteVector frame = Pattern(size);
    std::ranges::copy(ToBytes(destination), frame.begin());
    return frame;
  }
  static ByteVector FrameToUs(size_t size = 60) {
    return FrameTo({0x02, 0x11, 0x22, 0x33, 0x44, 0x55}, size);
  }
  // A frame in the transmit buffer, sent.
  void Send(base::ConstByteSpan frame, int control = 0) {
    PutPointer(0x002, kTxStart);
    WriteBuffer(ToBytes({control}));
    WriteBuffer(frame);
    PutPointer(0x004, kTxStart);
    PutPointer(0x006, kTxStart + static_cast<int>(frame.size()));
    SetBits(0x1f, 0x08);
  }
  // Of the frame sent last.
  ByteVector TransmitVector() {
    PutPointer(0x000, GetPointer(0x006) + 1);
    return ReadBuffer(7);
  }

  ManualClock clock_;
  Violations violations_;
  Enc28j60Model chip_;
  Enc28j60SpiDevice spi_{chip_, clock_};
};

}  // namespace test
