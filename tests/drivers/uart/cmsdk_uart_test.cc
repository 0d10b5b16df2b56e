// The UART's two queues, and that no byte is lost, doubled or moved wherever an interrupt strikes.
#include "drivers/uart/cmsdk_uart.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/bytes.h"
#include "tests/support/cmsdk_uart_model.h"
#include "tests/support/scripted_bus.h"

namespace drivers {
namespace {

using base::Status;
using test::ByteVector;

constexpr size_t kRing = 16;

class CmsdkUartTest : public testing::TestWithParam<bool> {
 protected:
  CmsdkUartTest() {
    chip_.SetHandlers([this] { uart_.OnReceiveInterrupt(); },
                      [this] { uart_.OnTransmitInterrupt(); });
    EXPECT_EQ(uart_.Start(25'000'000, 115'200), Status::kOk);
  }

  // What the wire has seen; a chip with byte times gets all it needs.
  std::string Sent() {
    for (size_t i = 0; i < 4 * kRing; ++i) {
      chip_.TransmitOne();
    }
    const ByteVector bytes(chip_.sent().begin(), chip_.sent().end());
    chip_.sent().clear();
    return test::ToText(bytes);
  }
  void Receive(std::string_view text) {
    for (const std::byte byte : test::ToBytes(text)) {
      chip_.Receive(byte);
    }
  }
  std::string Read(size_t size = 100) {
    ByteVector out(size);
    out.resize(uart_.Read(out));
    return test::ToText(out);
  }
  size_t Write(std::string_view text) { return uart_.Write(test::ToBytes(text)); }

  test::CmsdkUartModel chip_{GetParam()};
  std::array<std::byte, kRing> receive_ring_;
  std::array<std::byte, kRing> transmit_ring_;
  CmsdkUart uart_{chip_, receive_ring_, transmit_ring_};
};

INSTANTIATE_TEST_SUITE_P(Speeds, CmsdkUartTest, testing::Bool());

TEST(CmsdkUartStart, SetsDividerAndEnables) {
  test::ScriptedBus bus({test::BusWrite(0x08, 0), test::BusWrite(0x10, 217),
                         test::BusWrite(0x04, 0xc), test::BusWrite(0x0c, 0x3),
                         test::BusWrite(0x08, 0xf)});
  std::array<std::byte, 4> ring;
  CmsdkUart uart(bus, ring, ring);
  EXPECT_EQ(uart.Start(25'000'000, 115'200), Status::kOk);
}

TEST(CmsdkUartStart, RefusesRatesItCannotMake) {
  test::ScriptedBus bus({});
  std::array<std::byte, 4> ring;
  CmsdkUart uart(bus, ring, ring);
  EXPECT_EQ(uart.Start(25'000'000, 0), Status::kInvalidArgument);
  EXPECT_EQ(uart.Start(25'000'000, 2'000'000), Status::kInvalidArgument);
  EXPECT_EQ(uart.Start(25'000'000, 20), Status::kInvalidArgument);
}

TEST_P(CmsdkUartTest, ReceivesInOrder) {
  Receive("hello");
  EXPECT_EQ(Read(2), "he");
  Receive("!");
  EXPECT_EQ(Read(), "llo!");
  EXPECT_EQ(Read(), "");
  EXPECT_EQ(uart_.stats().rx_octets, 6u);
}

TEST_P(CmsdkUartTest, TransmitsInOrder) {
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Write(", world"), 7u);
  EXPECT_EQ(Sent(), "hello, world");
  EXPECT_EQ(uart_.stats().tx_octets, 12u);
}

TEST_P(CmsdkUartTest, StartsAgainAfterARest) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(Write("x"), 1u);
    ASSERT_EQ(Sent(), "x");
    ASSERT_EQ(uart_.write_room(), kRing - 1);
  }
}

TEST_P(CmsdkUartTest, FullReceiveRingHoldsTheSenderUp) {
  std::string expected;
  for (char c = 'a'; chip_.can_receive(); ++c) {
    Receive(std::string(1, c));
    expected += c;
  }
  EXPECT_EQ(expected.size(), kRing);  // 15 in the ring, one in the hardware
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
  EXPECT_EQ(Read(3), "abc");
  Receive("XY");
  EXPECT_EQ(Read(), expected.substr(3) + "XY");
  EXPECT_EQ(uart_.stats().rx_overruns, 0u);
}

TEST_P(CmsdkUartTest, BytesThatTheHardwareLostAreCounted) {
  Receive("0123456789abcdefGH");
  EXPECT_EQ(Read(), "0123456789abcde");
  EXPECT_EQ(uart_.stats().rx_overruns, 1u);
  Receive("more");
  EXPECT_EQ(Read(), "Hmore");
}

TEST(CmsdkUartSlow, WriteTakesWhatFits) {
  test::CmsdkUartModel chip(false);
  std::array<std::byte, kRing> receive_ring;
  std::array<std::byte, kRing> transmit_ring;
  CmsdkUart uart(chip, receive_ring, transmit_ring);
  chip.SetHandlers([&] { uart.OnReceiveInterrupt(); }, [&] { uart.OnTransmitInterrupt(); });
  ASSERT_EQ(uart.Start(25'000'000, 115'200), Status::kOk);
  const ByteVector data = test::Pattern(40);
  EXPECT_EQ(uart.Write(data), kRing - 1);
  EXPECT_EQ(uart.write_room(), 1u);  // the first byte is in the hardware
  EXPECT_EQ(uart.Write(base::ConstByteSpan(data).subspan(kRing - 1)), 1u);
  EXPECT_EQ(uart.write_room(), 0u);
  EXPECT_EQ(uart.Write(data), 0u);
  for (size_t i = 0; i < 40; ++i) {
    chip.TransmitOne();
  }
  EXPECT_EQ(ByteVector(chip.sent().begin(), chip.sent().end()), test::Pattern(kRing));
}

// Bytes come and go, and interrupts strike, between any two register accesses of the main loop.
TEST_P(CmsdkUartTest, SurvivesInterruptsAtEveryPlace) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    uint8_t next_in = 0;
    const auto receive_one = [&] {
      if (chip_.can_receive()) {
        chip_.Receive(static_cast<std::byte>(next_in++));
      }
    };
    chip_.SetBetweenAccesses([&] {
      if (random() % 2 == 0) {
        receive_one();
      }
      if (random() % 3 == 0) {
        chip_.TransmitOne();
      }
      chip_.DeferInterrupts(random() % 3 == 0);
    });
    uint8_t next_out = 0;
    uint8_t next_read = 0;
    for (int i = 0; i < 300; ++i) {
      ByteVector data(random() % 5);
      for (size_t k = 0; k < data.size(); ++k) {
        data[k] = static_cast<std::byte>(next_out + k);
      }
      next_out = static_cast<uint8_t>(next_out + uart_.Write(data));
      receive_one();
      ByteVector out(random() % 10 == 0 ? random() % 20 : 0);
      out.resize(uart_.Read(out));
      for (const std::byte byte : out) {
        ASSERT_EQ(byte, static_cast<std::byte>(next_read++)) << "seed " << seed;
      }
    }
    chip_.SetBetweenAccesses({});
    chip_.DeferInterrupts(false);
    // Everything that came in comes out, and so does everything that was written.
    for (size_t i = 0; i < 2 * kRing; ++i) {
      chip_.TransmitOne();
      for (const char byte : Read()) {
        ASSERT_EQ(static_cast<uint8_t>(byte), next_read++) << "seed " << seed;
      }
    }
    ASSERT_EQ(next_read, next_in) << "seed " << seed;
    uint8_t expected = 0;
    for (const std::byte byte : chip_.sent()) {
      ASSERT_EQ(byte, static_cast<std::byte>(expected++)) << "seed " << seed;
    }
    ASSERT_EQ(expected, next_out) << "seed " << seed;
    chip_.sent().clear();
  }
  EXPECT_GT(uart_.stats().rx_ring_full, 100u);
}

}  // namespace
}  // namespace drivers
