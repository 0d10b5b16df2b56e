#include "host-cli/probe/probe_memory.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "host-cli/interrupt.h"
#include "tests/host-cli/probe/fake_probe.h"

namespace netctl {
namespace {

using test::FakeProbe;
using Kind = MemoryError::Kind;

constexpr uint32_t kRam = FakeProbe::kRam;

MemoryResult<std::unique_ptr<ProbeMemory>> Connect(FakeProbe& probe,
                                                   const ProbeOptions& options = {}) {
  return ProbeMemory::Connect(probe.Transport(), options, {.selector = "0d28:0204:1234"});
}

std::vector<std::byte> Pattern(size_t size, uint32_t seed = 1) {
  std::vector<std::byte> bytes(size);
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>((i * 7 + (i >> 8) + seed) & 0xff);
  }
  return bytes;
}

std::vector<std::byte> ReadBytes(ProbeMemory& memory, uint32_t address, size_t size) {
  std::vector<std::byte> bytes(size);
  const auto read = memory.Read(address, bytes);
  EXPECT_TRUE(read) << read.error().error.message;
  return bytes;
}

std::vector<std::byte> InRam(const FakeProbe& probe, uint32_t address, size_t size) {
  const auto begin = probe.ram.begin() + (address - kRam);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

TEST(ProbeMemory, ConnectsAndLetsGo) {
  FakeProbe probe;
  {
    const auto memory = Connect(probe, {.selector = {}, .clock_hz = 2'500'000}).value();
    EXPECT_EQ(memory->describe(), "probe 1234 (CMSIS-DAP, SWD 2.5 MHz)");
    EXPECT_EQ(memory->facts()["idcode"], "0x2ba01477");
    EXPECT_EQ(memory->facts()["probe"], "0d28:0204:1234");
    EXPECT_EQ(probe.clock, 2'500'000U);
    EXPECT_TRUE(probe.lamp);
  }
  EXPECT_FALSE(probe.connected);
  EXPECT_FALSE(probe.lamp);
  EXPECT_FALSE(probe.halted || probe.debug_enabled);
}

TEST(ProbeMemory, SmallBatchIsOneCommand) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  std::array<std::byte, 8> offsets = {};
  std::array<std::byte, 40> ring = {};
  const auto data = Pattern(100);
  const auto word = Pattern(4);
  const std::array batch = {MemoryAccess{.address = kRam + 0x40, .out = offsets},
                            MemoryAccess{.address = kRam + 0x80, .out = ring},
                            MemoryAccess{.address = kRam + 0x100, .data = data},
                            MemoryAccess{.address = kRam + 0x44, .data = word}};
  const size_t before = probe.commands;
  ASSERT_TRUE(memory->Run(batch));
  EXPECT_EQ(probe.commands - before, 1U);
  EXPECT_EQ(InRam(probe, kRam + 0x100, 100), data);
  EXPECT_EQ(InRam(probe, kRam + 0x44, 4), word);
}

class PacketLimits : public testing::TestWithParam<std::tuple<uint16_t, uint8_t>> {};
INSTANTIATE_TEST_SUITE_P(Probes, PacketLimits,
                         testing::Combine(testing::Values(64, 512, 1024),
                                          testing::Values(1, 2, 8)));

TEST_P(PacketLimits, LongTransfersStayWithinThem) {
  FakeProbe probe;
  std::tie(probe.packet_size, probe.packet_count) = GetParam();
  const auto memory = Connect(probe).value();
  const auto data = Pattern(12'003);
  ASSERT_TRUE(memory->Write(kRam + 1001, data));
  EXPECT_EQ(InRam(probe, kRam + 1001, data.size()), data);
  EXPECT_EQ(ReadBytes(*memory, kRam + 1001, data.size()), data);
  EXPECT_EQ(probe.most_in_flight, probe.packet_count);
}

TEST(ProbeMemory, AnyAddressAndSizeIsAsInAnArray) {
  EXPECT_TRUE(rc::check("accesses", [] {
    FakeProbe probe;
    probe.packet_size = *rc::gen::element<uint16_t>(64, 512);
    const auto memory = Connect(probe).value();
    std::vector<std::byte> expected = probe.ram;
    const auto steps = *rc::gen::container<std::vector<std::tuple<bool, uint16_t, uint16_t>>>(
        rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange<uint16_t>(0, 4096),
                       rc::gen::inRange<uint16_t>(0, 300)));
    std::vector<std::vector<std::byte>> buffers;
    std::vector<std::vector<std::byte>> wanted;
    std::vector<MemoryAccess> batch;
    for (const auto& [write, offset, size] : steps) {
      buffers.push_back(write ? Pattern(size, offset) : std::vector<std::byte>(size));
      const auto place = expected.begin() + offset;
      if (write) {
        std::ranges::copy(buffers.back(), place);
      }
      wanted.emplace_back(place, place + size);
    }
    for (size_t i = 0; i < steps.size(); ++i) {
      const auto& [write, offset, size] = steps[i];
      MemoryAccess access{.address = kRam + offset};
      (write ? access.data : access.out) = {};
      if (write) {
        access.data = buffers[i];
      } else {
        access.out = buffers[i];
      }
      batch.push_back(access);
    }
    RC_ASSERT(memory->Run(batch).has_value());
    RC_ASSERT(probe.ram == expected);
    RC_ASSERT(buffers == wanted);
  }));
}

TEST(ProbeMemory, AddressIsSetAgainAtEachKibibyte) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  const auto data = Pattern(16);
  ASSERT_TRUE(memory->Write(kRam + 0x3f8, data));
  EXPECT_EQ(InRam(probe, kRam + 0x3f8, 16), data);
  EXPECT_EQ(ReadBytes(*memory, kRam + 0x3f8, 16), data);
}

