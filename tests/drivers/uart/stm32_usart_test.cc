#include "drivers/uart/stm32_usart.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/drivers/uart/stm32_usart_model.h"
#include "tests/support/bytes.h"
#include "tests/support/scripted_bus.h"

namespace drivers {
namespace {

using base::Status;
using test::Stm32UsartModel;

constexpr size_t kRing = 16;

class Stm32UsartTest : public testing::Test {
 protected:
  Stm32UsartTest() {
    chip_.SetHandler([this] { told_ |= uart_.OnInterrupt(); });
    EXPECT_EQ(uart_.Start(42'000'000, 115'200), Status::kOk);
  }

  void Receive(std::string_view text) {
    for (const char c : text) {
      chip_.Receive(c);
    }
  }
  std::string Read(size_t size = 100) {
    test::ByteVector out(size);
    out.resize(uart_.Read(out));
    return test::ToText(out);
  }
  size_t Write(std::string_view text) { return uart_.Write(test::ToBytes(text)); }
  // What the wire has seen once everything is out.
  std::string Sent() {
    for (size_t i = 0; i < 2 * kRing; ++i) {
      chip_.TransmitOne();
    }
    return std::exchange(chip_.sent, {});
  }

  Stm32UsartModel chip_;
  std::array<std::byte, kRing> receive_ring_;
  std::array<std::byte, kRing> transmit_ring_;
  Stm32Usart uart_{chip_, receive_ring_, transmit_ring_};
  bool told_ = false;
};

TEST(Stm32UsartStart, SetsDividerThenEnables) {
  test::ScriptedBus bus({test::BusWrite(0x0c, 0), test::BusWrite(0x10, 0), test::BusWrite(0x14, 0),
                         test::BusWrite(0x08, 365), test::BusWrite(0x0c, 0x202c)});
  std::array<std::byte, 4> ring;
  Stm32Usart uart(bus, ring, ring);
  EXPECT_EQ(uart.Start(42'000'000, 115'200), Status::kOk);
}

TEST(Stm32UsartStart, RefusesRatesItCannotMake) {
  test::ScriptedBus bus({});
  std::array<std::byte, 4> ring;
  Stm32Usart uart(bus, ring, ring);
  EXPECT_EQ(uart.Start(42'000'000, 0), Status::kInvalidArgument);
  EXPECT_EQ(uart.Start(42'000'000, 3'000'000), Status::kInvalidArgument);
  EXPECT_EQ(uart.Start(42'000'000, 600), Status::kInvalidArgument);
}

TEST_F(Stm32UsartTest, ReceivesInOrder) {
  Receive("hello");
  EXPECT_TRUE(told_);
  EXPECT_EQ(Read(2), "he");
  Receive("!");
  EXPECT_EQ(Read(), "llo!");
  EXPECT_EQ(Read(), "");
  EXPECT_EQ(uart_.stats().rx_octets, 6u);
}

TEST_F(Stm32UsartTest, TransmitsInOrder) {
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Write(", world"), 7u);
  EXPECT_EQ(Sent(), "hello, world");
  EXPECT_EQ(uart_.stats().tx_octets, 12u);
  EXPECT_FALSE(told_) << "nothing to read";
}

TEST_F(Stm32UsartTest, TakesNoMoreThanFits) {
  chip_.DeferInterrupts(true);
  EXPECT_EQ(uart_.write_room(), kRing - 1);
  EXPECT_EQ(Write("0123456789abcdefghij"), kRing - 1);
  EXPECT_EQ(uart_.write_room(), 0u);
  chip_.DeferInterrupts(false);
  EXPECT_EQ(Sent(), "0123456789abcde");
}

// An empty transmitter would interrupt for ever.
TEST_F(Stm32UsartTest, IsSilentWithNothingToSend) {
  EXPECT_EQ(chip_.control1() & Stm32UsartModel::kTransmitEmpty, 0u);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(Write("x"), 1u);
    ASSERT_EQ(Sent(), "x");
    ASSERT_EQ(chip_.control1() & Stm32UsartModel::kTransmitEmpty, 0u);
  }
  EXPECT_EQ(chip_.interrupts(), 100);
}

TEST_F(Stm32UsartTest, CountsAnOverrunAndGoesOn) {
  chip_.DeferInterrupts(true);
  Receive("ab");  // b is lost behind a
  chip_.DeferInterrupts(false);
  Receive("c");
  EXPECT_EQ(Read(), "ac");
  EXPECT_EQ(uart_.stats().rx_overruns, 1u);
}

TEST_F(Stm32UsartTest, TakesBackAnOverrunWithoutAByte) {
  Receive("a");
  chip_.OverrunAlone();
  Receive("b");
  EXPECT_EQ(Read(), "ab");
  EXPECT_EQ(uart_.stats().rx_overruns, 1u);
}

TEST_F(Stm32UsartTest, CountsAndKeepsDamagedBytes) {
  Receive("a");
  chip_.Receive('?', Stm32UsartModel::kFramingError);
  Receive("b");
  EXPECT_EQ(Read(), "a?b");
  EXPECT_EQ(uart_.stats().rx_errors, 1u);
}

TEST_F(Stm32UsartTest, PausesWhenNobodyReads) {
  Receive("0123456789abcdefGH");
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
  EXPECT_EQ(chip_.control1() & Stm32UsartModel::kReceived, 0u);
  // f waited in the hardware, G and H came behind it.
  EXPECT_EQ(Read(), "0123456789abcde");
  Receive("more");
  EXPECT_EQ(Read(), "fmore");
  EXPECT_EQ(uart_.stats().rx_overruns, 1u);
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
}

TEST_F(Stm32UsartTest, SendsWhileReceptionPauses) {
  Receive("0123456789abcdef");
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Sent(), "hello");
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
  EXPECT_EQ(Read(), "0123456789abcde");
  EXPECT_EQ(Read(), "f");
}

// The handler changes the enable bits between the main loop's read and write of them.
TEST_F(Stm32UsartTest, SurvivesAnInterruptBetweenReadAndWriteOfTheEnableBits) {
  Receive("0123456789abcde");
  chip_.DeferInterrupts(true);
  chip_.BeforeNextAccess([this] {
    // Reception pauses right after the main loop has read that it runs.
    chip_.BeforeNextAccess([this] {
      chip_.DeferInterrupts(false);
      chip_.Receive('f');
    });
  });
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Sent(), "hello");
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
  EXPECT_EQ(Read(), "0123456789abcde");
  Receive("g");
  EXPECT_EQ(Read(), "fg");
}

}  // namespace
}  // namespace drivers
