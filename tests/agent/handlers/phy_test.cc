#include <gtest/gtest.h>

#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

using base::Status;

TEST(PhyRequests, ScanFindsWhatAnswers) {
  AgentBench bench;
  const auto list = bench.Call<protocol::ScanPhys>();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->phys.size(), 1u);
  EXPECT_EQ(list->phys[0].phy, 1);
  EXPECT_EQ(list->phys[0].id, 0x00112230u);
}

TEST(PhyRequests, ReadWriteAndDump) {
  AgentBench bench;
  const auto id = bench.Call<protocol::ReadPhy>({.phy = 1, .reg = 2});
  ASSERT_TRUE(id);
  EXPECT_EQ(id->value, 0x0011);
  EXPECT_TRUE(bench.Call<protocol::WritePhy>({.target = {.phy = 1, .reg = 4}, .value = 0x0061}));
  EXPECT_EQ(bench.Call<protocol::ReadPhy>({.phy = 1, .reg = 4})->value, 0x0061);
  EXPECT_TRUE(bench.driver().checks_link());

  const auto dump = bench.Call<protocol::DumpPhy>({.phy = 1});
  ASSERT_TRUE(dump);
  EXPECT_EQ(dump->id, 0x00112230u);
  EXPECT_EQ(dump->registers[2], 0x0011);
  EXPECT_EQ(dump->registers[4], 0x0061);
}

TEST(PhyRequests, NobodyReadsAsAllOnes) {
  AgentBench bench;
  EXPECT_EQ(bench.Call<protocol::ReadPhy>({.phy = 7, .reg = 1})->value, 0xffff);
}

TEST(PhyRequests, RefuseAddressesThatDoNotExist) {
  AgentBench bench;
  for (const protocol::PhyRegister& target :
       {protocol::PhyRegister{.interface = 1}, protocol::PhyRegister{.phy = 32},
        protocol::PhyRegister{.reg = 32}}) {
    const auto value = bench.Call<protocol::ReadPhy>(target);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error(), Status::kInvalidArgument);
  }
}

TEST(PhyRequests, BenchCountsDeviations) {
  AgentBench bench;
  const auto good = bench.Call<protocol::BenchMdio>(
      {.target = {.phy = 1, .reg = 2}, .reads = 50, .expected = 0x0011});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->reads, 50);
  EXPECT_EQ(good->deviations, 0);
  const auto bad = bench.Call<protocol::BenchMdio>(
      {.target = {.phy = 1, .reg = 2}, .reads = 50, .expected = 0x0012});
  EXPECT_EQ(bad->deviations, 50);
  EXPECT_EQ(bad->last_deviation, 0x0011);
  const auto too_long = bench.Call<protocol::BenchMdio>(
      {.target = {.phy = 1, .reg = 2}, .reads = protocol::kMdioBenchSlice + 1});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error(), Status::kInvalidArgument);
}

TEST(PhyRequests, CableTestNeedsAPhyThatCan) {
  AgentBench bench;
  const auto status = bench.Call<protocol::TestCable>();
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->running);
  EXPECT_EQ(status->pairs[0].state, base::CableState::kNotTested);
  const auto started = bench.Call<protocol::TestCable>({.start = true});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error(), Status::kUnimplemented);
  const auto elsewhere = bench.Call<protocol::TestCable>({.interface = 1});
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error(), Status::kInvalidArgument);
}

TEST(LinkRequests, FarLoopbackNeedsAPhyThatCan) {
  AgentBench bench;
  const auto set = bench.Call<protocol::SetLink>({.setting = protocol::LinkSetting::kFarLoopback});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error(), Status::kUnimplemented);
}

TEST(LinkRequests, ForcedModesMustExist) {
  AgentBench bench;
  EXPECT_TRUE(bench.Call<protocol::SetLink>(
      {.setting = protocol::LinkSetting::kForce, .speed_mbit = 10, .duplex = base::Duplex::kHalf}));
  const auto gigabit =
      bench.Call<protocol::SetLink>({.setting = protocol::LinkSetting::kForce, .speed_mbit = 1000});
  ASSERT_FALSE(gigabit);
  EXPECT_EQ(gigabit.error(), Status::kInvalidArgument);
}

TEST(LinkRequests, TellWhatThePhySays) {
  AgentBench bench;
  EXPECT_EQ(bench.Call<protocol::GetLink>().error(), Status::kUnavailable) << "no PHY yet";
  bench.NegotiateLink();
  const auto link = bench.Call<protocol::GetLink>();
  ASSERT_TRUE(link);
  EXPECT_TRUE(link->phy.is_up());
  EXPECT_TRUE(link->autonegotiation_complete);
  EXPECT_TRUE(link->mac.is_up());
  EXPECT_TRUE(link->autonegotiation);
  EXPECT_EQ(link->advertised, 0x05e1);
}

TEST(LinkRequests, APhyThatCannotNegotiateHasNoRegistersForIt) {
  AgentBench bench({.id = 0x00831400, .vendor = test::PhyVendor::kEnc28j60, .undefined = 0xffff});
  bench.NegotiateLink();
  const auto link = bench.Call<protocol::GetLink>();
  ASSERT_TRUE(link);
  EXPECT_TRUE(link->phy.is_up());
  EXPECT_FALSE(link->autonegotiation_complete);
  EXPECT_EQ(link->advertised, 0);
  EXPECT_EQ(link->partner, 0);
  EXPECT_EQ(link->expansion, 0);
}

}  // namespace
}  // namespace agent