TEST(ProbeMemory, WriteTouchesNoNeighbour) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  ASSERT_TRUE(memory->Write(kRam + 1, Pattern(1, 0x11)));
  ASSERT_TRUE(memory->Write(kRam + 6, Pattern(2, 0x22)));
  const auto seen = InRam(probe, kRam, 9);
  const std::array<uint8_t, 9> expected = {0, 0x11, 0, 0, 0, 0, 0x22, 0x29, 0};
  EXPECT_TRUE(std::ranges::equal(seen, std::as_bytes(std::span(expected))));
}

TEST(ProbeMemory, FaultNamesTheAddressAndTheConnectionStands) {
  FakeProbe probe;
  probe.bad_words = {kRam + 0x208};
  const auto memory = Connect(probe).value();
  const size_t resets = probe.line_resets;
  std::array<std::byte, 4> ring = {};
  std::array<std::byte, 64> bytes = {};
  const auto read = memory->Run(std::array{MemoryAccess{.address = kRam, .out = ring},
                                           MemoryAccess{.address = kRam + 0x200, .out = bytes}});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::kFault);
  EXPECT_EQ(read.error().error.message, "the target's bus refused the access to 0x20000208");
  const auto written = memory->Write(kRam + 0x208, Pattern(4));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Kind::kFault);
  EXPECT_EQ(ReadBytes(*memory, kRam, 4), InRam(probe, kRam, 4));
  EXPECT_EQ(probe.line_resets, resets);
}

TEST(ProbeMemory, RangeBeyondTheAddressSpaceIsAFault) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  std::array<std::byte, 8> bytes = {};
  const size_t before = probe.commands;
  const auto read = memory->Read(0xffff'fffc, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::kFault);
  EXPECT_EQ(probe.commands, before);
}

class Disturbance : public testing::TestWithParam<uint8_t> {};
INSTANTIATE_TEST_SUITE_P(Acknowledges, Disturbance,
                         testing::Values(test::kAckWait, test::kAckFault, test::kAckNone,
                                         test::kAckParity, 0, 3, 5, 6));

// The whole transfer is right whichever of its transfers was hit; the next ones are in flight then.
TEST_P(Disturbance, IsRepairedWithoutATrace) {
  for (size_t hit = 0; hit < 90; ++hit) {
    SCOPED_TRACE(hit);
    FakeProbe probe;
    probe.packet_size = 64;
    const auto memory = Connect(probe).value();
    const auto data = Pattern(150);
    probe.AnswerTransfers(hit, 1, GetParam());
    ASSERT_TRUE(memory->Write(kRam + 0x301, data));
    EXPECT_EQ(InRam(probe, kRam + 0x301, data.size()), data);
    probe.AnswerTransfers(hit, 1, GetParam());
    EXPECT_EQ(ReadBytes(*memory, kRam + 0x301, data.size()), data);
  }
}

// The target takes data as soon as the offset behind them has moved.
TEST_P(Disturbance, OffsetNeverMovesBeforeItsData) {
  for (size_t hit = 0; hit < 90; ++hit) {
    SCOPED_TRACE(hit);
    FakeProbe probe;
    probe.packet_size = 64;
    const auto memory = Connect(probe).value();
    const auto data = Pattern(150, 3);
    const auto offset = Pattern(4, 9);
    probe.on_write = [&] {
      if (InRam(probe, kRam, 4) == offset) {
        EXPECT_EQ(InRam(probe, kRam + 0x100, data.size()), data);
      }
    };
    probe.AnswerTransfers(hit, 1, GetParam());
    ASSERT_TRUE(memory->Run(std::array{MemoryAccess{.address = kRam + 0x100, .data = data},
                                       MemoryAccess{.address = kRam, .data = offset}}));
    EXPECT_EQ(InRam(probe, kRam, 4), offset);
  }
}

