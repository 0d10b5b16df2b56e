#include "protocol/message.h"

#include <gtest/gtest.h>

#include "protocol/dispatcher.h"
#include "protocol/schema_hash.h"
#include "tests/support/bytes.h"

namespace protocol {
namespace {

using base::Status;
using test::ByteVector;
using test::ToBytes;

template <typename Encoder>
ByteVector Written(Encoder encode) {
  ByteVector out(kMaxMessage);
  out.resize(encode(base::ByteSpan(out)).value());
  return out;
}

TEST(Message, RequestIsAHeaderAndItsFields) {
  const ByteVector bytes = Written([](base::ByteSpan out) {
    return EncodeRequest<ReadPhy>({.interface = 1, .phy = 2, .reg = 3}, 0x1234, out);
  });
  EXPECT_EQ(bytes, ToBytes({1, 0, 0x21, 0x00, 0x34, 0x12, 1, 2, 3}));
  const Message message = DecodeMessage(bytes).value();
  EXPECT_EQ(message.header.request, 0x1234);
  EXPECT_EQ(DecodeRequest<ReadPhy>(message).value().reg, 3);
}

TEST(Message, ResponseCarriesFieldsOrAStatus) {
  const ByteVector good = Written([](base::ByteSpan out) {
    return EncodeResponse<ReadPhy>(PhyValue{.value = 0x7849}, 5, out);
  });
  EXPECT_EQ(good, ToBytes({2, 0, 0x21, 0x00, 5, 0, 0x49, 0x78}));
  EXPECT_EQ(DecodeResponse<ReadPhy>(DecodeMessage(good).value()).value().value, 0x7849);

  const ByteVector bad = Written([](base::ByteSpan out) {
    return EncodeResponse<ReadPhy>(std::unexpected(Status::kDeadlineExceeded), 5, out);
  });
  EXPECT_EQ(bad, ToBytes({2, 5, 0x21, 0x00, 5, 0}));
  EXPECT_EQ(DecodeResponse<ReadPhy>(DecodeMessage(bad).value()).error(), Status::kDeadlineExceeded);
}

TEST(Message, EventNamesItsJob) {
  const ByteVector bytes = Written([](base::ByteSpan out) {
    return EncodeEvent<JobEnded>({.status = Status::kCancelled}, 9, out);
  });
  EXPECT_EQ(bytes, ToBytes({3, 0, 0x01, 0x00, 9, 0, 13}));
  const Message message = DecodeMessage(bytes).value();
  EXPECT_TRUE(Is<JobEnded>(message));
  EXPECT_FALSE(Is<LinkChanged>(message));
  EXPECT_EQ(DecodeEvent<JobEnded>(message).value().status, Status::kCancelled);
  EXPECT_EQ(DecodeEvent<LinkChanged>(message).error(), Status::kDataLoss);
}

TEST(Message, OtherSchemaIsDataLoss) {
  EXPECT_EQ(DecodeMessage(ToBytes({1, 0, 0x21, 0x00, 5})).error(), Status::kDataLoss);
  for (const auto& bytes :
       {ToBytes({2, 0, 0x21, 0, 5, 0, 1}), ToBytes({2, 0, 0x21, 0, 5, 0, 1, 2, 3}),
        ToBytes({2, 0, 0x20, 0, 5, 0, 1, 2}), ToBytes({3, 0, 0x21, 0, 5, 0, 1, 2})}) {
    EXPECT_EQ(DecodeResponse<ReadPhy>(DecodeMessage(bytes).value()).error(), Status::kDataLoss);
  }
}

TEST(Message, DoesNotFit) {
  ByteVector out(8);
  EXPECT_EQ(EncodeRequest<ReadPhy>({}, 1, out).error(), Status::kResourceExhausted);
  out.resize(5);
  EXPECT_EQ(EncodeRequest<GetInfo>({}, 1, out).error(), Status::kResourceExhausted);
}

struct Two {
  uint8_t a = 0;
  uint8_t b = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"a", &Two::a}, base::Field{"b", &Two::b}};
};
struct TwoRenamed {
  uint8_t a = 0;
  uint8_t c = 0;
  static constexpr auto kFields =
      base::FieldList{base::Field{"a", &TwoRenamed::a}, base::Field{"c", &TwoRenamed::c}};
};
template <typename... M>
constexpr uint32_t kHashOf = internal::HashMethods(TypeList<M...>{}, 1);

