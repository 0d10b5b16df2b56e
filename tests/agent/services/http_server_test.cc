#include "agent/services/http_server.h"

#include "tests/agent/services/service_pair.h"

namespace agent {
namespace {

using base::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

// "/short" is one section, "/long" is 40 of 500 characters each.
class TestPages : public HttpPages {
 public:
  base::Result<Page> Find(std::string_view path) override {
    if (path == "/short") {
      return Page{0, "text/plain"};
    }
    if (path == "/long") {
      return Page{1, "text/html"};
    }
    return std::unexpected(Status::kNotFound);
  }
  bool WriteSection(const Page& page, size_t index, TextWriter& out) override {
    if (page.id == 0) {
      out.Text(index == 0 ? "short page\n" : "");
      return index == 0;
    }
    if (index == 40) {
      return false;
    }
    out.Text(std::string(500, static_cast<char>('A' + index % 26)));
    return true;
  }
};

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    EXPECT_EQ(hosts_.services().Run(server_), Status::kOk);
    hosts_.RunFor(seconds(1));
  }

  // What the server says to `request`, up to its FIN.
  std::string Ask(std::string_view request) {
    TcpClient client(hosts_, HttpServer::kPort);
    client.Send(request);
    const std::string answer = client.ReadAll();
    EXPECT_EQ(client.end(), Status::kClosed);
    EXPECT_EQ(client.socket().Close(), Status::kOk);
    return answer;
  }
  std::string Get(std::string_view path) {
    return Ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: board\r\n\r\n");
  }

  static std::string CodeOf(std::string_view answer) {
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 "));
    return std::string(answer.substr(9, 3));
  }
  static std::string BodyOf(std::string_view answer) {
    return std::string(answer.substr(answer.find("\r\n\r\n") + 4));
  }
  static bool HasField(std::string_view answer, std::string_view field) {
    return answer.find("\r\n" + std::string(field) + "\r\n") != std::string_view::npos;
  }

  ServicePair hosts_{{.delay = milliseconds(1)}};
  TestPages pages_;
  stack::TaskSet<2> connections_{hosts_.services().runtime()};
  HttpServer server_{hosts_.board(), connections_, pages_};
};

TEST_F(HttpServerTest, SendsAShortPageWithItsLength) {
  EXPECT_EQ(Get("/short"),
            "HTTP/1.1 200 OK\r\nServer: netctl\r\nContent-Type: text/plain\r\n"
            "Content-Length: 11\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
            "short page\n");
  EXPECT_EQ(server_.stats().ok, 1u);
  EXPECT_EQ(server_.stats().body_octets, 11u);
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(connections_.stats().succeeded, 1u);
  hosts_.ExpectNothingHeld();
}

TEST_F(HttpServerTest, SendsALongPageUpToTheClose) {
  const std::string answer = Get("/long");
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    expected += std::string(500, static_cast<char>('A' + i % 26));
  }
  EXPECT_EQ(BodyOf(answer), expected);
}

TEST_F(HttpServerTest, AnswersHeadWithoutBody) {
  for (const std::string_view path : {"/short", "/long", "/zero/100", "/none"}) {
    const std::string answer =
        Ask("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: board\r\n\r\n");
    EXPECT_EQ(BodyOf(answer), "") << path;
  }
  EXPECT_TRUE(HasField(Ask("HEAD /zero/100 HTTP/1.0\r\n\r\n"), "Content-Length: 100"));
}

TEST_F(HttpServerTest, SendsZeros) {
  const std::string answer = Get("/zero/5000");
  EXPECT_TRUE(HasField(answer, "Content-Length: 5000"));
  EXPECT_TRUE(HasField(answer, "Content-Type: application/octet-stream"));
  EXPECT_EQ(BodyOf(answer), std::string(5000, '\0'));
}

