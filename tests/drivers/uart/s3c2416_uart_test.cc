#include "drivers/uart/s3c2416_uart.h"

#include <array>
#include <deque>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/bytes.h"
#include "tests/support/scripted_bus.h"

namespace drivers {
namespace {

using base::Status;

constexpr size_t kRing = 16;
constexpr uint32_t kReceiveSource = 1 << 0;
constexpr uint32_t kTransmitSource = 1 << 1;
constexpr uint32_t kErrorSource = 1 << 2;

// The sub-source registers of the interrupt controller: levels come again as long as they last.
class FakeController final : public RegisterBus {
 public:
  std::function<uint32_t()> levels = [] { return 0u; };
  std::function<void()> before_access;
  uint32_t mask = 0xffff'ffff;

  uint32_t pending() {
    pending_ |= levels();
    return pending_;
  }
  bool interrupts() { return (pending() & ~mask) != 0; }

 private:
  uint32_t DoRead(uint32_t address) override {
    if (before_access) {
      std::exchange(before_access, {})();
    }
    EXPECT_TRUE(address == 0x18 || address == 0x1c) << address;
    return address == 0x18 ? pending() : mask;
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    if (before_access) {
      std::exchange(before_access, {})();
    }
    EXPECT_TRUE(address == 0x18 || address == 0x1c) << address;
    if (address == 0x18) {
      pending_ &= ~value;
    } else {
      mask = value;
    }
  }
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override { return 0; }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override {}

  uint32_t pending_ = 0;
};

// The channel's FIFOs of 64 bytes.
class FakeChannel final : public RegisterBus {
 public:
  static constexpr size_t kFifo = 64;

  void Receive(char c, uint32_t errors = 0) {
    if (received_.size() == kFifo) {
      overrun_ = true;
      return;
    }
    received_.push_back({c, errors});
  }
  // What the wire takes.
  char TransmitOne() {
    const char c = unsent_.front();
    unsent_.pop_front();
    return c;
  }
  bool has_unsent() const { return !unsent_.empty(); }
  // With the trigger levels of UFCON 0x47: any byte; 16 bytes and below.
  uint32_t Levels() const {
    return (received_.empty() ? 0 : kReceiveSource) |
           (unsent_.size() <= 16 && started_ ? kTransmitSource : 0);
  }

 private:
  struct Byte {
    char value;
    uint32_t errors;
  };

  uint32_t DoRead(uint32_t address) override {
    switch (address) {
      case 0x14: {
        const uint32_t errors = received_.empty() ? 0 : received_.front().errors;
        return errors | (std::exchange(overrun_, false) ? 1 : 0);
      }
      case 0x18: {
        const uint32_t in =
            received_.size() == kFifo ? 1 << 6 : static_cast<uint32_t>(received_.size());
        const uint32_t out =
            unsent_.size() == kFifo ? 1 << 14 : static_cast<uint32_t>(unsent_.size()) << 8;
        return in | out;
      }
      case 0x24: {
        EXPECT_FALSE(received_.empty()) << "URXH read without a byte";
        const auto value = static_cast<uint8_t>(received_.empty() ? 0 : received_.front().value);
        if (!received_.empty()) {
          received_.pop_front();
        }
        return value;
      }
      default:
        ADD_FAILURE() << "read of " << address;
        return 0;
    }
  }
  void DoWrite(uint32_t address, uint32_t value) override {
    started_ = started_ || address == 0x04;
    if (address == 0x20) {
      EXPECT_LT(unsent_.size(), kFifo) << "UTXH written while the FIFO is full";
      unsent_.push_back(static_cast<char>(value));
    }
  }
  base::Sum DoReadBlock(uint32_t, base::ByteSpan, size_t) override { return 0; }
  void DoWriteBlock(uint32_t, base::ConstByteSpan) override {}

