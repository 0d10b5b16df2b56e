// An ENC28J60 driver on the model of its chip.
#pragma once

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/enc28j60/enc28j60.h"
#include "tests/support/enc28j60_model.h"
#include "tests/support/enc28j60_spi_device.h"
#include "tests/support/fields_printer.h"
#include "tests/support/test_pools.h"
#include "tests/support/vboard/manual_clock.h"

namespace drivers {

inline constexpr base::MacAddress kOwn{{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30}};

class Enc28j60Fixture : public testing::Test {
 protected:
  explicit Enc28j60Fixture(const Enc28j60Config& config = {},
                           const test::Enc28j60Options& options = {})
      : chip_(options, clock_, violations_), mac_(spi_, pools_.pools(), config) {
    Pass(std::chrono::milliseconds(1));
  }
  void TearDown() override { EXPECT_THAT(violations_.texts(), testing::IsEmpty()); }

  // Starts the driver and waits for the link.
  void Start() {
    chip_.PlugIn({});
    ASSERT_EQ(mac_.Start(kOwn), base::Status::kOk);
    Run(std::chrono::milliseconds(500));
    ASSERT_EQ(mac_.state(), Enc28j60::State::kRunning);
    ASSERT_TRUE(mac_.link().is_up());
  }

  base::Instant now() const { return base::FromMicroseconds(clock_.now() / test::kMicrosecond); }
  void Pass(base::Duration duration) { clock_.Pass(duration.count() * test::kMicrosecond); }
  void Poll() { mac_.Poll(now()); }

  // Polls whenever the driver asked for it until `duration` has passed.
  void Run(base::Duration duration) {
    const base::Instant end = now() + duration;
    for (int polls = 0; polls < 100'000 && now() < end; ++polls) {
      const base::Instant next = std::min(mac_.Poll(now()), end);
      if (next > now()) {
        Pass(next - now());
      }
    }
    chip_.Advance();
  }

  // What reading the register says behind the driver's back.
  uint8_t reg(uint16_t address) const { return chip_.reg(address); }

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

  base::Pbuf MakePbuf(base::ConstByteSpan bytes) {
    base::Pbuf packet = pools_.pools().Allocate(6, bytes.size(), base::Holder::kStack).value();
    std::ranges::copy(bytes, packet.Append(bytes.size()).begin());
    return packet;
  }

  test::ManualClock clock_;
  test::Violations violations_;
  test::TestPools pools_;
  test::Enc28j60Model chip_;
  test::Enc28j60SpiDevice spi_{chip_, clock_};
  Enc28j60 mac_;
};

}  // namespace drivers
