#include "agent/services/http_response.h"

#include <string>

#include "gtest/gtest.h"

namespace agent {
namespace {

using base::Status;

HttpResponseHead HeadOf(std::initializer_list<std::string_view> lines) {
  HttpResponseHead head;
  bool first = true;
  for (const std::string_view line : lines) {
    EXPECT_EQ(first ? head.SetStatusLine(line) : head.AddField(line), Status::kOk) << line;
    first = false;
  }
  return head;
}

TEST(HttpStatusLine, GivesTheCode) {
  EXPECT_EQ(HeadOf({"HTTP/1.1 200 OK"}).code(), 200);
  EXPECT_EQ(HeadOf({"HTTP/1.0 404"}).code(), 404);
  EXPECT_EQ(HeadOf({"HTTP/1.1 503 "}).code(), 503);
}

TEST(HttpStatusLine, RefusesWhatIsNoHttp) {
  HttpResponseHead head;
  for (const std::string_view bad :
       {"", "220 mail ready", "HTTP/2 200", "HTTP/1.1 99 x", "HTTP/1.1 2000", "HTTP/1.1 -20",
        "HTTP/1.1 600 x", "HTTP/1.1 099 x", "HTTP/1.1  200", "SSH-2.0-OpenSSH_9.2"}) {
    EXPECT_EQ(head.SetStatusLine(bad), Status::kDataLoss) << bad;
  }
}

TEST(HttpResponseHead, KnowsItsBody) {
  EXPECT_EQ(HeadOf({"HTTP/1.1 200 OK"}).body(), HttpBodyKind::kUntilClose);
  EXPECT_EQ(HeadOf({"HTTP/1.1 200 OK", "Content-Length: 0"}).body(), HttpBodyKind::kNone);
  const HttpResponseHead length = HeadOf({"HTTP/1.1 200 OK", "Content-Length: 7"});
  EXPECT_EQ(length.body(), HttpBodyKind::kLength);
  EXPECT_EQ(length.length(), 7u);
  EXPECT_EQ(HeadOf({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked"}).body(),
            HttpBodyKind::kChunked);
  // RFC 9112 6.3: these have none, whatever their fields say.
  EXPECT_EQ(HeadOf({"HTTP/1.1 204 No Content", "Content-Length: 7"}).body(), HttpBodyKind::kNone);
  EXPECT_EQ(HeadOf({"HTTP/1.1 304 Not Modified", "Content-Length: 7"}).body(), HttpBodyKind::kNone);
}

TEST(HttpResponseHead, AnInterimOneIsForgotten) {
  HttpResponseHead head = HeadOf({"HTTP/1.1 103 Early Hints", "Location: /a"});
  EXPECT_TRUE(head.is_interim());
  head.Reset();
  EXPECT_EQ(head.location(), "");
  EXPECT_EQ(head.SetStatusLine("HTTP/1.1 200 OK"), Status::kOk);
  EXPECT_FALSE(head.is_interim());
}

TEST(HttpResponseHead, KeepsTypeAndLocation) {
  const HttpResponseHead head =
      HeadOf({"HTTP/1.1 301 Moved", "content-type: text/plain", "LOCATION: http://b/c"});
  EXPECT_EQ(head.content_type(), "text/plain");
  EXPECT_EQ(head.location(), "http://b/c");
}

TEST(HttpResponseHead, RefusesMalformedFields) {
  HttpResponseHead head;
  EXPECT_EQ(head.AddField("no colon"), Status::kDataLoss);
  EXPECT_EQ(head.AddField("Content-Length: -5"), Status::kDataLoss);
  EXPECT_EQ(head.AddField("Transfer-Encoding: br"), Status::kUnimplemented);
}

TEST(HttpResponseHead, HasALimitOfFields) {
  HttpResponseHead head;
  for (size_t i = 0; i < HttpResponseHead::kMaxFields; ++i) {
    EXPECT_EQ(head.AddField("X: y"), Status::kOk);
  }
  EXPECT_EQ(head.AddField("X: y"), Status::kDataLoss);
}

TEST(HttpResponseHead, ALongFieldMayBeCutUnlessTheBodyDependsOnIt) {
  HttpResponseHead head;
  EXPECT_EQ(head.AddCutField("Set-Cookie: abcdef"), Status::kOk);
  EXPECT_EQ(head.AddCutField("Content-Length: 1000"), Status::kDataLoss);
  EXPECT_EQ(head.AddCutField("Transfer-Encoding: chunked"), Status::kDataLoss);
  EXPECT_EQ(head.AddCutField("no colon in all of it"), Status::kDataLoss);
}

}  // namespace
}  // namespace agent