  std::deque<Byte> received_;
  std::deque<char> unsent_;
  bool overrun_ = false;
  bool started_ = false;
};

class S3c2416UartTest : public testing::Test {
 protected:
  S3c2416UartTest() {
    controller_.levels = [this] { return channel_.Levels(); };
    EXPECT_EQ(uart_.Start(66'666'666, 115'200), Status::kOk);
  }

  // As the core does: as long as something interrupts, at most as often as has a reason.
  void Interrupts() {
    for (int i = 0; controller_.interrupts(); ++i) {
      ASSERT_LT(i, 10) << "an interrupt that does not end";
      told_ |= uart_.OnInterrupt();
    }
  }
  void Receive(std::string_view text) {
    for (const char c : text) {
      channel_.Receive(c);
    }
    Interrupts();
  }
  std::string Read(size_t size = 200) {
    test::ByteVector out(size);
    out.resize(uart_.Read(out));
    return test::ToText(out);
  }
  size_t Write(std::string_view text) {
    const size_t count = uart_.Write(test::ToBytes(text));
    Interrupts();
    return count;
  }
  // What the wire has seen once everything is out.
  std::string Sent() {
    std::string sent;
    while (channel_.has_unsent()) {
      sent += channel_.TransmitOne();
      Interrupts();
    }
    return sent;
  }

  FakeChannel channel_;
  FakeController controller_;
  std::array<std::byte, kRing> receive_ring_;
  std::array<std::byte, kRing> transmit_ring_;
  S3c2416Uart uart_{channel_, controller_, 0, receive_ring_, transmit_ring_};
  bool told_ = false;
};

// 66.67 MHz / 115200 / 16 is 36.17: the divider, and three longer bits of sixteen.
TEST(S3c2416UartStart, SetsDividerThenEnables) {
  test::ScriptedBus bus({test::BusWrite(0x04, 0), test::BusWrite(0x00, 0x03),
                         test::BusWrite(0x0c, 0), test::BusWrite(0x08, 0x47),
                         test::BusWrite(0x28, 35), test::BusWrite(0x2c, 0x0888),
                         test::BusWrite(0x04, 0x305)});
  // UART 1 is sub-sources 3 to 5.
  test::ScriptedBus controller({test::BusRead(0x1c, 0x07), test::BusWrite(0x1c, 0x3f),
                                test::BusWrite(0x18, 0x38), test::BusRead(0x1c, 0x3f),
                                test::BusWrite(0x1c, 0x37)});
  std::array<std::byte, 4> ring;
  S3c2416Uart uart(bus, controller, 3, ring, ring);
  EXPECT_EQ(uart.Start(66'666'666, 115'200), Status::kOk);
}

TEST(S3c2416UartStart, RefusesRatesItCannotMake) {
  test::ScriptedBus bus({});
  test::ScriptedBus controller({});
  std::array<std::byte, 4> ring;
  S3c2416Uart uart(bus, controller, 0, ring, ring);
  EXPECT_EQ(uart.Start(66'666'666, 0), Status::kInvalidArgument);
  EXPECT_EQ(uart.Start(66'666'666, 10'000'000), Status::kInvalidArgument);
  EXPECT_EQ(uart.Start(66'666'666, 60), Status::kInvalidArgument);
}

TEST_F(S3c2416UartTest, ReceivesInOrder) {
  Receive("hello");
  EXPECT_TRUE(told_);
  EXPECT_EQ(Read(2), "he");
  Receive("!");
  EXPECT_EQ(Read(), "llo!");
  EXPECT_EQ(Read(), "");
  EXPECT_EQ(uart_.stats().rx_octets, 6u);
}

TEST_F(S3c2416UartTest, TransmitsInOrder) {
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Write(", world"), 7u);
  EXPECT_EQ(Sent(), "hello, world");
  EXPECT_EQ(uart_.stats().tx_octets, 12u);
  EXPECT_FALSE(told_) << "nothing to read";
}

// The third write finds more than 16 bytes in the FIFO and waits in the ring until they are out.
TEST_F(S3c2416UartTest, RefillsTheFifo) {
  std::string text;
  for (int i = 0; i < 3; ++i) {
    text += "0123456789abcde";
    ASSERT_EQ(Write("0123456789abcde"), 15u) << i;
  }
  EXPECT_EQ(uart_.write_room(), 0u);
  EXPECT_EQ(Sent(), text);
}

TEST_F(S3c2416UartTest, TakesNoMoreThanFits) {
  controller_.levels = [] { return 0u; };
  EXPECT_EQ(uart_.write_room(), kRing - 1);
  EXPECT_EQ(Write("0123456789abcdefghij"), kRing - 1);
  EXPECT_EQ(uart_.write_room(), 0u);
  controller_.levels = [this] { return channel_.Levels(); };
  Interrupts();
  EXPECT_EQ(Sent(), "0123456789abcde");
}

// An empty transmitter would interrupt for ever.
TEST_F(S3c2416UartTest, IsSilentWithNothingToSend) {
  EXPECT_EQ(controller_.mask & kTransmitSource, kTransmitSource);
  ASSERT_EQ(Write("x"), 1u);
  EXPECT_EQ(Sent(), "x");
  EXPECT_EQ(controller_.mask & (kTransmitSource | kErrorSource), kTransmitSource | kErrorSource);
  EXPECT_FALSE(controller_.interrupts());
}

TEST_F(S3c2416UartTest, CountsAnOverrunAndGoesOn) {
  for (int i = 0; i < 65; ++i) {
    channel_.Receive('a');  // the last one is lost
  }
  std::string text;
  for (int i = 0; i < 8; ++i) {
    Interrupts();
    text += Read();
  }
  EXPECT_EQ(text, std::string(64, 'a'));
  EXPECT_EQ(uart_.stats().rx_overruns, 1u);
  Receive("b");
  EXPECT_EQ(Read(), "b");
}

TEST_F(S3c2416UartTest, CountsAndKeepsDamagedBytes) {
  channel_.Receive('a');
  channel_.Receive('?', 0x4);  // framing
  channel_.Receive('b', 0x2);  // parity
  Interrupts();
  EXPECT_EQ(Read(), "a?b");
  EXPECT_EQ(uart_.stats().rx_errors, 2u);
  EXPECT_EQ(uart_.stats().rx_overruns, 0u);
}

TEST_F(S3c2416UartTest, PausesWhenNobodyReads) {
  Receive("0123456789abcdefGH");
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
  EXPECT_EQ(controller_.mask & kReceiveSource, kReceiveSource);
  EXPECT_EQ(Read(), "0123456789abcde");
  Interrupts();
  EXPECT_EQ(Read(), "fGH");
  EXPECT_EQ(uart_.stats().rx_overruns, 0u);
}

TEST_F(S3c2416UartTest, SendsWhileReceptionPauses) {
  Receive("0123456789abcdef");
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Sent(), "hello");
  EXPECT_EQ(uart_.stats().rx_ring_full, 1u);
}

// The handler changes the masks between the main loop's read and write of them.
TEST_F(S3c2416UartTest, SurvivesAnInterruptBetweenReadAndWriteOfTheMasks) {
  Receive("0123456789abcde");
  controller_.before_access = [this] {
    // Reception pauses right after the main loop has read that it runs.
    controller_.before_access = [this] { Receive("f"); };
  };
  EXPECT_EQ(Write("hello"), 5u);
  EXPECT_EQ(Sent(), "hello");
  EXPECT_EQ(Read(), "0123456789abcde");
  Interrupts();
  Receive("g");
  EXPECT_EQ(Read(), "fg");
}

}  // namespace
}  // namespace drivers
