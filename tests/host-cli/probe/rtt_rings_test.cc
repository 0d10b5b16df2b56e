// The host's ends of the rings against the agent's.
#include "host-cli/probe/rtt_rings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/probe/rtt_search.h"
#include "protocol/repeatable_random.h"
#include "tests/host-cli/probe/rtt_target.h"
#include "tests/support/bytes.h"

namespace netctl {
namespace {

using test::RttTarget;
using testing::HasSubstr;
using Kind = MemoryError::Kind;

std::vector<std::byte> RandomBytes(protocol::RepeatableRandom& random, size_t size) {
  std::vector<std::byte> bytes(size);
  random.Fill(bytes);
  return bytes;
}

class Rings : public testing::Test {
 protected:
  void SetUp() override {
    target_.StartAgent();
    ASSERT_EQ(rings_.Attach(target_.address()), std::string());
  }
  // What the agent wrote, read until nothing is left.
  std::vector<std::byte> ReadAll() {
    std::vector<std::byte> got;
    for (int i = 0; i < 100; ++i) {
      const auto moved = rings_.Exchange({}, got);
      EXPECT_TRUE(moved && !moved->stale);
      if (!moved || !moved->more) {
        return got;
      }
    }
    ADD_FAILURE() << "the rings never become empty";
    return got;
  }
  std::string AttachError() { return rings_.Attach(target_.address()).value_or("unreachable"); }

