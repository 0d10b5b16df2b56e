// The DM9000A model on a clock of its own, and the sequences of the datasheet around it.
#pragma once

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dm9000a_model.h"
#include "tests/support/vboard/manual_clock.h"

namespace test {

class Dm9000aModelTest : public testing::Test {
 protected:
  static inline const ByteVector kOwn = ToBytes({0x02, 0x00, 0x5e, 0x10, 0x20, 0x30});
  static inline const ByteVector kBroadcast = ByteVector(6, std::byte{0xff});

  static ByteVector Frame(size_t size, const ByteVector& to = kOwn) {
    ByteVector frame = Pattern(size);
    std::ranges::copy(to, frame.begin());
    return frame;
  }

  explicit Dm9000aModelTest(const Dm9000aOptions& options = {}) : options_(options) {}

  uint8_t Read(uint8_t address) {
    Tick();
    chip_.WriteIndex(address);
    Tick();
    return static_cast<uint8_t>(chip_.ReadData(1));
  }
  void Write(uint8_t address, uint8_t value) {
    Tick();
    chip_.WriteIndex(address);
    Tick();
    chip_.WriteData(1, value);
  }
  void Tick() { clock_.Pass(100'000); }

  uint16_t ReadPhy(uint8_t reg) {
    Write(dm9000a_model::kEpar, static_cast<uint8_t>(0x40 | reg));
    Write(dm9000a_model::kEpcr, dm9000a_model::kEpcrPhy | dm9000a_model::kEpcrRead);
    WaitForPhy();
    const auto low = Read(dm9000a_model::kEpdrl);
    return static_cast<uint16_t>(low | Read(dm9000a_model::kEpdrh) << 8);
  }
  void WritePhy(uint8_t reg, uint16_t value) {
    Write(dm9000a_model::kEpar, static_cast<uint8_t>(0x40 | reg));
    Write(dm9000a_model::kEpdrl, static_cast<uint8_t>(value));
    Write(dm9000a_model::kEpdrh, static_cast<uint8_t>(value >> 8));
    Write(dm9000a_model::kEpcr, dm9000a_model::kEpcrPhy | dm9000a_model::kEpcrWrite);
    WaitForPhy();
  }
  void WaitForPhy() {
    for (int i = 0; i < 1000 && (Read(dm9000a_model::kEpcr) & dm9000a_model::kEpcrBusy) != 0; ++i) {
    }
    Write(dm9000a_model::kEpcr, 0);
  }

  // As a driver starts the chip, with the link up.
  void Start() {
    chip_.PlugIn({});
    Write(dm9000a_model::kGpr, 0);
    clock_.Pass(kMillisecond);
    Write(dm9000a_model::kNcr, dm9000a_model::kNcrReset);
    clock_.Pass(Dm9000aModel::kResetTime);
    clock_.Pass(3000 * kMillisecond);
    for (uint8_t i = 0; i < 6; ++i) {
      Write(static_cast<uint8_t>(dm9000a_model::kPar + i), std::to_integer<uint8_t>(kOwn[i]));
    }
    for (uint8_t i = 0; i < 8; ++i) {
      Write(static_cast<uint8_t>(dm9000a_model::kMar + i), i == 7 ? 0x80 : 0);
    }
    Read(dm9000a_model::kNsr);
    Write(dm9000a_model::kIsr, dm9000a_model::kIsrEvents);
    Write(dm9000a_model::kImr,
          dm9000a_model::kImrWrap | dm9000a_model::kIsrReceived | dm9000a_model::kIsrSent);
    Write(dm9000a_model::kRcr,
          dm9000a_model::kRcrEnable | dm9000a_model::kRcrNoLong | dm9000a_model::kRcrNoBadCrc);
  }

  // What MRCMDX gives when read twice behind a write of the index.
  uint8_t ReadyByte() {
    Read(dm9000a_model::kMrcmdx);
    Tick();
    return static_cast<uint8_t>(chip_.ReadData(1));
  }
  ByteVector ReadMemory(size_t size) {
    chip_.WriteIndex(dm9000a_model::kMrcmd);
    ByteVector bytes;
    while (bytes.size() < size) {
      Tick();
      const uint16_t value = chip_.ReadData(options_.bus_bytes);
      bytes.push_back(static_cast<std::byte>(value));
      if (options_.bus_bytes == 2) {
        bytes.push_back(static_cast<std::byte>(value >> 8));
      }
    }
    return bytes;
  }
  void WriteMemory(const ByteVector& bytes) {
    chip_.WriteIndex(dm9000a_model::kMwcmd);
    for (size_t i = 0; i < bytes.size(); i += options_.bus_bytes) {
      Tick();
      auto value = std::to_integer<uint16_t>(bytes[i]);
      if (options_.bus_bytes == 2 && i + 1 < bytes.size()) {
        value = static_cast<uint16_t>(value | std::to_integer<uint16_t>(bytes[i + 1]) << 8);
      }
      chip_.WriteData(options_.bus_bytes, value);
    }
  }
  void Request(size_t size) {
    Write(dm9000a_model::kTxpll, static_cast<uint8_t>(size));
    Write(dm9000a_model::kTxplh, static_cast<uint8_t>(size >> 8));
    Write(dm9000a_model::kTcr, dm9000a_model::kTcrRequest);
  }
  void ExpectViolation(const char* text) {
    EXPECT_THAT(violations_.texts(), testing::ElementsAre(testing::HasSubstr(text)));
    violations_.Clear();
  }
  void ExpectNone() { EXPECT_THAT(violations_.texts(), testing::IsEmpty()); }

  Dm9000aOptions options_;
  ManualClock clock_;
  Violations violations_;
  Dm9000aModel chip_{clock_, violations_, options_};
};

}  // namespace test