TEST_F(HttpServerTest, SendsRandomBytesThatAreTheSameEachTime) {
  const std::string first = BodyOf(Get("/random/100000"));
  EXPECT_EQ(first.size(), 100'000u);
  EXPECT_EQ(BodyOf(Get("/random/100000")), first);
  std::array<int, 256> count{};
  for (const char c : first) {
    ++count[static_cast<uint8_t>(c)];
  }
  EXPECT_GT(*std::ranges::min_element(count), 250);  // of 390 on average
  EXPECT_LT(*std::ranges::max_element(count), 530);
}

TEST_F(HttpServerTest, SendsNothingForZeroBytes) {
  EXPECT_EQ(BodyOf(Get("/zero/0")), "");
  EXPECT_EQ(server_.stats().ok, 1u);
}

TEST_F(HttpServerTest, DoesNotKnowOtherPaths) {
  for (const std::string_view path :
       {"/none", "/zero/", "/zero/x", "/zero/-1", "/random/99999999999999999999", "/zero"}) {
    const std::string answer = Get(path);
    EXPECT_EQ(CodeOf(answer), "404") << path;
    EXPECT_EQ(BodyOf(answer), "Not Found\n");
    EXPECT_TRUE(HasField(answer, "Content-Length: 10"));
  }
  EXPECT_EQ(server_.stats().not_found, 6u);
}

TEST_F(HttpServerTest, SaysWhichMethodsItHas) {
  const std::string answer = Ask("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(CodeOf(answer), "405");
  EXPECT_TRUE(HasField(answer, "Allow: GET, HEAD"));
  EXPECT_EQ(server_.stats().method_not_allowed, 1u);
}

// Row 104 of the list of vulnerability classes: one answer each, and the server goes on.
TEST_F(HttpServerTest, AnswersWhatItDoesNotTakeAndGoesOn) {
  const std::string host = "Host: a\r\n";
  EXPECT_EQ(CodeOf(Ask("GET /../etc/passwd HTTP/1.1\r\n" + host + "\r\n")), "400");
  EXPECT_EQ(CodeOf(Ask("GET /a%00b HTTP/1.1\r\n" + host + "\r\n")), "400");
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/1.1\r\nContent-Length: -1\r\n" + host + "\r\n")), "400");
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")), "400");
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")), "400");
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/1.1\r\nContent-Length: 1\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n")),
            "400");
  EXPECT_EQ(CodeOf(Ask("\x16\x03\x01 hello\r\n\r\n")), "400");  // TLS
  EXPECT_EQ(server_.stats().bad_request, 7u);
  EXPECT_EQ(CodeOf(Ask("BREW / HTTP/1.1\r\n\r\n")), "501");
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/2.0\r\n\r\n")), "505");
  EXPECT_EQ(CodeOf(Get("/short")), "200");
}

TEST_F(HttpServerTest, RefusesABodyAndStillGetsItsAnswerAcross) {
  // The body is on its way when the answer goes: closing at once would reset the connection.
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" +
                       std::string(30'000, 'b'))),
            "413");
  EXPECT_EQ(server_.stats().content_too_large, 1u);
}

TEST_F(HttpServerTest, AnswersTheFirstOfPipelinedRequests) {
  const std::string one = "GET /short HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string answer = Ask(one + one + one);
  EXPECT_EQ(BodyOf(answer), "short page\n");
  EXPECT_EQ(server_.stats().ok, 1u);
}

TEST_F(HttpServerTest, LimitsTheRequestLine) {
  EXPECT_EQ(CodeOf(Get("/" + std::string(HttpRequestHead::kMaxPath, 'a'))), "414");
  EXPECT_EQ(CodeOf(Get("/" + std::string(5000, 'a'))), "414");
  EXPECT_EQ(server_.stats().uri_too_long, 2u);
}

TEST_F(HttpServerTest, LimitsTheFields) {
  EXPECT_EQ(CodeOf(Ask("GET / HTTP/1.1\r\nX: " + std::string(2000, 'a') + "\r\n\r\n")), "431");
  std::string many = "GET / HTTP/1.1\r\n";
  for (size_t i = 0; i < HttpRequestHead::kMaxFields + 1; ++i) {
    many += "A: b\r\n";
  }
  EXPECT_EQ(CodeOf(Ask(many + "\r\n")), "431");
  std::string large = "GET / HTTP/1.1\r\n";
  for (size_t size = 0; size <= HttpServer::kMaxHeadSize; size += 900) {
    large += "A: " + std::string(897, 'x') + "\r\n";
  }
  EXPECT_EQ(CodeOf(Ask(large + "\r\n")), "431");
  EXPECT_EQ(server_.stats().header_fields_too_large, 3u);
}

TEST_F(HttpServerTest, IgnoresOneEmptyLineInFront) {
  EXPECT_EQ(CodeOf(Ask("\r\nGET /short HTTP/1.1\r\nHost: a\r\n\r\n")), "200");
  EXPECT_EQ(CodeOf(Ask("\r\n\r\nGET /short HTTP/1.1\r\nHost: a\r\n\r\n")), "400");
}

TEST_F(HttpServerTest, TakesBareLineFeeds) {
  EXPECT_EQ(CodeOf(Ask("GET /short HTTP/1.1\nHost: a\n\n")), "200");
}

TEST_F(HttpServerTest, EndsAHeadThatComesTooSlowly) {
  TcpClient client(hosts_, HttpServer::kPort);
  const base::Instant start = hosts_.now();
  client.Send("GET / HTTP/1.1\r\n");
  bool ended = false;
  for (int i = 0; i < 30 && !ended; ++i) {  // one field a second, for ever
    static_cast<void>(client.socket().Send(base::AsBytes(std::string_view("X: y\r\n"))));
    hosts_.RunFor(seconds(1));
    client.Take();
    ended = client.end() != Status::kOk;
  }
  EXPECT_EQ(CodeOf(client.received()), "408");
  EXPECT_LT(hosts_.now() - start, HttpServer::kHeadLimit + seconds(4));
  EXPECT_EQ(server_.stats().request_timeout, 1u);
}

TEST_F(HttpServerTest, EndsAConnectionThatSaysNothing) {
  TcpClient client(hosts_, HttpServer::kPort);
  hosts_.RunFor(HttpServer::kHeadLimit - seconds(1));
  EXPECT_EQ(connections_.running(), 1u);
  hosts_.RunFor(seconds(1) + HttpServer::kLingerLimit + seconds(1));
  EXPECT_EQ(connections_.running(), 0u);
}

TEST_F(HttpServerTest, EndsAClientThatDoesNotRead) {
  TcpClient client(hosts_, HttpServer::kPort);
  client.Send("GET /zero/1000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  hosts_.RunFor(HttpServer::kIdleLimit + seconds(2));
  EXPECT_EQ(connections_.running(), 0u);
  EXPECT_EQ(server_.stats().aborted, 1u);
}

TEST_F(HttpServerTest, EndsAClientThatReadsForTooLong) {
  TcpClient client(hosts_, HttpServer::kPort, 1460);
  const base::Instant start = hosts_.now();
  client.Send("GET /zero/100000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  hosts_.RunFor(seconds(1));
  while (connections_.running() != 0 && hosts_.now() - start < std::chrono::minutes(15)) {
    client.Take();  // a little every ten seconds
    hosts_.RunFor(seconds(10));
  }
  EXPECT_EQ(connections_.running(), 0u);
  EXPECT_GE(hosts_.now() - start, HttpServer::kConnectionLimit - seconds(20));
}

TEST_F(HttpServerTest, CountsAClientThatLeaves) {
  {
    TcpClient client(hosts_, HttpServer::kPort);
    client.Send("GET /sho");
    hosts_.RunFor(seconds(1));
  }  // reset
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(server_.stats().aborted, 1u);
  TcpClient other(hosts_, HttpServer::kPort);
  other.Send("GET /sho");
  EXPECT_EQ(other.socket().CloseSend(), Status::kOk);
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(server_.stats().aborted, 2u);
}

TEST_F(HttpServerTest, ServesTwoAtATimeAndThenTheNext) {
  TcpClient first(hosts_, HttpServer::kPort);
  TcpClient second(hosts_, HttpServer::kPort);
  TcpClient third(hosts_, HttpServer::kPort);
  third.Send("GET /short HTTP/1.1\r\nHost: a\r\n\r\n");
  hosts_.RunFor(seconds(1));
  third.Take();
  EXPECT_EQ(third.received(), "");
  first.socket().Abort();
  third.ReadAll();
  EXPECT_EQ(BodyOf(third.received()), "short page\n");
}

TEST_F(HttpServerTest, ReleasesEverythingWhenCancelled) {
  TcpClient client(hosts_, HttpServer::kPort);
  client.Send("GET /zero/1000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  hosts_.RunFor(seconds(1));
  hosts_.services().tasks().CancelAll();
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(hosts_.services().frame_bytes(), 0u);
  client.ReadAll();
  EXPECT_EQ(client.end(), Status::kReset);
  hosts_.ExpectNothingHeld();
}

}  // namespace
}  // namespace agent