TEST(ProbeMemory, NoisyWiresOnlyTakeShorterPackets) {
  FakeProbe probe;
  probe.packet_size = 1024;
  const auto memory = Connect(probe).value();
  probe.DisturbEach(47, test::kAckParity);
  const auto data = Pattern(6000);
  ASSERT_TRUE(memory->Write(kRam + 2, data));
  EXPECT_EQ(InRam(probe, kRam + 2, data.size()), data);
  EXPECT_EQ(ReadBytes(*memory, kRam + 2, data.size()), data);
}

TEST(ProbeMemory, WaitForGoodGivesTheAccessUp) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  probe.AnswerTransfers(0, 100'000, test::kAckWait);
  std::array<std::byte, 4> bytes = {};
  const auto read = memory->Read(kRam, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::kUnreachable);
  EXPECT_EQ(read.error().error.message, "the target stays busy (WAIT on SWD)");
  EXPECT_GT(probe.aborted_accesses, 0U);
  probe.ForgetFaults();
  EXPECT_TRUE(memory->Read(kRam, bytes));
}

TEST(ProbeMemory, TargetWithoutPowerComesBack) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  probe.target_powered = false;
  std::array<std::byte, 4> bytes = {};
  const auto read = memory->Read(kRam, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::kUnreachable);
  EXPECT_EQ(read.error().error.message, "the target does not answer on SWD");
  probe.target_powered = true;
  EXPECT_TRUE(memory->Read(kRam, bytes));
}

TEST(ProbeMemory, AnotherTargetIsNotTakenForTheFirst) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  probe.target_powered = false;
  std::array<std::byte, 4> bytes = {};
  ASSERT_FALSE(memory->Read(kRam, bytes));
  probe.target_powered = true;
  probe.idcode = 0x0bb1'1477;
  const auto read = memory->Read(kRam, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::kLost);
}

TEST(ProbeMemory, OtherIdcode) {
  FakeProbe probe;
  const auto memory = Connect(probe, {.selector = {}, .idcode = 0x0bb1'1477});
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().error.message,
            "the target's DPIDR is 0x2ba01477, expected was 0x0bb11477");
}

TEST(ProbeMemory, ConnectNeedsPowerAndAnOpenAccessPort) {
  for (const auto& [spoil, message] : std::vector<std::pair<void (*)(FakeProbe&), std::string>>{
           {[](FakeProbe& probe) { probe.target_powered = false; },
            "the target does not answer on SWD"},
           {[](FakeProbe& probe) { probe.power_up_works = false; },
            "the target does not switch its debug power on"},
           {[](FakeProbe& probe) { probe.ap_idr = 0; },
            "the target's access port does not answer: it may be locked"},
           {[](FakeProbe& probe) { probe.ap_idr = 0x1276'0010; },
            "access port 0 (IDR 0x12760010) does not lead to memory"},
           {[](FakeProbe& probe) { probe.capabilities = 2; }, "the probe cannot do SWD"}}) {
    FakeProbe probe;
    spoil(probe);
    const auto memory = Connect(probe);
    ASSERT_FALSE(memory);
    EXPECT_EQ(memory.error().error.message, message);
    EXPECT_EQ(memory.error().error.code, ExitCode::kChannel);
  }
}

TEST(ProbeMemory, UnpluggedAtAnyCommandIsLostForGood) {
  FakeProbe whole;
  ASSERT_TRUE(Connect(whole).value()->Write(kRam, Pattern(3000)));
  for (size_t after = 0; after < whole.commands; ++after) {
    SCOPED_TRACE(after);
    FakeProbe probe;
    probe.unplug_after = after;
    const auto memory = Connect(probe);
    if (!memory) {
      EXPECT_EQ(memory.error().kind, Kind::kLost);
      continue;
    }
    const auto written = (*memory)->Write(kRam, Pattern(3000));
    // The last commands are those that let go.
    if (after + 2 < whole.commands) {
      ASSERT_FALSE(written);
      EXPECT_EQ(written.error().kind, Kind::kLost);
      const auto again = (*memory)->Write(kRam, Pattern(1));
      ASSERT_FALSE(again);
      EXPECT_EQ(again.error().kind, Kind::kLost);
    }
  }
}

// Every reply, cut at every length: never read beyond its end, never believed.
TEST(ProbeMemory, ShortReplyIsNeverBelieved) {
  const auto session = [](FakeProbe& probe) -> MemoryResult<std::vector<std::byte>> {
    const auto memory = Connect(probe);
    if (!memory) {
      return std::unexpected(memory.error());
    }
    std::vector<std::byte> bytes(50);
    const auto read = (*memory)->Read(kRam + 3, bytes);
    return read ? MemoryResult<std::vector<std::byte>>(bytes) : std::unexpected(read.error());
  };
  std::vector<size_t> sizes;
  FakeProbe whole;
  whole.on_reply = [&](std::vector<std::byte>& reply) { sizes.push_back(reply.size()); };
  ASSERT_TRUE(session(whole));
  for (size_t cut = 0; cut + 2 < sizes.size(); ++cut) {
    for (size_t length = 0; length < sizes[cut]; ++length) {
      SCOPED_TRACE(fmt::format("reply {}, {} of {} bytes", cut, length, sizes[cut]));
      FakeProbe probe;
      size_t number = 0;
      probe.on_reply = [&](std::vector<std::byte>& reply) {
        if (number++ == cut) {
          reply.resize(length);
          reply.shrink_to_fit();
        }
      };
      const auto result = session(probe);
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind, Kind::kLost);
    }
  }
}

TEST(ProbeMemory, ReplyOfAnotherCommandIsNeverBelieved) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  probe.on_reply = [](std::vector<std::byte>& reply) { reply[0] = std::byte{0xff}; };
  const auto written = memory->Write(kRam, Pattern(4));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Kind::kLost);
}

