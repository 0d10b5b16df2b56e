#include "protocol/layout.h"

#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "protocol/message.h"
#include "tests/support/bytes.h"

namespace protocol {
namespace {

using test::ByteVector;

template <typename T>
void Randomize(T& value, std::mt19937& random) {
  if constexpr (base::Described<T>) {
    base::ForEachField(value, [&](std::string_view, auto& member) { Randomize(member, random); });
  } else if constexpr (base::internal::IsArray<T>::value) {
    for (auto& element : value) {
      Randomize(element, random);
    }
  } else if constexpr (base::internal::Sequence<T>) {
    value.count = static_cast<uint16_t>(random() % (T::kCapacity + 1));
    for (uint16_t i = 0; i < value.count; ++i) {
      Randomize(value.items[i], random);
    }
  } else {
    using Raw = typename base::internal::Carrier<T>::type;
    const auto raw = static_cast<Raw>(static_cast<uint64_t>(random()) << 32 | random());
    value = static_cast<T>(std::is_same_v<T, bool> ? raw & 1 : raw);
  }
}

// Bytes by kFields alone: what the wire format is defined by.
template <typename T>
ByteVector ByFields(const T& value) {
  ByteVector out(base::kMaxWireSize<T> + 1);
  out.resize(base::Encode<base::kMessageOrder>(value, base::ByteSpan(out)).value());
  return out;
}

template <typename T>
void ExpectSameAsFields(std::mt19937& random) {
  auto value = std::make_unique<T>();
  auto back = std::make_unique<T>();
  for (int round = 0; round < 20; ++round) {
    Randomize(*value, random);
    const ByteVector expected = ByFields(*value);
    ByteVector out(expected.size());
    ASSERT_EQ(EncodeByLayout(kLayout<T>, value.get(), out), expected.size());
    ASSERT_EQ(out, expected);
    ASSERT_TRUE(DecodeByLayout(kLayout<T>, expected, back.get()));
    ASSERT_EQ(ByFields(*back), expected);
    // One byte too few, one too many.
    if (!expected.empty()) {
      ASSERT_FALSE(
          EncodeByLayout(kLayout<T>, value.get(), base::ByteSpan(out).first(out.size() - 1)));
      ASSERT_FALSE(
          DecodeByLayout(kLayout<T>, base::ConstByteSpan(out).first(out.size() - 1), back.get()));
    }
    out.push_back(std::byte{0});
    ASSERT_FALSE(DecodeByLayout(kLayout<T>, out, back.get()));
  }
}

TEST(Layout, WritesEveryMessageAsItsFieldsSay) {
  std::mt19937 random(11);
  ForEachType(AllMethods{}, [&](auto type) {
    using Method = typename decltype(type)::type;
    SCOPED_TRACE(Method::kId);
    ExpectSameAsFields<typename Method::Request>(random);
    ExpectSameAsFields<typename Method::Response>(random);
  });
  ForEachType(AllEvents{}, [&](auto type) {
    using Event = typename decltype(type)::type;
    SCOPED_TRACE(Event::kId);
    ExpectSameAsFields<typename Event::Payload>(random);
  });
}

// Any bytes: accepted exactly when the fields accept them.
TEST(Layout, AcceptsWhatTheFieldsAccept) {
  std::mt19937 random(12);
  size_t accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    ByteVector bytes(random() % 40);
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(random() % 3);
    }
    DnsAnswer answer;
    const auto expected = base::DecodeExactly<DnsAnswer, base::kMessageOrder>(bytes);
    ASSERT_EQ(DecodeByLayout(kLayout<DnsAnswer>, bytes, &answer), expected.has_value());
    if (expected) {
      ASSERT_EQ(ByFields(answer), ByFields(*expected));
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 50u);
}

struct Flags {
  bool a = false;
  std::array<bool, 2> b{};
  static constexpr auto kFields =
      base::FieldList{base::Field{"a", &Flags::a}, base::Field{"b", &Flags::b}};
};

TEST(Layout, BoolIsZeroOrOne) {
  Flags flags;
  ASSERT_TRUE(DecodeByLayout(kLayout<Flags>, test::ToBytes({0xff, 0, 2}), &flags));
  EXPECT_EQ(ByFields(flags), test::ToBytes({1, 0, 1}));
}

TEST(Layout, CountAboveItsCapacityIsRefused) {
  ArpTable table;
  table.entries.count = 33;
  ByteVector out(4096);
  EXPECT_FALSE(EncodeByLayout(kLayout<ArpTable>, &table, out));
  ByteVector bytes(2 + 33 * base::kMaxWireSize<ArpEntry>);
  bytes[0] = std::byte{33};
  EXPECT_FALSE(DecodeByLayout(kLayout<ArpTable>, bytes, &table));
}

TEST(Layout, IsShort) {
  EXPECT_LE(kLayout<StatsReport>.size(), 40u);
  EXPECT_EQ(kLayout<Empty>.size(), 0u);
}

}  // namespace
}  // namespace protocol
