#include "agent/services/http_request.h"

#include <string>

#include "gtest/gtest.h"

namespace agent {
namespace {

HttpStatus Line(std::string_view line) {
  HttpRequestHead head;
  return head.SetRequestLine(line);
}

std::string PathOf(std::string_view target) {
  HttpRequestHead head;
  const HttpStatus status = head.SetRequestLine("GET " + std::string(target) + " HTTP/1.1");
  return status == HttpStatus::kOk ? std::string(head.path())
                                   : std::to_string(static_cast<uint16_t>(status));
}

// The answer to a whole head; each line without its end.
HttpStatus Answer(std::initializer_list<std::string_view> lines) {
  HttpRequestHead head;
  bool first = true;
  for (const std::string_view line : lines) {
    const HttpStatus status = first ? head.SetRequestLine(line) : head.AddField(line);
    if (status != HttpStatus::kOk) {
      return status;
    }
    first = false;
  }
  return head.Finish();
}

TEST(HttpRequestLine, TakesGetAndHead) {
  HttpRequestHead get;
  EXPECT_EQ(get.SetRequestLine("GET /a HTTP/1.1"), HttpStatus::kOk);
  EXPECT_FALSE(get.head_only());
  EXPECT_EQ(get.path(), "/a");
  HttpRequestHead head;
  EXPECT_EQ(head.SetRequestLine("HEAD / HTTP/1.0"), HttpStatus::kOk);
  EXPECT_TRUE(head.head_only());
}

TEST(HttpRequestLine, TellsOtherMethodsFromUnknownOnes) {
  EXPECT_EQ(Line("POST / HTTP/1.1"), HttpStatus::kMethodNotAllowed);
  EXPECT_EQ(Line("OPTIONS * HTTP/1.1"), HttpStatus::kMethodNotAllowed);
  EXPECT_EQ(Line("get / HTTP/1.1"), HttpStatus::kNotImplemented);  // methods have a case
  EXPECT_EQ(Line("BREW / HTTP/1.1"), HttpStatus::kNotImplemented);
}

TEST(HttpRequestLine, RefusesOtherShapes) {
  for (const std::string_view bad :
       {"", "GET", "GET /", "GET  HTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1", "GET / HTTP/11",
        "GET / http/1.1", "GET / HTTP/1.x", "G(T / HTTP/1.1", "GET a HTTP/1.1", "GET * HTTP/1.1",
        "GET /a b HTTP/1.1"}) {
    EXPECT_EQ(Line(bad), HttpStatus::kBadRequest) << bad;
  }
}

TEST(HttpRequestLine, KnowsItsVersion) {
  EXPECT_EQ(Line("GET / HTTP/2.0"), HttpStatus::kVersionNotSupported);
  EXPECT_EQ(Line("GET / HTTP/0.9"), HttpStatus::kVersionNotSupported);
}

TEST(HttpPath, IsDecodedAndLosesItsQuery) {
  EXPECT_EQ(PathOf("/a%2Fb%7e?x=%00"), "/a/b~");
  EXPECT_EQ(PathOf("/?"), "/");
  EXPECT_EQ(PathOf("http://board:80/x?y"), "/x");
  EXPECT_EQ(PathOf("HTTP://board"), "/");
  EXPECT_EQ(PathOf("http://board?x"), "/");
}

TEST(HttpPath, RefusesBadEscapes) {
  for (const std::string_view bad :
       {"/%", "/%4", "/%zz", "/%4g", "/a%00b", "/a%0d%0aX:y", "/%7f"}) {
    EXPECT_EQ(PathOf(bad), "400") << bad;
  }
}

TEST(HttpPath, RefusesDotSegmentsHoweverWritten) {
  for (const std::string_view bad : {"/..", "/../etc", "/a/../b", "/a/..", "/%2e%2e/x", "/a%2f..",
                                     "/.", "/./x", "http://h/../x"}) {
    EXPECT_EQ(PathOf(bad), "400") << bad;
  }
  EXPECT_EQ(PathOf("/..a/b..c/..."), "/..a/b..c/...");
}

TEST(HttpPath, HasALimit) {
  const std::string longest = "/" + std::string(HttpRequestHead::kMaxPath - 1, 'a');
  EXPECT_EQ(PathOf(longest), longest);
  EXPECT_EQ(PathOf(longest + "a"), "414");
}

TEST(HttpRequest, Version11NeedsOneHost) {
  EXPECT_EQ(Answer({"GET / HTTP/1.1"}), HttpStatus::kBadRequest);
  EXPECT_EQ(Answer({"GET / HTTP/1.0"}), HttpStatus::kOk);
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host: board"}), HttpStatus::kOk);
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host: a", "host: a"}), HttpStatus::kBadRequest);
}

TEST(HttpRequest, RefusesABody) {
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host: a", "Content-Length: 0"}), HttpStatus::kOk);
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host: a", "Content-Length: 1"}),
            HttpStatus::kContentTooLarge);
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"}),
            HttpStatus::kContentTooLarge);
}

TEST(HttpRequest, RefusesLengthsThatCannotBeTrusted) {
  for (const std::string_view bad :
       {"Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 1a"}) {
    EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host: a", bad}), HttpStatus::kBadRequest) << bad;
  }
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Content-Length: 1", "Content-Length: 2"}),
            HttpStatus::kBadRequest);
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Content-Length: 1", "Transfer-Encoding: chunked"}),
            HttpStatus::kBadRequest);
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Transfer-Encoding: gzip"}), HttpStatus::kNotImplemented);
}

TEST(HttpRequest, HasALimitOfFields) {
  HttpRequestHead head;
  EXPECT_EQ(head.SetRequestLine("GET / HTTP/1.0"), HttpStatus::kOk);
  for (size_t i = 0; i < HttpRequestHead::kMaxFields; ++i) {
    EXPECT_EQ(head.AddField("X: y"), HttpStatus::kOk);
  }
  EXPECT_EQ(head.AddField("X: y"), HttpStatus::kHeaderFieldsTooLarge);
}

TEST(HttpRequest, RefusesAMalformedField) {
  EXPECT_EQ(Answer({"GET / HTTP/1.1", "Host a"}), HttpStatus::kBadRequest);
}

TEST(HttpStatus, EachHasAReason) {
  for (const HttpStatus status :
       {HttpStatus::kOk, HttpStatus::kBadRequest, HttpStatus::kNotFound,
        HttpStatus::kMethodNotAllowed, HttpStatus::kRequestTimeout, HttpStatus::kContentTooLarge,
        HttpStatus::kUriTooLong, HttpStatus::kHeaderFieldsTooLarge, HttpStatus::kNotImplemented,
        HttpStatus::kVersionNotSupported}) {
    EXPECT_NE(HttpReason(status), "");
  }
}

}  // namespace
}  // namespace agent
