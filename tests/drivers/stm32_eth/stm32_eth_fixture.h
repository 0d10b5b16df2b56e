// A driver of the STM32F4's Ethernet on a MAC that the test plays.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "drivers/stm32_eth/stm32_eth.h"
#include "tests/drivers/stm32_eth/hand_played_mac.h"
#include "tests/support/below_4gib.h"
#include "tests/support/fields_printer.h"
#include "tests/support/test_pools.h"

namespace drivers {

inline constexpr base::MacAddress kOwn{{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30}};

class Stm32EthFixture : public testing::Test {
 protected:
  static constexpr size_t kRx = 4;
  static constexpr size_t kTx = 6;

  // What the DMA reaches.
  struct Memory {
    test::PoolsStorage<16, 16, 32> pools;
    Stm32EthStorage<kRx, kTx> rings;
  };

  Stm32EthConfig Config() {
    return {.hclk_hz = 168'000'000,
            .phy_address = 0,
            .memory = DmaWindow(memory_.address(), sizeof(Memory))};
  }

  // Starts the driver and lets the PHY negotiate.
  void Start() {
    chip_.phy().PlugIn();
    ASSERT_EQ(mac_.Start(kOwn), base::Status::kOk);
    Run(std::chrono::seconds(3));
    ASSERT_TRUE(mac_.link().is_up());
  }

  // Polls whenever the driver asked for it until `duration` has passed.
  void Run(base::Duration duration) {
    const base::Instant end = now_ + duration;
    for (int polls = 0; polls < 100'000; ++polls) {
      chip_.mdio().SetTime(now_);
      const base::Instant next = mac_.Poll(now_);
      if (next > end) {
        break;
      }
      now_ = next;
    }
    now_ = end;
    chip_.mdio().SetTime(now_);
  }

  // A frame to us of `size` bytes, with content that depends on `seed`.
  static test::ByteVector Frame(size_t size, uint8_t seed = 1) {
    test::ByteVector frame(size);
    uint32_t random = seed * 2'654'435'761u;
    for (std::byte& byte : frame) {
      random = random * 1'664'525 + 1'013'904'223;
      byte = static_cast<std::byte>(random >> 24);
    }
    std::ranges::transform(kOwn.octets, frame.begin(), [](uint8_t o) { return std::byte{o}; });
    return frame;
  }

  base::Pbuf MakePbuf(base::ConstByteSpan bytes, size_t offset = 2) {
    base::Pbuf packet = pools().Allocate(4 + offset, bytes.size(), base::Holder::kStack).value();
    std::ranges::copy(bytes, packet.Append(bytes.size()).begin());
    return packet;
  }

  base::PbufPools& pools() { return memory_->pools.pools(); }
  uint16_t Held(base::Holder holder) {
    uint16_t held = 0;
    for (const base::PbufPool* pool : pools().pools()) {
      held = static_cast<uint16_t>(held + pool->stats().held[static_cast<size_t>(holder)]);
    }
    return held;
  }

  test::Below4Gib<Memory> memory_;
  test::HandPlayedMac chip_;
  Stm32Eth mac_{chip_, pools(), memory_->rings.rings(), Config()};
  base::Instant now_;
};

}  // namespace drivers
