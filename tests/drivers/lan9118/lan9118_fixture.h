// A LAN9118 driver on the model of its chip, with the link up.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "drivers/lan9118/lan9118.h"
#include "tests/support/fields_printer.h"
#include "tests/support/lan9118_model.h"
#include "tests/support/test_pools.h"

namespace drivers {

inline constexpr base::MacAddress kOwn{{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30}};

class Lan9118Fixture : public testing::Test {
 protected:
  explicit Lan9118Fixture(const Lan9118Config& config = {}) : mac_(chip_, pools_.pools(), config) {}

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

  // `bytes` in one buffer whose data starts `offset` bytes behind a word.
  base::Pbuf MakePbuf(base::ConstByteSpan bytes, size_t offset = 2) {
    base::Pbuf packet =
        pools_.pools().Allocate(4 + offset, bytes.size(), base::Holder::kStack).value();
    std::ranges::copy(bytes, packet.Append(bytes.size()).begin());
    return packet;
  }

  test::TestPools pools_;
  test::Lan9118Model chip_;
  Lan9118 mac_;
  base::Instant now_;
};

}  // namespace drivers
