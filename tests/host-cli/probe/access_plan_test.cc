#include "host-cli/probe/access_plan.h"

#include <array>

#include <gtest/gtest.h>

namespace netctl {
namespace {

constexpr uint32_t kBase = 0x2300'0050;
constexpr uint32_t kWords = kBase | 2;

std::vector<DapTransfer> Plan(std::span<const MemoryAccess> accesses, uint32_t csw = kWords) {
  return AccessPlanner(accesses, 512, kBase, csw).Next({}).transfers;
}

TEST(AccessPlan, AlignedWordsNeedTheAddressOnly) {
  std::array<std::byte, 8> out = {};
  EXPECT_EQ(Plan(std::array{MemoryAccess{.address = 0x2000'0010, .out = out}}),
            (std::vector{WriteAp(kApTar, 0x2000'0010), ReadAp(kApDrw), ReadAp(kApDrw)}));
}

TEST(AccessPlan, ReadOfAFewBytesIsOneWord) {
  std::array<std::byte, 2> out = {};
  EXPECT_EQ(Plan(std::array{MemoryAccess{.address = 0x2000'0011, .out = out}}),
            (std::vector{WriteAp(kApTar, 0x2000'0010), ReadAp(kApDrw)}));
}

TEST(AccessPlan, UnalignedWriteGrowsAndShrinks) {
  std::array<std::byte, 8> data = {};
  for (size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<std::byte>(i + 1);
  }
  EXPECT_EQ(
      Plan(std::array{MemoryAccess{.address = 0x2000'0001, .data = data}}),
      (std::vector{
          WriteAp(kApCsw, kBase), WriteAp(kApTar, 0x2000'0001), WriteAp(kApDrw, 0x0000'0100),
          WriteAp(kApCsw, kBase | 1), WriteAp(kApDrw, 0x0302'0000), WriteAp(kApCsw, kWords),
          WriteAp(kApDrw, 0x0706'0504), WriteAp(kApCsw, kBase), WriteAp(kApDrw, 0x0000'0008)}));
}

TEST(AccessPlan, NeighboursGoOnWithoutAnAddress) {
  std::array<std::byte, 4> first = {};
  std::array<std::byte, 4> second = {};
  EXPECT_EQ(Plan(std::array{MemoryAccess{.address = 0x2000'0000, .out = first},
                            MemoryAccess{.address = 0x2000'0004, .data = second}}),
            (std::vector{WriteAp(kApTar, 0x2000'0000), ReadAp(kApDrw), WriteAp(kApDrw, 0)}));
}

TEST(AccessPlan, AddressAgainBehindOneKibibyte) {
  std::array<std::byte, 8> out = {};
  EXPECT_EQ(Plan(std::array{MemoryAccess{.address = 0x2000'03fc, .out = out}}),
            (std::vector{WriteAp(kApTar, 0x2000'03fc), ReadAp(kApDrw), WriteAp(kApTar, 0x2000'0400),
                         ReadAp(kApDrw)}));
}

TEST(AccessPlan, EveryPacketSetsItsAddress) {
  std::array<std::byte, 400> out = {};
  const std::array batch = {MemoryAccess{.address = 0x2000'0000, .out = out}};
  AccessPlanner planner(batch, 64, kBase, kUnknownCsw);
  AccessCursor cursor;
  uint32_t address = 0x2000'0000;
  for (AccessPacket packet = planner.Next(cursor); !packet.transfers.empty();
       packet = planner.Next(cursor)) {
    EXPECT_NE(std::ranges::find(packet.transfers, WriteAp(kApTar, address)),
              packet.transfers.end());
    address += static_cast<uint32_t>(4 * packet.reads.size());
    cursor = packet.end;
  }
  EXPECT_EQ(address, 0x2000'0000U + 400);
}

TEST(AccessPlan, AccessesWithoutBytesAreNothing) {
  const std::array batch = {MemoryAccess{.address = 1}, MemoryAccess{.address = 2}};
  EXPECT_TRUE(Plan(batch).empty());
  EXPECT_TRUE(Plan({}).empty());
}

}  // namespace
}  // namespace netctl