TEST(ProbeMemory, OkForFewerTransfersIsNeverBelieved) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  probe.on_reply = [](std::vector<std::byte>& reply) { reply[1] = std::byte{1}; };
  const auto written = memory->Write(kRam, Pattern(8));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Kind::kLost);
}

TEST(ProbeMemory, SignalEndsTheRetries) {
  FakeProbe probe;
  const auto memory = Connect(probe).value();
  HandleInterrupts();
  SimulateInterrupt(SIGINT);
  probe.target_powered = false;
  const size_t before = probe.line_resets;
  std::array<std::byte, 4> bytes = {};
  const auto read = memory->Read(kRam, bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().error.code, ExitCode::kInterrupted);
  EXPECT_EQ(probe.line_resets, before + 1);
  // What is short still gets through: the board may have to be told.
  probe.target_powered = true;
  EXPECT_TRUE(memory->Read(kRam, bytes));
  SimulateInterrupt(0);
}

TEST(ProbeReset, RunsWithoutTouchingTheDebuggersBits) {
  for (const bool enabled : {false, true}) {
    FakeProbe probe;
    probe.debug_enabled = enabled;
    probe.demcr_others = 0x0100'0000;
    const auto memory = Connect(probe).value();
    ASSERT_TRUE(memory->Reset(ResetKind::kRun));
    EXPECT_EQ(probe.resets, 1U);
    EXPECT_FALSE(probe.halted);
    EXPECT_EQ(probe.debug_enabled, enabled);
    EXPECT_EQ(probe.demcr_others, 0x0100'0000U);
  }
}

TEST(ProbeReset, RunsACoreThatWasHalted) {
  FakeProbe probe;
  probe.debug_enabled = true;
  probe.halted = true;
  probe.catch_reset = true;
  const auto memory = Connect(probe).value();
  ASSERT_TRUE(memory->Reset(ResetKind::kRun));
  EXPECT_FALSE(probe.halted);
  EXPECT_TRUE(probe.debug_enabled);
  EXPECT_FALSE(probe.catch_reset);
}

TEST(ProbeReset, HaltStopsAtTheFirstInstruction) {
  FakeProbe probe;
  {
    const auto memory = Connect(probe).value();
    ASSERT_TRUE(memory->Reset(ResetKind::kHalt));
  }
  EXPECT_EQ(probe.resets, 1U);
  EXPECT_TRUE(probe.halted);
  EXPECT_TRUE(probe.debug_enabled);
  EXPECT_FALSE(probe.catch_reset);
}

TEST(ProbeReset, ComesBackWhenTheDebugPortWasResetToo) {
  FakeProbe probe;
  probe.reset_takes_port = true;
  const auto memory = Connect(probe).value();
  ASSERT_TRUE(memory->Reset(ResetKind::kRun));
  EXPECT_EQ(probe.resets, 1U);
  const auto data = Pattern(8);
  ASSERT_TRUE(memory->Write(kRam + 3, data));
  EXPECT_EQ(InRam(probe, kRam + 3, 8), data);
}

TEST(ProbeReset, OneThatDoesNotHappenIsAnError) {
  FakeProbe probe;
  probe.reset_works = false;
  const auto memory = Connect(probe).value();
  const auto reset = memory->Reset(ResetKind::kRun);
  ASSERT_FALSE(reset);
  EXPECT_EQ(reset.error().kind, Kind::kUnreachable);
}

}  // namespace
}  // namespace netctl
