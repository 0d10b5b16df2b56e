#include "stack/wire/dhcp.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/bytes.h"

namespace test {
namespace {

ByteVector Message(base::ConstByteSpan options) {
  ByteVector message(wire::kDhcpHeaderSize);
  AppendTo(message, options);
  return message;
}

std::vector<uint8_t> Codes(base::ConstByteSpan message, bool* malformed = nullptr) {
  wire::DhcpOptionReader reader(message);
  std::vector<uint8_t> codes;
  while (const auto option = reader.Next()) {
    codes.push_back(option->code);
  }
  if (malformed != nullptr) {
    *malformed = reader.malformed();
  }
  return codes;
}

using Expected = std::vector<uint8_t>;

TEST(DhcpOptionReader, SkipsPadsAndStopsAtTheEnd) {
  EXPECT_EQ(Codes(Message(ToBytes({0, 0, 1, 4, 9, 9, 9, 9, 0, 3, 0, 255, 6, 0}))),
            (Expected{1, 3}));
}

TEST(DhcpOptionReader, WithoutOptionsThereIsNothing) {
  EXPECT_EQ(Codes(Message({})), Expected{});
  EXPECT_EQ(Codes(Message(ToBytes({255}))), Expected{});
}

TEST(DhcpOptionReader, AnOptionThatRunsOverTheEndIsMalformed) {
  for (const ByteVector& options :
       {ToBytes({1}), ToBytes({1, 4}), ToBytes({1, 4, 9, 9, 9}), ToBytes({1, 255, 0})}) {
    bool malformed = false;
    EXPECT_EQ(Codes(Message(options), &malformed), Expected{});
    EXPECT_TRUE(malformed);
  }
}

TEST(DhcpOptionReader, ReadsOverloadedFieldsInOrder) {
  ByteVector message = Message(ToBytes({52, 1, 3, 1, 0, 255}));
  message[wire::kDhcpBootFileOffset] = std::byte{2};
  message[wire::kDhcpServerNameOffset] = std::byte{3};
  message[wire::kDhcpServerNameOffset + 2] = std::byte{255};
  EXPECT_EQ(Codes(message), (Expected{1, 2, 3}));
}

TEST(DhcpOptionReader, OverloadInAnOverloadedFieldDoesNotLoop) {
  ByteVector message = Message(ToBytes({52, 1, 3}));
  const ByteVector again = ToBytes({52, 1, 3, 52, 1, 3, 9, 0});
  std::ranges::copy(again, message.begin() + wire::kDhcpBootFileOffset);
  std::ranges::copy(again, message.begin() + wire::kDhcpServerNameOffset);
  EXPECT_EQ(Codes(message), (Expected{9, 9}));
}

TEST(DhcpOptionReader, AnyBytesEnd) {
  EXPECT_TRUE(rc::check("the reader stays inside and ends", [] {
    const auto bytes = *rc::gen::container<std::vector<uint8_t>>(
        400, rc::gen::weightedOneOf<uint8_t>({{3, rc::gen::inRange<uint8_t>(0, 8)},
                                              {1, rc::gen::just<uint8_t>(52)},
                                              {1, rc::gen::just<uint8_t>(255)},
                                              {1, rc::gen::arbitrary<uint8_t>()}}));
    const size_t size = *rc::gen::inRange<size_t>(wire::kDhcpHeaderSize, 401);
    const auto message = std::as_bytes(std::span(bytes)).first(size);
    wire::DhcpOptionReader reader(message);
    size_t count = 0;
    while (const auto option = reader.Next()) {
      RC_ASSERT(option->value.empty() ||
                (option->value.data() >= message.data() &&
                 option->value.data() + option->value.size() <= message.data() + message.size()));
      RC_ASSERT(++count <= size);
    }
    RC_ASSERT(!reader.Next());
  }));
}

TEST(DhcpOptionWriter, WritesWhatTheReaderReads) {
  ByteVector room(32);
  wire::DhcpOptionWriter writer(room);
  writer.AddByte(53, 1);
  writer.AddU16(57, 1500);
  writer.AddAddress(50, base::Ipv4Address::From(192, 0, 2, 1));
  writer.Add(12, ToBytes("name"));
  writer.End();
  EXPECT_FALSE(writer.overflowed());
  room.resize(writer.size());
  EXPECT_EQ(room, ToBytes({53, 1, 1, 57, 2, 5,   220, 50,  4,   192,
                           0,  2, 1, 12, 4, 'n', 'a', 'm', 'e', 255}));
}

TEST(DhcpOptionWriter, LeavesOutWhatDoesNotFit) {
  ByteVector room(7);
  wire::DhcpOptionWriter writer(room);
  writer.AddByte(53, 1);
  writer.Add(12, ToBytes("name"));
  EXPECT_TRUE(writer.overflowed());
  EXPECT_EQ(writer.size(), 3u);
}

}  // namespace
}  // namespace test
