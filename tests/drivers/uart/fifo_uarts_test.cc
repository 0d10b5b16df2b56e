// PL011 and 16550 behind the same interface.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "drivers/uart/ns16550_uart.h"
#include "drivers/uart/pl011_uart.h"
#include "tests/support/bytes.h"
#include "tests/support/scripted_bus.h"
#include "tests/support/uart_ring_chip.h"

namespace drivers {
namespace {

using base::Status;

TEST(Pl011Start, SetsDividerThenEnables) {
  test::ScriptedBus bus({test::BusWrite(0x30, 0), test::BusWrite(0x24, 27), test::BusWrite(0x28, 8),
                         test::BusWrite(0x2c, 0x70), test::BusWrite(0x34, 0),
                         test::BusWrite(0x44, 0x7f0), test::BusWrite(0x38, 0x50),
                         test::BusWrite(0x30, 0x301)});
  std::array<std::byte, 4> ring;
  Pl011Uart uart(bus, ring, ring);
  EXPECT_EQ(uart.Start(50'000'000, 115'200), Status::kOk);
}

TEST(Ns16550Start, SetsDividerThenEnables) {
  test::ScriptedBus bus({test::BusWrite(0x04, 0), test::BusWrite(0x0c, 0x83),
                         test::BusWrite(0x00, 39), test::BusWrite(0x04, 0),
                         test::BusWrite(0x0c, 0x03), test::BusWrite(0x08, 0x07),
                         test::BusWrite(0x10, 0), test::BusWrite(0x04, 0x01)});
  std::array<std::byte, 4> ring;
  Ns16550Uart uart(bus, ring, ring);
  EXPECT_EQ(uart.Start(71'000'000, 115'200), Status::kOk);
}

template <typename Uart, typename Chip>
struct Pair {
  using UartType = Uart;
  using ChipType = Chip;
};

template <typename P>
class FifoUartTest : public testing::Test {
 protected:
  FifoUartTest() {
    EXPECT_EQ(uart_.Start(50'000'000, 115'200), Status::kOk);
    chip_.SetHandler([this] { uart_.OnInterrupt(); });
  }
  std::string Read() {
    test::ByteVector out(100);
    out.resize(uart_.Read(out));
    return test::ToText(out);
  }

  P::ChipType chip_;
  std::array<std::byte, 41> receive_ring_;
  std::array<std::byte, 41> transmit_ring_;
  P::UartType uart_{chip_, receive_ring_, transmit_ring_};
};

using Pairs =
    testing::Types<Pair<Pl011Uart, test::Pl011Model>, Pair<Ns16550Uart, test::Ns16550Model>>;
TYPED_TEST_SUITE(FifoUartTest, Pairs);

TYPED_TEST(FifoUartTest, RefusesRatesItCannotMake) {
  EXPECT_EQ(this->uart_.Start(50'000'000, 0), Status::kInvalidArgument);
  EXPECT_EQ(this->uart_.Start(50'000'000, 40), Status::kInvalidArgument);
  EXPECT_EQ(this->uart_.Start(1'000'000, 3'000'000), Status::kInvalidArgument);
}

TYPED_TEST(FifoUartTest, ReceivesInOrder) {
  this->chip_.Receive("hello");
  EXPECT_EQ(this->Read(), "hello");
  EXPECT_EQ(this->uart_.stats().rx_octets, 5u);
}

TYPED_TEST(FifoUartTest, SendsMoreThanTheFifoHolds) {
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(this->uart_.Write(test::ToBytes(text)), text.size());
    this->chip_.Drain();
    EXPECT_EQ(std::exchange(this->chip_.sent, {}), text);
  }
}

TYPED_TEST(FifoUartTest, PausesWhenNobodyReadsAndCountsWhatIsLost) {
  this->chip_.Receive(std::string(56, 'x'));
  EXPECT_EQ(this->uart_.stats().rx_ring_full, 1u);
  EXPECT_EQ(this->uart_.stats().rx_overruns, 0u);
  this->chip_.Receive("lost");
  EXPECT_EQ(this->Read(), std::string(40, 'x'));
  this->chip_.Receive("y");
  EXPECT_EQ(this->Read(), std::string(16, 'x') + "y");
  EXPECT_EQ(this->uart_.stats().rx_overruns, 1u);
}

}  // namespace
}  // namespace drivers
