// The registers and the memory side of an STM32F4 Ethernet, played by hand: the test says what the
// DMA finds, writes and when. How the chip comes to that is the business of its model.
#pragma once

#include <array>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/bus.h"
#include "tests/support/bytes.h"
#include "tests/support/mdio_model.h"
#include "tests/support/phy_model.h"

namespace test {

class HandPlayedMac final : public drivers::RegisterBus {
 public:
  static constexpr uint32_t kOwn = 1u << 31;
  static constexpr uint32_t kWhole = 3u << 8;  // FS, LS
  // TDES0 and RDES0 in memory.
  struct Words {
    uint32_t word[8];
  };

  explicit HandPlayedMac(const PhyOptions& options = {.id = 0x0022'1560,
                                                      .vendor = PhyVendor::kKsz8081})
      : phy_(options) {
    mdio_.Attach(0, phy_);
    Reset();
  }

  // Faults.
  bool has_hclk = true;     // else it reads as zero
  bool has_ref_clk = true;  // else it stays in reset
  bool hangs_mii = false;   // MACMIIAR.MB stays set
  int active_looks = 0;     // MACDBGR says that a frame is on its way
  size_t reset_looks = 3;   // how long a reset lasts

  uint32_t& reg(uint32_t address) { return registers_[address]; }
  PhyModel& phy() { return phy_; }
  MdioModel& mdio() { return mdio_; }
  uint32_t resets() const { return resets_; }
  // Writes to `address` since the last call.
  std::vector<uint32_t> TakeWrites(uint32_t address) {
    std::vector<uint32_t> values;
    std::erase_if(writes_, [&](const auto& write) {
      if (write.first != address) {
        return false;
      }
      values.push_back(write.second);
      return true;
    });
    return values;
  }
  // Shortest distance in accesses between two writes to one register of the MAC.
  size_t closest_writes() const { return closest_writes_; }
  uint32_t reads(uint32_t address) { return reads_[address]; }

  Words& rx(size_t i) { return At(registers_[0x100c] + i * sizeof(Words)); }
  Words& tx(size_t i) { return At(registers_[0x1010] + i * sizeof(Words)); }

  // Writes `bytes` and four bytes of frame check sequence into the next receive descriptor and
  // closes it with `flags` and `extended`. False: the descriptor is not the DMA's.
  bool Receive(base::ConstByteSpan bytes, uint32_t flags = kWhole, uint32_t extended = 0) {
    Words& words = rx(rx_next_);
    if ((words.word[0] & kOwn) == 0) {
      return false;
    }
    const size_t room = (words.word[1] & 0x1fff) - words.word[2] % 4;
    // The DMA writes whole words (33.6.4): zeros in front of the frame.
    std::byte* const to = reinterpret_cast<std::byte*>(uintptr_t{words.word[2]});
    std::memset(to - words.word[2] % 4, 0, words.word[2] % 4);
    const size_t length = std::min(bytes.size() + 4, room);
    std::memcpy(to, bytes.data(), std::min(bytes.size(), room));
    Close(flags, static_cast<uint32_t>(length), extended);
    return true;
  }
  // Closes the next receive descriptor as it is.
  void Close(uint32_t flags, uint32_t length, uint32_t extended = 0) {
    Words& words = rx(rx_next_);
    ASSERT_NE(words.word[0] & kOwn, 0u);
    words.word[4] = extended;
    words.word[0] = length << 16 | flags;
    const bool is_last = (words.word[1] & 1u << 15) != 0;
    rx_next_ = is_last ? 0 : rx_next_ + 1;
    reg(0x1014) |= 1u << 16 | 1u << 6;
  }

  // The next frame of the transmit ring, checked for what RM0090 33.6.5 asks of a chain of
  // descriptors; empty when there is none. Closes its descriptors with `status` in the last one.
  ByteVector Transmit(uint32_t status = 0) {
    ByteVector frame;
    constexpr uint32_t kFirst = 1u << 28;
    constexpr uint32_t kLast = 1u << 29;
    for (bool first = true;; first = false) {
      Words& words = tx(tx_next_);
      const uint32_t control = words.word[0];
      if ((control & kOwn) == 0) {
        EXPECT_TRUE(first) << "a frame without an end";
        return frame;
      }
      EXPECT_EQ((control & kFirst) != 0, first);
      EXPECT_EQ(control & (3u << 22 | 0xffff), 0u) << "no checksums, no stale status";
      AppendBuffer(frame, words.word[2], words.word[1] & 0x1fff);
      AppendBuffer(frame, words.word[3], words.word[1] >> 16 & 0x1fff);
      ++descriptors_sent_;
      tx_next_ = (control & 1u << 21) != 0 ? 0 : tx_next_ + 1;
      words.word[0] = (control & kLast) != 0 ? status : 0;
      if ((control & kLast) != 0) {
        EXPECT_NE(control & 1u << 30, 0u) << "no interrupt on completion";
        reg(0x1014) |= 1u << 16 | 1u << 0;
        return frame;
      }
    }
  }
  size_t descriptors_sent() const { return descriptors_sent_; }

