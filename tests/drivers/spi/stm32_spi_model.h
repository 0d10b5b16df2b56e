// SPI, two DMA streams and a chip select of RM0090 chapters 28, 10 and 8, as far as a master needs
// them, with a device that answers from a list. Each access takes some cycles of the bus. Strict:
// what the manual forbids fails the test.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/bus.h"
#include "tests/support/bytes.h"

namespace test {

class Stm32SpiModel {
 public:
  static constexpr uint32_t kDataRegister = 0x4001'300c;
  static constexpr uint32_t kSelectPin = 4;
  static constexpr uint64_t kCyclesPerAccess = 2;

  struct Transaction {
    ByteVector sent;
    uint64_t setup_cycles = 0;  // select to first clock
    uint64_t hold_cycles = 0;   // last clock to deselect
    size_t by_dma = 0;          // bytes of it
  };

  drivers::RegisterBus& spi() { return spi_block_; }
  drivers::RegisterBus& dma() { return dma_block_; }
  drivers::RegisterBus& port() { return port_block_; }

  // The device's answers, byte by byte over all transactions; then it answers 0xee.
  void Answer(base::ConstByteSpan bytes) {
    answers_.insert(answers_.end(), bytes.begin(), bytes.end());
  }
  void StopClock(bool stop) {
    is_dead_ = stop;
    shift_end_ = now_;
  }
  // The n-th byte by DMA from now on ends in a bus error.
  void FailDma(size_t n) { fail_dma_in_ = n; }
  // The DMA does not fetch what was received.
  void StarveReceiver() { is_starved_ = true; }
  void FaultMode() { status_ |= kModeFault; }

  std::vector<Transaction> transactions;
  uint32_t control1() const { return control1_; }
  uint32_t control2() const { return control2_; }
  bool is_selected() const { return is_selected_; }
  bool streams_are_off() const { return !streams_[0].is_on() && !streams_[3].is_on(); }

 private:
  static constexpr uint32_t kEnable = 1 << 6;
  static constexpr uint32_t kReceived = 1 << 0;
  static constexpr uint32_t kEmpty = 1 << 1;
  static constexpr uint32_t kModeFault = 1 << 5;
  static constexpr uint32_t kOverrun = 1 << 6;
  static constexpr uint32_t kBusy = 1 << 7;

  class Block final : public drivers::RegisterBus {
   public:
    using Reader = std::function<uint32_t(uint32_t)>;
    using Writer = std::function<void(uint32_t, uint32_t)>;
    Block(Reader reader, Writer writer) : reader_(std::move(reader)), writer_(std::move(writer)) {}

   private:
    uint32_t DoRead(uint32_t address) override { return reader_(address); }
    void DoWrite(uint32_t address, uint32_t value) override { writer_(address, value); }
    base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override { return 0; }
    void DoWriteBlock(uint32_t, base::ConstByteSpan) override {}
    Reader reader_;
    Writer writer_;
  };

  struct Stream {
    uint32_t control = 0;
    uint32_t count = 0;
    uint32_t peripheral = 0;
    uint32_t memory = 0;
    uint32_t flags = 0;  // as of stream 0
    bool is_on() const { return (control & 1) != 0; }
  };

  uint64_t byte_cycles() const { return 8ull << ((control1_ >> 3 & 7) + 1); }
  bool is_busy() const { return shifting_ || waiting_; }

  void Pass() {
    now_ += kCyclesPerAccess;
    Serve();
    if (shifting_ && !is_dead_ && now_ >= shift_end_) {
      EndByte();
      Serve();
    }
  }
  void LoadShifter() {
    if (!shifting_ && waiting_) {
      shifting_ = std::exchange(waiting_, std::nullopt);
      shift_end_ = now_ + byte_cycles();
      if (!transactions.empty() && transactions.back().sent.empty()) {
        transactions.back().setup_cycles = now_ - selected_at_;
      }
    }
  }
  void EndByte() {
    transactions.back().sent.push_back(static_cast<std::byte>(*shifting_));
    uint8_t in = 0xee;
    if (!answers_.empty()) {
      in = std::to_integer<uint8_t>(answers_.front());
      answers_.pop_front();
    }
    if ((status_ & kReceived) != 0) {
      status_ |= kOverrun;
    } else {
      received_ = in;
      status_ |= kReceived;
    }
    shifting_.reset();
    last_end_ = now_;
    LoadShifter();
  }
  void WriteData(uint32_t value) {
    EXPECT_FALSE(waiting_) << "DR written while TXE is 0";
    EXPECT_TRUE(is_selected_) << "bytes for nobody";
    EXPECT_EQ(control1_ & (kEnable | 4), kEnable | 4) << "not an enabled master";
    waiting_ = static_cast<uint8_t>(value);
    LoadShifter();
  }
  uint32_t ReadData() {
    status_ &= ~kReceived;
    clears_overrun_ = true;
    return received_;
  }

  // One byte each way.
  void Serve() {
    Stream& transmit = streams_[3];
    if ((control2_ & 2) != 0 && transmit.is_on() && !waiting_ && Moves(transmit)) {
      WriteData(std::to_integer<uint32_t>(*At(transmit)));
      Advance(transmit);
      ++transactions.back().by_dma;
    }
    Stream& receive = streams_[0];
    if ((control2_ & 1) != 0 && receive.is_on() && (status_ & kReceived) != 0 && !is_starved_ &&
        Moves(receive)) {
      *At(receive) = static_cast<std::byte>(ReadData());
      Advance(receive);
    }
  }
  bool Moves(Stream& stream) {
    if (fail_dma_in_ != 0 && --fail_dma_in_ == 0) {
      stream.flags |= 1 << 3;
      stream.control &= ~1u;
      return false;
    }
    return true;
  }
  static std::byte* At(const Stream& stream) {
    return reinterpret_cast<std::byte*>(uintptr_t{stream.memory});
  }
  static void Advance(Stream& stream) {
    if ((stream.control >> 10 & 1) != 0) {
      ++stream.memory;
    }
    if (--stream.count == 0) {
      stream.flags |= 0x30;
      stream.control &= ~1u;
    }
  }

