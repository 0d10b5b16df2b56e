// A DM9000A driver on the model of its chip, with the link up.
#pragma once

#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/dm9000a/dm9000a.h"
#include "drivers/index_data_bus.h"
#include "tests/support/dm9000a_model.h"
#include "tests/support/fields_printer.h"
#include "tests/support/test_pools.h"
#include "tests/support/vboard/manual_clock.h"
#include "tests/support/vboard/violations.h"

namespace drivers {

inline constexpr base::MacAddress kOwn{{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30}};

// The ports of the model, each access a bus cycle long.
class ModelBus final : public IndexDataBus {
 public:
  ModelBus(test::Dm9000aModel& chip, test::ManualClock& clock, Width width)
      : IndexDataBus(width), chip_(chip), clock_(clock) {}

  // Of index and data port, to see that a driver leaves the chip alone.
  uint32_t accesses() const { return accesses_; }

 private:
  void DoWriteIndex(uint8_t index) override {
    Pass();
    chip_.WriteIndex(index);
  }
  uint16_t DoReadData() override {
    Pass();
    return chip_.ReadData(static_cast<uint32_t>(step()));
  }
  void DoWriteData(uint16_t value) override {
    Pass();
    chip_.WriteData(static_cast<uint32_t>(step()), value);
  }
  base::Sum DoReadBlock(base::ByteSpan data, size_t unsummed) override {
    CheckBlock(data);
    EXPECT_EQ(unsummed % step(), 0u);
    for (size_t i = 0; i < data.size(); i += step()) {
      const uint16_t value = DoReadData();
      std::memcpy(&data[i], &value, step());
    }
    return base::SumBytes(data.subspan(unsummed));
  }
  void DoWriteBlock(base::ConstByteSpan data) override {
    CheckBlock(data);
    for (size_t i = 0; i < data.size(); i += step()) {
      uint16_t value = 0;
      std::memcpy(&value, &data[i], step());
      DoWriteData(value);
    }
  }
  void CheckBlock(base::ConstByteSpan data) const {
    EXPECT_EQ(data.size() % step(), 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(data.data()) % step(), 0u);
  }
  void Pass() {
    ++accesses_;
    clock_.Pass(120 * (test::kMicrosecond / 1000));
  }

  test::Dm9000aModel& chip_;
  test::ManualClock& clock_;
  uint32_t accesses_ = 0;
};

class Dm9000aFixture : public testing::Test {
 protected:
  explicit Dm9000aFixture(const test::Dm9000aOptions& options = {})
      : chip_(clock_, violations_, options),
        bus_(chip_, clock_,
             options.bus_bytes == 2 ? IndexDataBus::Width::k16 : IndexDataBus::Width::k8),
        mac_(bus_, pools_.pools()) {}
  ~Dm9000aFixture() override { EXPECT_THAT(violations_.texts(), testing::IsEmpty()); }

  base::Instant Now() const { return base::FromMicroseconds(clock_.now() / test::kMicrosecond); }

  // Starts the driver and lets the PHY negotiate.
  void Start() {
    chip_.PlugIn({});
    ASSERT_EQ(mac_.Start(kOwn), base::Status::kOk);
    Run(std::chrono::seconds(3));
    ASSERT_TRUE(mac_.link().is_up());
  }

  // Polls whenever the driver asked for it until `duration` has passed.
  void Run(base::Duration duration) {
    const base::Instant end = Now() + duration;
    for (int polls = 0; polls < 10'000; ++polls) {
      const base::Instant next = mac_.Poll(Now());
      if (next >= end) {
        break;
      }
      PassTo(next);
    }
    PassTo(end);
  }
  void PassTo(base::Instant instant) {
    if (instant > Now()) {
      clock_.Pass((instant - Now()).count() * test::kMicrosecond);
    }
    chip_.Advance();
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

  // The next frame is `expected`, aligned and summed.
  void ExpectReceived(const test::ByteVector& expected) {
    auto frame = mac_.Receive();
    ASSERT_TRUE(frame.has_value());
    EXPECT_THAT(frame->bytes(), testing::ElementsAreArray(expected));
    EXPECT_GE(frame->headroom(), stack::EthernetDriver::kReceiveHeadroom);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->data() + 14) % 4, 0u);
    ASSERT_TRUE(frame->has_sum());
    EXPECT_EQ(frame->sum(), base::SumBytes(base::ConstByteSpan(expected).subspan(14)));
  }
  // As the main loop: rounds until there is no work left.
  bool FallAsleep() {
    for (int rounds = 0; rounds < 4; ++rounds) {
      mac_.Poll(Now());
      if (mac_.ArmInterrupt()) {
        return true;
      }
    }
    return false;
  }
  void ExpectNothing() { EXPECT_EQ(mac_.Receive().error(), base::Status::kUnavailable); }

  test::ManualClock clock_;
  test::Violations violations_;
  test::TestPools pools_;
  test::Dm9000aModel chip_;
  ModelBus bus_;
  Dm9000a mac_;
};

}  // namespace drivers