 private:
  static Words& At(uint64_t address) { return *reinterpret_cast<Words*>(address); }
  static void AppendBuffer(ByteVector& frame, uint32_t address, uint32_t size) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(uintptr_t{address});
    AppendTo(frame, {bytes, size});
  }

  void Reset() {
    registers_.clear();
    registers_[0x0000] = 0x8000;
    registers_[0x0040] = 0x8000'ffff;
    registers_[0x0044] = 0xffff'ffff;
    registers_[0x1000] = 0x0002'0101;
    rx_next_ = tx_next_ = 0;
  }

  uint32_t DoRead(uint32_t address) override {
    ++accesses_;
    ++reads_[address];
    if (!has_hclk) {
      return 0;
    }
    switch (address) {
      case 0x0010:
        return registers_[address] | (hangs_mii || mii_looks_-- > 0 ? 1 : 0);
      case 0x0034:
        return active_looks-- > 0 ? active_bits : 0;
      case 0x1000:
        if ((registers_[address] & 1) != 0 && has_ref_clk && reset_left_-- == 0) {
          ++resets_;
          Reset();
          registers_[0x1000] &= ~1u;
        }
        return registers_[address];
      case 0x1020:
        return std::exchange(registers_[address], 0);
      default:
        return registers_[address];
    }
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    NoteDistance(address);
    if (!has_hclk) {
      return;
    }
    writes_.emplace_back(address, value);
    if (address == 0x1014) {
      registers_[address] &= ~value;
      return;
    }
    registers_[address] = value;
    if (address == 0x1000 && (value & 1) != 0) {
      reset_left_ = reset_looks;
    }
    if (address == 0x0010) {
      RunMii(value);
    }
  }
  void RunMii(uint32_t command) {
    EXPECT_LE(mii_looks_, 0) << "MACMIIAR was written while busy";
    EXPECT_EQ(command >> 2 & 7, 4u) << "MDC too fast or too slow for 168 MHz";
    registers_[0x0010] &= ~1u;
    mii_looks_ = 5;
    const auto address = static_cast<uint8_t>(command >> 11 & 31);
    const auto index = static_cast<uint8_t>(command >> 6 & 31);
    if ((command & 2) != 0) {
      EXPECT_EQ(mdio_.Write(address, index, static_cast<uint16_t>(registers_[0x0014])),
                base::Status::kOk);
    } else {
      registers_[0x0014] = mdio_.Read(address, index).value_or(0xffff);
    }
  }
  // Of the registers that ES0182 names; those of MII, lists and demands are not behind the clocks
  // of the wire.
  void NoteDistance(uint32_t address) {
    ++accesses_;
    const bool is_slow = address == 0x1000 || address == 0x1018 ||
                         (address < 0x60 && address != 0x10 && address != 0x14);
    if (!is_slow) {
      return;
    }
    const auto [at, is_new] = written_at_.try_emplace(address, accesses_);
    if (!is_new) {
      closest_writes_ = std::min(closest_writes_, accesses_ - at->second);
      at->second = accesses_;
    }
  }
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override { std::abort(); }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override { std::abort(); }

 public:
  uint32_t active_bits = 1;

 private:
  PhyModel phy_;
  MdioModel mdio_;
  std::map<uint32_t, uint32_t> registers_;
  std::map<uint32_t, uint32_t> reads_;
  std::vector<std::pair<uint32_t, uint32_t>> writes_;
  std::map<uint32_t, size_t> written_at_;
  size_t accesses_ = 0;
  size_t closest_writes_ = SIZE_MAX;
  size_t reset_left_ = 0;
  uint32_t resets_ = 0;
  int mii_looks_ = 0;
  size_t rx_next_ = 0;
  size_t tx_next_ = 0;
  size_t descriptors_sent_ = 0;
};

}  // namespace test