  uint32_t ReadSpi(uint32_t address) {
    Pass();
    if (address == 0x0c) {
      return ReadData();
    }
    if (address != 0x08) {
      return address == 0 ? control1_ : control2_;
    }
    const uint32_t value = status_ | (waiting_ ? 0 : kEmpty) | (is_busy() ? kBusy : 0);
    if (clears_overrun_) {
      status_ &= ~kOverrun;
      clears_overrun_ = false;
    }
    return value;
  }
  void WriteSpi(uint32_t address, uint32_t value) {
    Pass();
    if (address == 0x0c) {
      WriteData(value);
    } else if (address == 0x04) {
      control2_ = value;
    } else {
      EXPECT_FALSE(is_busy()) << "CR1 written while the SPI is busy";
      EXPECT_TRUE((control1_ & kEnable) == 0 || ((control1_ ^ value) & 0x3f) == 0)
          << "mode or rate changed while the SPI is on";
      control1_ = value;
      status_ &= ~kModeFault;
    }
  }

  static constexpr uint32_t kShifts[4] = {0, 6, 16, 22};
  uint32_t ReadDma(uint32_t address) {
    Pass();
    if (address < 0x10) {
      uint32_t value = 0;
      for (size_t i = 0; i < 4; ++i) {
        value |= streams_[i].flags << kShifts[i];
      }
      return address == 0 ? value : 0;
    }
    const Stream& stream = streams_.at((address - 0x10) / 0x18);
    return (address - 0x10) % 0x18 == 0 ? stream.control : stream.count;
  }
  void WriteDma(uint32_t address, uint32_t value) {
    Pass();
    if (address < 0x10) {
      EXPECT_EQ(address, 0x08u);
      for (size_t i = 0; i < 4; ++i) {
        streams_[i].flags &= ~(value >> kShifts[i]);
      }
      return;
    }
    Stream& stream = streams_.at((address - 0x10) / 0x18);
    const uint32_t at = (address - 0x10) % 0x18;
    EXPECT_TRUE(!stream.is_on() || (at == 0 && (value & 1) == 0))
        << "written while the stream is on";
    switch (at) {
      case 0x00:
        if (!stream.is_on() && (value & 1) != 0) {
          CheckStart(stream, value);
        }
        stream.control = value;
        break;
      case 0x04:
        stream.count = value;
        break;
      case 0x08:
        stream.peripheral = value;
        break;
      case 0x0c:
        stream.memory = value;
        break;
      default:
        EXPECT_EQ(at, 0x14u);
        EXPECT_EQ(value & 4, 0u) << "not in direct mode";
    }
  }
  void CheckStart(const Stream& stream, uint32_t control) {
    const bool is_transmit = &stream == &streams_[3];
    EXPECT_TRUE(is_transmit || &stream == &streams_[0]) << "not a stream of SPI1";
    EXPECT_EQ(stream.flags, 0u) << "flags of the last transfer";
    EXPECT_EQ(stream.peripheral, kDataRegister);
    EXPECT_EQ(control >> 25 & 7, 3u) << "channel";
    EXPECT_EQ(control >> 6 & 3, is_transmit ? 1u : 0u) << "direction";
    EXPECT_EQ(control & 0x7a00, 0u) << "sizes and increments of the peripheral";
    EXPECT_GT(stream.count, 0u);
  }

  void WritePort(uint32_t address, uint32_t value) {
    Pass();
    EXPECT_EQ(address, 0x18u);
    EXPECT_FALSE(is_busy() && !is_dead_) << "chip select changed while bits move";
    if (value == 1u << (kSelectPin + 16)) {
      EXPECT_FALSE(is_selected_);
      is_selected_ = true;
      selected_at_ = now_;
      transactions.emplace_back();
    } else {
      EXPECT_EQ(value, 1u << kSelectPin);
      if (is_selected_) {
        transactions.back().hold_cycles = now_ - last_end_;
      }
      is_selected_ = false;
    }
  }

  Block spi_block_{[this](uint32_t a) { return ReadSpi(a); },
                   [this](uint32_t a, uint32_t v) { WriteSpi(a, v); }};
  Block dma_block_{[this](uint32_t a) { return ReadDma(a); },
                   [this](uint32_t a, uint32_t v) { WriteDma(a, v); }};
  Block port_block_{[](uint32_t) { return 0u; },
                    [this](uint32_t a, uint32_t v) { WritePort(a, v); }};

  uint64_t now_ = 0;
  uint32_t control1_ = 0;
  uint32_t control2_ = 0;
  uint32_t status_ = 0;
  uint8_t received_ = 0;
  bool clears_overrun_ = false;
  std::optional<uint8_t> waiting_;
  std::optional<uint8_t> shifting_;
  uint64_t shift_end_ = 0;
  uint64_t last_end_ = 0;
  uint64_t selected_at_ = 0;
  bool is_selected_ = false;
  bool is_dead_ = false;
  bool is_starved_ = false;
  size_t fail_dma_in_ = 0;
  std::deque<std::byte> answers_;
  std::array<Stream, 8> streams_;
};

}  // namespace test