  RttTarget target_;
  RttRings rings_{target_};
};

TEST_F(Rings, CarryBytesBothWaysAndAroundTheEnd) {
  protocol::RepeatableRandom random(1);
  for (int round = 0; round < 400; ++round) {
    const auto to_target = RandomBytes(random, 1 + random.Below(900));
    const auto from_target = RandomBytes(random, 1 + random.Below(900));
    ASSERT_EQ(target_.agent().Write(from_target), from_target.size());
    std::vector<std::byte> got;
    const auto moved = rings_.Exchange(to_target, got);
    ASSERT_TRUE(moved);
    ASSERT_EQ(moved->taken, to_target.size());
    std::vector<std::byte> heard(2000);
    heard.resize(target_.agent().Read(heard));
    EXPECT_EQ(heard, to_target) << "round " << round;
    const auto rest = ReadAll();
    got.insert(got.end(), rest.begin(), rest.end());
    EXPECT_EQ(got, from_target) << "round " << round;
  }
}

TEST_F(Rings, TakeWhatFitsAndNoMore) {
  const std::vector<std::byte> data(sizeof(agent::RttMemory::frames_down) + 100, std::byte{7});
  std::vector<std::byte> got;
  EXPECT_EQ(rings_.Exchange(data, got)->taken, sizeof(agent::RttMemory::frames_down) - 1);
  EXPECT_EQ(rings_.Exchange(data, got)->taken, 0u);
  std::vector<std::byte> heard(100);
  EXPECT_EQ(target_.agent().Read(heard), 100u);
  // The room is known with the next exchange, and used with the one after it.
  EXPECT_EQ(rings_.Exchange(data, got)->taken, 0u);
  EXPECT_EQ(rings_.Exchange(data, got)->taken, 100u);
}

TEST_F(Rings, APollIsOneBatch) {
  const size_t before = target_.batches();
  std::vector<std::byte> got;
  ASSERT_TRUE(rings_.Exchange(test::ToBytes({0x01, 0x02}), got));
  EXPECT_EQ(target_.batches(), before + 1);
}

TEST_F(Rings, ABigStreamIsReadInBigPieces) {
  protocol::RepeatableRandom random(2);
  const size_t before = target_.batches();
  size_t moved_bytes = 0;
  std::vector<std::byte> got;
  while (moved_bytes < 100'000) {
    moved_bytes += target_.agent().Write(RandomBytes(random, 4000));
    ASSERT_TRUE(rings_.Exchange({}, got));
  }
  EXPECT_LT(target_.batches() - before, 80u);
}

TEST_F(Rings, ATargetThatRestartsWarmGoesOn) {
  ASSERT_EQ(target_.agent().Write(test::ToBytes({0x01, 0x02, 0x03})), 3u);
  target_.StartAgent();
  EXPECT_EQ(ReadAll(), test::ToBytes({0x01, 0x02, 0x03}));
}

TEST_F(Rings, ATargetThatRestartsColdIsNoticed) {
  std::vector<std::byte> got;
  ASSERT_EQ(target_.agent().Write(test::ToBytes({0x01, 0x02, 0x03})), 3u);
  EXPECT_EQ(ReadAll().size(), 3u);
  target_.rtt() = {};
  target_.StartAgent();
  const auto moved = rings_.Exchange(test::ToBytes({0x04}), got);
  ASSERT_TRUE(moved);
  EXPECT_TRUE(moved->stale);
  EXPECT_EQ(AttachError(), "");
}

TEST_F(Rings, AnotherHostOnTheSameRingsIsNoticed) {
  RttRings other(target_);
  ASSERT_EQ(other.Attach(target_.address()), std::string());
  std::vector<std::byte> got;
  ASSERT_TRUE(other.Exchange(test::ToBytes({0xaa, 0xbb}), got));
  EXPECT_TRUE(rings_.Exchange({}, got)->stale);
}

TEST_F(Rings, AnOffsetOutsideIsNotFollowed) {
  target_.rtt().control.up[protocol::kRttFrames].write_offset = 0x7fff'ffff;
  std::vector<std::byte> got;
  EXPECT_TRUE(rings_.Exchange({}, got)->stale);
  EXPECT_EQ(got.size(), 0u);
  EXPECT_THAT(AttachError(), HasSubstr("its up ring of 4096 bytes has offsets 2147483647 and 0"));
}

TEST_F(Rings, EveryBrokenMemberOfTheBlockIsNamed) {
  const auto with = [this](auto&& damage) {
    const protocol::RttControlBlock good = target_.rtt().control;
    damage(target_.rtt().control);
    const std::string error = AttachError();
    target_.rtt().control = good;
    return error;
  };
  EXPECT_EQ(with([](auto& block) { block.id[3] ^= 1; }), "there is none");
  EXPECT_THAT(with([](auto& block) { block.up_rings = 1; }), HasSubstr("1 up and 2 down rings"));
  EXPECT_THAT(with([](auto& block) { block.down_rings = 1; }), HasSubstr("2 up and 1 down"));
  EXPECT_THAT(with([](auto& block) { block.up_rings = 17; }), HasSubstr("17 up"));
  EXPECT_THAT(with([](auto& block) { block.up[1].size = 5; }), HasSubstr("up ring has 5 bytes"));
  EXPECT_THAT(with([](auto& block) { block.down[1].size = 2 << 20; }), HasSubstr("down ring has"));
  EXPECT_THAT(with([](auto& block) { block.down[1].buffer = 0; }), HasSubstr("at 0x00000000"));
  EXPECT_THAT(with([](auto& block) { block.down[1].read_offset = block.down[1].size; }),
              HasSubstr("down ring of"));
  EXPECT_THAT(with([this](auto& block) { block.up[1].name = target_.rtt().control.up[0].name; }),
              HasSubstr("named 'Termina"));
  EXPECT_THAT(with([](auto& block) { block.up[1].name = 0x10; }),
              HasSubstr("not the netctl agent"));
  EXPECT_EQ(AttachError(), "");
}

TEST(RttSearch, LooksAtKnownAddressesThenAtRam) {
  RttTarget target(8192);
  target.StartAgent();
  const uint32_t wrong = target.begin() & ~15u;
  RttSearch search({wrong, 0x10}, {{.begin = wrong, .size = 64 * 1024}});
  std::optional<uint32_t> found;
  for (int i = 0; i < 8 && !found; ++i) {
    const auto step = search.Step(target);
    ASSERT_TRUE(step);
    found = *step;
  }
  EXPECT_EQ(found, target.address());
  EXPECT_EQ(search.rounds(), 0u);
}

TEST(RttSearch, RamEndsWhereItFaultsAndTheRoundsAreCounted) {
  RttTarget target(8192);  // no agent: no id
  RttSearch search({}, {{.begin = 0x10, .size = 4096}, {.begin = target.begin(), .size = 1 << 20}});
  for (int i = 0; i < 20 && search.rounds() < 2; ++i) {
    const auto step = search.Step(target);
    ASSERT_TRUE(step);
    EXPECT_EQ(*step, std::nullopt);
  }
  EXPECT_EQ(search.rounds(), 2u);
}

TEST(RttSearch, AStaleIdDoesNotHideTheRightOne) {
  RttTarget target(8192);
  target.StartAgent();
  // A copy of the id in front of the real block.
  const auto& id = target.rtt().control.id;
  const uint32_t stale = target.address() - 4096;
  ASSERT_TRUE(target.Write(stale, std::as_bytes(std::span(id))));
  RttSearch search({}, {{.begin = target.address() - 8192 + 16, .size = 32 * 1024}});
  std::vector<uint32_t> found;
  for (int i = 0; i < 20 && found.size() < 2; ++i) {
    if (const auto step = search.Step(target); step && *step) {
      found.push_back(**step);
    }
  }
  EXPECT_THAT(found, testing::ElementsAre(stale, target.address()));
}

TEST(RttSearch, AnUnreachableTargetIsAnErrorNotAnEmptyRam) {
  RttTarget target;
  target.FailWith(Kind::kUnreachable);
  RttSearch search({target.address()}, {});
  const auto step = search.Step(target);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().kind, Kind::kUnreachable);
}

}  // namespace
}  // namespace netctl
