#include "stack/base/fields.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stack/base/address.h"
#include "stack/stats.h"
#include "tests/support/bytes.h"

namespace test {
namespace {

using base::ByteOrder;
using base::Field;
using base::Status;

enum class Colour : uint16_t { kRed = 1, kBlue = 0x102 };

struct Inner {
  uint8_t small = 0;
  int32_t negative = 0;
  bool operator==(const Inner&) const = default;
  static constexpr auto kFields =
      base::FieldList{Field{"small", &Inner::small}, Field{"negative", &Inner::negative}};
};

struct Fixed {
  uint64_t wide = 0;
  bool yes = false;
  Colour colour = Colour::kRed;
  std::array<uint16_t, 2> pair{};
  Inner inner;
  bool operator==(const Fixed&) const = default;
  static constexpr auto kFields = base::FieldList{
      Field{"wide", &Fixed::wide}, Field{"yes", &Fixed::yes}, Field{"colour", &Fixed::colour},
      Field{"pair", &Fixed::pair}, Field{"inner", &Fixed::inner}};
};
static_assert(base::kWireSize<Fixed> == 8 + 1 + 2 + 4 + 5);

struct Varying {
  base::Bounded<Inner, 3> list;
  base::Text<5> text;
  uint8_t last = 0;
  bool operator==(const Varying&) const = default;
  static constexpr auto kFields = base::FieldList{
      Field{"list", &Varying::list}, Field{"text", &Varying::text}, Field{"last", &Varying::last}};
};
static_assert(base::kMaxWireSize<Varying> == 2 + 3 * 5 + 2 + 5 + 1);

constexpr Fixed kFixed{.wide = 0x0102030405060708,
                       .yes = true,
                       .colour = Colour::kBlue,
                       .pair = {0x1122, 0x3344},
                       .inner = {.small = 9, .negative = -2}};

TEST(Encode, WritesMembersInOrderWithoutPadding) {
  ByteVector big(base::kWireSize<Fixed>);
  EXPECT_EQ((base::Encode<ByteOrder::kBig>(kFixed, big)), big.size());
  EXPECT_EQ(big, ToBytes({1, 2,    3,    4,    5,    6, 7,    8,    1,    1,
                          2, 0x11, 0x22, 0x33, 0x44, 9, 0xff, 0xff, 0xff, 0xfe}));
  ByteVector little(base::kWireSize<Fixed>);
  EXPECT_EQ((base::Encode<ByteOrder::kLittle>(kFixed, little)), little.size());
  EXPECT_EQ(little, ToBytes({8, 7,    6,    5,    4,    3, 2,    1,    1,    2,
                             1, 0x22, 0x11, 0x44, 0x33, 9, 0xfe, 0xff, 0xff, 0xff}));
}

TEST(Encode, RefusesASpanThatIsTooSmall) {
  ByteVector out(base::kWireSize<Fixed> - 1);
  EXPECT_EQ((base::Encode<ByteOrder::kBig>(kFixed, out)).error(), Status::kResourceExhausted);
}

TEST(Decode, IsTheOppositeOfEncode) {
  EXPECT_TRUE(rc::check("fixed", [] {
    const Fixed value{.wide = *rc::gen::arbitrary<uint64_t>(),
                      .yes = *rc::gen::arbitrary<bool>(),
                      .colour = static_cast<Colour>(*rc::gen::arbitrary<uint16_t>()),
                      .pair = {*rc::gen::arbitrary<uint16_t>(), *rc::gen::arbitrary<uint16_t>()},
                      .inner = {.small = *rc::gen::arbitrary<uint8_t>(),
                                .negative = *rc::gen::arbitrary<int32_t>()}};
    ByteVector bytes(base::kWireSize<Fixed>);
    RC_ASSERT((base::Encode<ByteOrder::kLittle>(value, bytes)).has_value());
    RC_ASSERT((base::Decode<Fixed, ByteOrder::kLittle>(bytes)).value() == value);
    base::EncodeHeader(value, bytes.data());
    RC_ASSERT(base::DecodeHeader<Fixed>(bytes.data()) == value);
  }));
}

TEST(Decode, ReadsSequencesOfAnyLength) {
  EXPECT_TRUE(rc::check("varying", [] {
    Varying value;
    const auto count = *rc::gen::inRange<uint16_t>(0, 4);
    for (uint16_t i = 0; i < count; ++i) {
      value.list.Append({.small = *rc::gen::arbitrary<uint8_t>(), .negative = i});
    }
    value.text = std::string_view("abcde").substr(0, *rc::gen::inRange<size_t>(0, 6));
    value.last = 7;
    ByteVector bytes(base::kMaxWireSize<Varying>);
    const auto size = base::Encode<ByteOrder::kLittle>(value, bytes);
    RC_ASSERT(size.has_value());
    RC_ASSERT(size.value() == 2u + count * 5u + 2u + value.text.size() + 1u);
    bytes.resize(*size);
    RC_ASSERT((base::DecodeExactly<Varying, ByteOrder::kLittle>(bytes)).value() == value);
    // Every shorter message is refused, and a longer one where the length must be right.
    for (size_t cut = 0; cut < *size; ++cut) {
      RC_ASSERT(!(base::Decode<Varying, ByteOrder::kLittle>(base::ConstByteSpan(bytes).first(cut)))
                     .has_value());
    }
    bytes.push_back(std::byte{0});
    RC_ASSERT((base::Decode<Varying, ByteOrder::kLittle>(bytes)).has_value());
    RC_ASSERT(!(base::DecodeExactly<Varying, ByteOrder::kLittle>(bytes)).has_value());
  }));
}

TEST(Decode, RefusesCountsAboveTheCapacity) {
  const ByteVector four = ToBytes(
      {4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ((base::Decode<Varying, ByteOrder::kLittle>(four)).error(), Status::kDataLoss);
  const ByteVector huge = ToBytes({0, 0, 0xff, 0xff, 0});
  EXPECT_EQ((base::Decode<Varying, ByteOrder::kLittle>(huge)).error(), Status::kDataLoss);
}

TEST(ForEachField, VisitsNamesAndMembersInOrder) {
  std::string names;
  Fixed value = kFixed;
  base::ForEachField(value, [&](std::string_view name, auto& member) {
    names += std::string(name) + " ";
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, uint64_t>) {
      member = 5;
    }
  });
  EXPECT_EQ(names, "wide yes colour pair inner ");
  EXPECT_EQ(value.wide, 5u);
}

struct Renamed {
  uint8_t little = 0;
  int32_t negative = 0;
  static constexpr auto kFields =
      base::FieldList{Field{"little", &Renamed::little}, Field{"negative", &Renamed::negative}};
};
struct Unsigned {
  uint8_t small = 0;
  uint32_t negative = 0;
  static constexpr auto kFields =
      base::FieldList{Field{"small", &Unsigned::small}, Field{"negative", &Unsigned::negative}};
};
struct Swapped {
  uint8_t small = 0;
  int32_t negative = 0;
  static constexpr auto kFields =
      base::FieldList{Field{"negative", &Swapped::negative}, Field{"small", &Swapped::small}};
};

TEST(SchemaHash, SeesNamesTypesAndOrder) {
  EXPECT_NE(base::SchemaHash<Inner>(), base::SchemaHash<Renamed>());
  EXPECT_NE(base::SchemaHash<Inner>(), base::SchemaHash<Unsigned>());
  EXPECT_NE(base::SchemaHash<Inner>(), base::SchemaHash<Swapped>());
}

// A counter that is not in kFields would be counted and never shown.
template <typename Stats>
constexpr bool ListsEveryMember() {
  constexpr size_t kPadding = alignof(Stats) - 1;
  return base::kWireSize<Stats> + kPadding * 2 >= sizeof(Stats) &&
         base::kWireSize<Stats> <= sizeof(Stats);
}
static_assert(ListsEveryMember<stack::LinkLayerStats>());
static_assert(ListsEveryMember<stack::ArpStats>());
static_assert(ListsEveryMember<stack::Ipv4Stats>());
static_assert(ListsEveryMember<stack::IcmpStats>());
static_assert(ListsEveryMember<stack::UdpStats>());
static_assert(ListsEveryMember<stack::DhcpStats>());
static_assert(ListsEveryMember<stack::DnsStats>());

}  // namespace
}  // namespace test