TEST(SchemaHash, ChangesWithIdsTypesAndPlaces) {
  const uint32_t hash = kHashOf<Method<1, Two, Empty>>;
  EXPECT_EQ(hash, (kHashOf<Method<1, Two, Empty>>));
  EXPECT_NE(hash, (kHashOf<Method<2, Two, Empty>>));
  EXPECT_NE(hash, (kHashOf<Method<1, TwoRenamed, Empty>>));
  EXPECT_NE(hash, (kHashOf<Method<1, Two, Empty>, Method<2, Empty, Empty>>));
  EXPECT_NE((kHashOf<Method<1, Two, Empty>>), (kHashOf<Method<1, Empty, Two>>));
}

using Add = Method<0x0005, Two, PhyValue>;
using Fail = Method<0x0003, Empty, PhyValue>;
using Nothing = Method<0x0101, Empty, Empty>;
using TestMethods = TypeList<Add, Nothing, Fail>;

struct TestService {
  int calls = 0;
  base::Result<PhyValue> Handle(Add, const Two& request) {
    ++calls;
    return PhyValue{static_cast<uint16_t>(request.a + request.b)};
  }
  base::Result<PhyValue> Handle(Fail, const Empty&) {
    ++calls;
    return std::unexpected(Status::kNotFound);
  }
  base::Result<Empty> Handle(Nothing, const Empty&) {
    ++calls;
    return Empty{};
  }
};

struct DispatcherTest : testing::Test {
  TestService service;
  Dispatcher<TestService, TestMethods> dispatcher{service};
  ByteVector out = ByteVector(64);

  ByteVector Dispatch(const ByteVector& request) {
    const size_t size = dispatcher.Dispatch(request, out);
    return {out.begin(), out.begin() + static_cast<ptrdiff_t>(size)};
  }
};

TEST_F(DispatcherTest, AnswersWithTheHandlersResult) {
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 5, 0, 7, 0, 30, 12})), ToBytes({2, 0, 5, 0, 7, 0, 42, 0}));
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 3, 0, 8, 0})), ToBytes({2, 6, 3, 0, 8, 0}));
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 1, 1, 9, 0})), ToBytes({2, 0, 1, 1, 9, 0}));
  EXPECT_EQ(service.calls, 3);
}

TEST_F(DispatcherTest, UnknownMethodIsUnimplemented) {
  for (const int id : {0, 4, 6, 0xff}) {
    EXPECT_EQ(Dispatch(ToBytes({1, 0, id, 0, 7, 0})), ToBytes({2, 7, id, 0, 7, 0}));
  }
  EXPECT_EQ(service.calls, 0);
}

TEST_F(DispatcherTest, MalformedFieldsAreInvalid) {
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 5, 0, 7, 0, 30})), ToBytes({2, 3, 5, 0, 7, 0}));
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 5, 0, 7, 0, 30, 12, 1})), ToBytes({2, 3, 5, 0, 7, 0}));
  EXPECT_EQ(service.calls, 0);
}

TEST_F(DispatcherTest, NotARequestHasNoAnswer) {
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 5, 0, 7})), ToBytes({}));
  EXPECT_EQ(Dispatch(ToBytes({2, 0, 5, 0, 7, 0, 30, 12})), ToBytes({}));
  EXPECT_EQ(Dispatch(ToBytes({3, 0, 5, 0, 7, 0, 30, 12})), ToBytes({}));
  EXPECT_EQ(service.calls, 0);
}

TEST_F(DispatcherTest, ResponseThatDoesNotFit) {
  out.resize(7);
  EXPECT_EQ(Dispatch(ToBytes({1, 0, 5, 0, 7, 0, 30, 12})), ToBytes({2, 2, 5, 0, 7, 0}));
}

}  // namespace
}  // namespace protocol
