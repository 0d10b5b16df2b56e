#include "stack/wire/dns.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/bytes.h"
#include "tests/support/fields_printer.h"

namespace test {
namespace {

using base::Status;
using wire::DnsName;
using wire::MakeDnsName;
using wire::ReadDnsName;
using wire::WriteDnsName;

// `bytes` behind a header, read from `offset` of them on.
base::Result<DnsName> Read(const ByteVector& bytes, size_t offset = 0, size_t* end = nullptr) {
  ByteVector message(wire::kDnsHeaderSize);
  AppendTo(message, bytes);
  size_t at = wire::kDnsHeaderSize + offset;
  const auto name = ReadDnsName(message, at);
  if (end != nullptr) {
    *end = at - wire::kDnsHeaderSize;
  }
  return name;
}

void ExpectMalformed(const ByteVector& bytes, size_t offset = 0) {
  size_t end = 0;
  EXPECT_EQ(Read(bytes, offset, &end).error(), Status::kDataLoss);
  EXPECT_EQ(end, offset);
}

TEST(MakeDnsName, IsLowerCaseWithoutTheLastDot) {
  EXPECT_EQ(MakeDnsName("Example.COM.")->view(), "example.com");
  EXPECT_EQ(MakeDnsName("a")->view(), "a");
}

TEST(MakeDnsName, RefusesWhatIsNoName) {
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".a"), std::string("a..b"), std::string("a.."),
        std::string(64, 'a'), std::string(300, 'a')}) {
    EXPECT_EQ(MakeDnsName(text).error(), Status::kInvalidArgument) << text;
  }
  EXPECT_TRUE(MakeDnsName(std::string(63, 'a')));
}

TEST(WriteDnsName, MakesLabels) {
  ByteVector out(13);
  EXPECT_EQ(WriteDnsName(*MakeDnsName("example.com"), out), 13u);
  EXPECT_EQ(out, ToBytes(std::string_view("\7example\3com\0", 13)));
  EXPECT_EQ(WriteDnsName(*MakeDnsName("example.com"), base::ByteSpan(out).first(12)).error(),
            Status::kResourceExhausted);
}

TEST(ReadDnsName, ReadsLabelsInAnyCase) {
  size_t end = 0;
  EXPECT_EQ(Read(ToBytes(std::string_view("\2Ab\1C\0xx", 8)), 0, &end)->view(), "ab.c");
  EXPECT_EQ(end, 6u);
  EXPECT_EQ(Read(ToBytes({0}), 0, &end)->view(), "");
  EXPECT_EQ(end, 1u);
}

TEST(ReadDnsName, FollowsPointersBackwards) {
  const ByteVector bytes = ToBytes({1, 'a', 0, 1, 'b', 0xc0, 12, 0xc0, 15, 9});
  size_t end = 0;
  EXPECT_EQ(Read(bytes, 3, &end)->view(), "b.a");
  EXPECT_EQ(end, 7u);
  EXPECT_EQ(Read(bytes, 7, &end)->view(), "b.a");
  EXPECT_EQ(end, 9u);
}

TEST(ReadDnsName, RefusesPointersThatDoNotLeadBackwards) {
  ExpectMalformed(ToBytes({0xc0, 12}));               // to itself
  ExpectMalformed(ToBytes({0xc0, 14, 0}));            // forwards
  ExpectMalformed(ToBytes({1, 'a', 0xc0, 12}));       // into the name that it is part of
  ExpectMalformed(ToBytes({0xc0, 14, 0xc0, 12}), 2);  // a ring of two
  ExpectMalformed(ToBytes({0xc0, 0}));                // into the header
  ExpectMalformed(ToBytes({0xc0, 11}));
  ExpectMalformed(ToBytes({0xff, 0xff}));  // behind the end
}

TEST(ReadDnsName, RefusesWhatRunsOverTheEnd) {
  ExpectMalformed({});
  ExpectMalformed(ToBytes({1}));
  ExpectMalformed(ToBytes({1, 'a'}));
  ExpectMalformed(ToBytes({5, 'a', 'b', 0}));
  ExpectMalformed(ToBytes({63}));
  ExpectMalformed(ToBytes({0xc0}));
}

TEST(ReadDnsName, RefusesReservedLabels) {
  ExpectMalformed(ToBytes({0x40, 'a', 0}));
  ExpectMalformed(ToBytes({0x80, 'a', 0}));
}

TEST(ReadDnsName, RefusesNamesThatAreTooLong) {
  ByteVector bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(std::byte{63});
    bytes.resize(bytes.size() + 63, std::byte{'a'});
  }
  bytes.push_back(std::byte{0});
  ExpectMalformed(bytes);  // 255 as text
  bytes.erase(bytes.begin() + 3 * 64 + 1, bytes.begin() + 3 * 64 + 3);
  bytes[3 * 64] = std::byte{61};
  EXPECT_EQ(Read(bytes)->size(), 253u);
}

TEST(ReadDnsName, ManyPointersDoNotMakeItLonger) {
  // Each name is a label and a pointer to the one before: reading stops at 253 bytes.
  ByteVector bytes = ToBytes({1, 'a', 0});
  size_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const size_t here = bytes.size();
    const size_t target = wire::kDnsHeaderSize + last;
    AppendTo(bytes, ToBytes({1, 'b', static_cast<int>(0xc0 | target >> 8),
                             static_cast<int>(target & 0xff)}));
    last = here;
  }
  ExpectMalformed(bytes, last);
}

TEST(DnsNames, WhatIsWrittenIsRead) {
  EXPECT_TRUE(rc::check("names survive", [] {
    const auto labels =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(
            rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019-_"))))));
    std::string text;
    for (const std::string& label : labels) {
      text += (text.empty() ? "" : ".") + label.substr(0, 63);
    }
    const auto name = MakeDnsName(text);
    RC_PRE(name.has_value());
    ByteVector message(wire::kDnsHeaderSize + text.size() + 2);
    const auto size = WriteDnsName(*name, base::ByteSpan(message).subspan(wire::kDnsHeaderSize));
    RC_ASSERT(size.value() == text.size() + 2);
    size_t offset = wire::kDnsHeaderSize;
    RC_ASSERT(ReadDnsName(message, offset)->view() == name->view());
    RC_ASSERT(offset == message.size());
  }));
}

TEST(DnsNames, AnyBytesEnd) {
  EXPECT_TRUE(rc::check("reading stays inside and moves forward", [] {
    const auto bytes = *rc::gen::container<std::vector<uint8_t>>(
        rc::gen::weightedOneOf<uint8_t>({{4, rc::gen::inRange<uint8_t>(0, 5)},
                                         {2, rc::gen::inRange<uint8_t>(0xc0, 0xc1)},
                                         {2, rc::gen::inRange<uint8_t>(10, 60)},
                                         {1, rc::gen::arbitrary<uint8_t>()}}));
    const auto message = std::as_bytes(std::span(bytes));
    for (size_t start = 0; start <= message.size(); ++start) {
      size_t offset = start;
      const auto name = ReadDnsName(message, offset);
      RC_ASSERT(offset <= message.size());
      RC_ASSERT((name.has_value() ? offset > start : offset == start));
    }
  }));
}

}  // namespace
}  // namespace test
