#include "stack/base/address.h"

#include <set>

#include <gtest/gtest.h>

#include "stack/base/bytes.h"
#include "stack/base/result.h"
#include "tests/support/bytes.h"
#include "tests/support/packets.h"

namespace test {
namespace {

TEST(MacAddress, KnowsGroupsAndBroadcast) {
  EXPECT_TRUE(base::kMacBroadcast.is_broadcast());
  EXPECT_TRUE(base::kMacBroadcast.is_group());
  EXPECT_TRUE("01:00:5e:00:00:01"_mac.is_group());
  EXPECT_FALSE("01:00:5e:00:00:01"_mac.is_broadcast());
  EXPECT_FALSE("02:00:00:00:00:01"_mac.is_group());
  EXPECT_TRUE(MacAddress{}.is_zero());
}

TEST(Ipv4Address, KnowsItsKinds) {
  EXPECT_EQ("192.0.2.1"_ip, Ipv4Address::From(192, 0, 2, 1));
  EXPECT_EQ("192.0.2.1"_ip.octet(0), 192);
  EXPECT_EQ("192.0.2.1"_ip.octet(3), 1);
  EXPECT_TRUE("224.0.0.0"_ip.is_multicast());
  EXPECT_TRUE("239.255.255.255"_ip.is_multicast());
  EXPECT_FALSE("240.0.0.0"_ip.is_multicast());
  EXPECT_FALSE("223.255.255.255"_ip.is_multicast());
  EXPECT_TRUE("127.1.2.3"_ip.is_loopback());
  EXPECT_TRUE(base::kIpv4Broadcast.is_broadcast());
  EXPECT_TRUE(Ipv4Address{}.is_unspecified());
}

TEST(Ipv4Address, MasksOfEveryLength) {
  EXPECT_EQ(Ipv4Address::Mask(0).value, 0u);
  EXPECT_EQ(Ipv4Address::Mask(24), "255.255.255.0"_ip);
  EXPECT_EQ(Ipv4Address::Mask(32).value, 0xffffffffu);
  for (uint8_t length = 0; length <= 32; ++length) {
    EXPECT_EQ(base::PrefixLength(Ipv4Address::Mask(length)), length);
    EXPECT_TRUE(base::IsContiguousMask(Ipv4Address::Mask(length)));
  }
  EXPECT_FALSE(base::IsContiguousMask("255.0.255.0"_ip));
  EXPECT_FALSE(base::IsContiguousMask("0.0.0.255"_ip));
}

TEST(Ipv4Address, Subnets) {
  const Ipv4Address mask = Ipv4Address::Mask(23);
  EXPECT_TRUE("10.1.3.9"_ip.IsInSubnet("10.1.2.1"_ip, mask));
  EXPECT_FALSE("10.1.4.9"_ip.IsInSubnet("10.1.2.1"_ip, mask));
}

TEST(Bytes, LoadsAndStoresAtAnyAlignment) {
  ByteVector bytes(8);
  base::Store<base::ByteOrder::kBig>(bytes.data() + 1, uint32_t{0x01020304});
  EXPECT_EQ(bytes, ToBytes({0, 1, 2, 3, 4, 0, 0, 0}));
  EXPECT_EQ(base::LoadBe32(bytes.data() + 1), 0x01020304u);
  EXPECT_EQ((base::Load<base::ByteOrder::kLittle, uint32_t>(bytes.data() + 1)), 0x04030201u);
  EXPECT_EQ(base::LoadBe16(bytes.data() + 3), 0x0304);
}

TEST(Status, EveryValueHasAName) {
  std::set<std::string_view> names;
  for (uint8_t i = 0; i < base::kStatusCount; ++i) {
    names.insert(base::StatusName(static_cast<base::Status>(i)));
  }
  EXPECT_EQ(names.size(), base::kStatusCount);
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(base::StatusName(static_cast<base::Status>(base::kStatusCount)), "unknown");
}

base::Status FailsWith(base::Status status) {
  RETURN_IF_ERROR(status);
  return base::Status::kOk;
}
base::Result<int> ResultOf(base::Status status) {
  RETURN_IF_ERROR(status);
  return 7;
}

TEST(ReturnIfError, LeavesStatusAndResultFunctions) {
  EXPECT_EQ(FailsWith(base::Status::kOk), base::Status::kOk);
  EXPECT_EQ(FailsWith(base::Status::kBusy), base::Status::kBusy);
  EXPECT_EQ(ResultOf(base::Status::kOk), 7);
  EXPECT_EQ(ResultOf(base::Status::kBusy).error(), base::Status::kBusy);
}

}  // namespace
}  // namespace test
