// The STM32 Ethernet model with hand-written registers and descriptors, in their manual's terms.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/ethernet_checksums.h"
#include "tests/support/stm32_eth_bus.h"

namespace test {

class Stm32EthTest : public testing::Test {
 protected:
  struct Enhanced {
    std::array<uint32_t, 8> words{};
  };
  static constexpr size_t kRing = 4;
  static constexpr uint32_t kBuffer = 1536;

  // Software reset done, address 02:00:5e:10:20:30, 100 Mbit/s full duplex, both directions on with
  // store and forward; rings of four enhanced descriptors whose receive side belongs to the DMA.
  void Start(uint32_t maccr = 0, uint32_t dmaomr = 0) {
    Reset();
    LinkUp();
    Set(stm32_eth::kMaca0hr, 0x3020);
    Set(stm32_eth::kMaca0lr, 0x105e'0002);
    Set(stm32_eth::kDmabmr, 0x0002'2080);
    MakeRings();
    Set(stm32_eth::kMaccr, 0x0000'c80c | maccr);
    Set(stm32_eth::kDmaomr, 0x0220'2002 | dmaomr);
  }
  void Reset() {
    Set(stm32_eth::kDmabmr, 0x0002'0101);
    bench_.RunFor(10 * kMicrosecond);
    ASSERT_EQ(Get(stm32_eth::kDmabmr) & 1, 0u);
  }
  void LinkUp(const PhyPartner& partner = {}) {
    model_.PlugIn(partner);
    bench_.RunFor(3000 * kMillisecond);
  }
  void MakeRings() {
    for (size_t i = 0; i < kRing; ++i) {
      rx_[i].words = {stm32_eth::kOwn, kBuffer | (i + 1 == kRing ? 1u << 15 : 0),
                      LowMemory::AddressOf(&rx_buffers_[i])};
      tx_[i].words = {};
    }
    Set(stm32_eth::kDmardlar, LowMemory::AddressOf(rx_));
    Set(stm32_eth::kDmatdlar, LowMemory::AddressOf(tx_));
  }

  // A whole frame in descriptor `i`, given to the DMA.
  void Give(size_t i, base::ConstByteSpan frame, uint32_t control = 0) {
    std::ranges::copy(frame, tx_buffers_[i].begin());
    tx_[i].words[1] = static_cast<uint32_t>(frame.size());
    tx_[i].words[2] = LowMemory::AddressOf(&tx_buffers_[i]);
    tx_[i].words[0] = stm32_eth::kOwn | 0x7000'0000 | control | (i + 1 == kRing ? 1u << 21 : 0);
  }
  void Send(size_t i, base::ConstByteSpan frame, uint32_t control = 0) {
    Give(i, frame, control);
    Set(stm32_eth::kDmatpdr, 1);
  }
  base::ConstByteSpan Received(size_t i, size_t size) const {
    return std::span(rx_buffers_[i]).first(size);
  }
  static uint32_t LengthOf(const Enhanced& descriptor) {
    return descriptor.words[0] >> 16 & 0x3fff;
  }

  void Set(uint32_t offset, uint32_t value) { bench_.bus.Write(offset, value); }
  uint32_t Get(uint32_t offset) { return bench_.bus.Read(offset); }
  // Bits of DMASR.
  bool Shows(uint32_t bits) { return (Get(stm32_eth::kDmasr) & bits) == bits; }
  const std::vector<std::string>& violations() const { return bench_.violations.texts(); }
  void ExpectViolation(const char* part) {
    EXPECT_THAT(violations(), testing::Contains(testing::HasSubstr(part)));
    bench_.violations.Clear();
  }
  void TearDown() override { EXPECT_THAT(violations(), testing::IsEmpty()); }

  // To our address, type 0x88b5, content that counts.
  static ByteVector Frame(size_t size) {
    ByteVector frame = Pattern(size);
    const auto head = ToBytes({0x02, 0, 0x5e, 0x10, 0x20, 0x30, 2, 0, 0, 0, 0, 1, 0x88, 0xb5});
    std::ranges::copy(head, frame.begin());
    return frame;
  }

  Stm32EthBench bench_;
  Stm32EthModel& model_ = bench_.model;
  Enhanced* rx_ = &bench_.memory.New<std::array<Enhanced, kRing>>()[0];
  Enhanced* tx_ = &bench_.memory.New<std::array<Enhanced, kRing>>()[0];
  using Buffers = std::array<std::array<std::byte, kBuffer>, kRing>;
  Buffers& rx_buffers_ = bench_.memory.New<Buffers>();
  Buffers& tx_buffers_ = bench_.memory.New<Buffers>();
};

}  // namespace test
