#include "agent/services/http_message.h"

#include "gtest/gtest.h"

namespace agent {
namespace {

using base::Status;

Status FieldStatus(std::string_view line) {
  const auto field = ParseHttpField(line);
  return field ? Status::kOk : field.error();
}

TEST(HttpField, NameAndValueWithoutBlanksAround) {
  const auto field = ParseHttpField("Content-Type: \t text/html; a=b \t");
  ASSERT_TRUE(field);
  EXPECT_EQ(field->name, "Content-Type");
  EXPECT_EQ(field->value, "text/html; a=b");
  EXPECT_EQ(ParseHttpField("X:")->value, "");
}

TEST(HttpField, RefusesWhatIsNoField) {
  EXPECT_EQ(FieldStatus("no colon"), Status::kDataLoss);
  EXPECT_EQ(FieldStatus(": value"), Status::kDataLoss);
  EXPECT_EQ(FieldStatus("Host : a"), Status::kDataLoss);    // RFC 9112 5.1
  EXPECT_EQ(FieldStatus(" folded: a"), Status::kDataLoss);  // RFC 9112 5.2
  EXPECT_EQ(FieldStatus("Na(me: a"), Status::kDataLoss);
}

TEST(HttpField, RefusesControlCharactersInTheValue) {
  EXPECT_EQ(FieldStatus(std::string_view("X: a\0b", 6)), Status::kDataLoss);
  EXPECT_EQ(FieldStatus("X: a\rb"), Status::kDataLoss);
  EXPECT_EQ(FieldStatus("X: a\x7f"), Status::kDataLoss);
  EXPECT_EQ(FieldStatus("X: a\tb\xc3\xa4"), Status::kOk);
}

TEST(HttpLength, DigitsOnly) {
  EXPECT_EQ(ParseHttpLength("0"), 0u);
  EXPECT_EQ(ParseHttpLength("18014398509481984"), 18014398509481984u);
  for (const std::string_view bad : {"", "-1", "+1", "0x10", "1 2", "1,1", "1e3"}) {
    EXPECT_EQ(ParseHttpLength(bad), std::unexpected(Status::kDataLoss)) << bad;
  }
}

TEST(HttpLength, HasALimitAndDoesNotWrap) {
  EXPECT_EQ(ParseHttpLength("576460752303423488"), kMaxHttpLength);
  EXPECT_EQ(ParseHttpLength("576460752303423489"), std::unexpected(Status::kDataLoss));
  EXPECT_EQ(ParseHttpLength("18446744073709551617"), std::unexpected(Status::kDataLoss));
}

TEST(HttpChunkSize, HexadecimalWithExtensions) {
  EXPECT_EQ(ParseHttpChunkSize("0"), 0u);
  EXPECT_EQ(ParseHttpChunkSize("1aF"), 0x1afu);
  EXPECT_EQ(ParseHttpChunkSize("10 ; name=value"), 16u);
  for (const std::string_view bad : {"", ";x", "0x10", "-1", "g", "1 2"}) {
    EXPECT_EQ(ParseHttpChunkSize(bad), std::unexpected(Status::kDataLoss)) << bad;
  }
}

TEST(HttpChunkSize, HasALimitAndDoesNotWrap) {
  EXPECT_EQ(ParseHttpChunkSize("800000000000000"), kMaxHttpLength);
  EXPECT_EQ(ParseHttpChunkSize("800000000000001"), std::unexpected(Status::kDataLoss));
  EXPECT_EQ(ParseHttpChunkSize("10000000000000001"), std::unexpected(Status::kDataLoss));
}

TEST(HttpFraming, TakesOneLengthOrChunked) {
  HttpFraming length;
  EXPECT_EQ(length.Add({"CONTENT-length", "42"}), Status::kOk);
  EXPECT_EQ(length.Add({"X-Other", "-1"}), Status::kOk);
  EXPECT_EQ(length.Add({"Content-Length", "42"}), Status::kOk);  // the same again (RFC 9110 8.6)
  EXPECT_TRUE(length.has_length());
  EXPECT_EQ(length.length(), 42u);
  HttpFraming chunked;
  EXPECT_EQ(chunked.Add({"transfer-encoding", "Chunked"}), Status::kOk);
  EXPECT_TRUE(chunked.chunked());
  EXPECT_FALSE(chunked.has_length());
}

TEST(HttpFraming, RefusesTwoLengthsThatDiffer) {
  HttpFraming framing;
  EXPECT_EQ(framing.Add({"Content-Length", "5"}), Status::kOk);
  EXPECT_EQ(framing.Add({"Content-Length", "6"}), Status::kDataLoss);
}

TEST(HttpFraming, RefusesALengthBesideACoding) {
  HttpFraming one;
  EXPECT_EQ(one.Add({"Content-Length", "5"}), Status::kOk);
  EXPECT_EQ(one.Add({"Transfer-Encoding", "chunked"}), Status::kDataLoss);
  HttpFraming other;
  EXPECT_EQ(other.Add({"Transfer-Encoding", "chunked"}), Status::kOk);
  EXPECT_EQ(other.Add({"Content-Length", "5"}), Status::kDataLoss);
}

TEST(HttpFraming, RefusesOtherCodings) {
  HttpFraming framing;
  EXPECT_EQ(framing.Add({"Transfer-Encoding", "gzip, chunked"}), Status::kUnimplemented);
  HttpFraming twice;
  EXPECT_EQ(twice.Add({"Transfer-Encoding", "chunked"}), Status::kOk);
  EXPECT_EQ(twice.Add({"Transfer-Encoding", "chunked"}), Status::kDataLoss);
}

}  // namespace
}  // namespace agent
