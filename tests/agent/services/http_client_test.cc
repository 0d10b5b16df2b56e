#include "agent/services/http_client.h"

#include "agent/services/address_text.h"
#include "agent/services/sha256.h"
#include "stack/udp.h"
#include "tests/agent/services/service_pair.h"

namespace agent {
namespace {

using base::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Keeps the body; takes as much at a time as the test allows.
class RecordingSink : public HttpSink {
 public:
  explicit RecordingSink(base::Executor& executor) : changed_(executor) {}

  void OnProgress(const protocol::HttpProgressInfo& info) override { progress.push_back(info); }
  base::Result<size_t> Write(base::ConstByteSpan piece) override {
    if (room == 0) {
      return std::unexpected(Status::kUnavailable);
    }
    const size_t count = std::min(piece.size(), room);
    body += test::ToText(piece.first(count));
    room -= count;
    return count;
  }
  base::Signal& changed() override { return changed_; }
  void MakeRoom(size_t more) {
    room += more;
    changed_.Notify();
  }

  std::string body;
  std::vector<protocol::HttpProgressInfo> progress;
  size_t room = SIZE_MAX / 2;

 private:
  base::Signal changed_;
};

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    request_.host = std::string_view("192.0.2.2");
    request_.path = std::string_view("/file");
    EXPECT_EQ(listener_.Listen(80), Status::kOk);
  }
  // What tasks refer to outlives them.
  ~HttpClientTest() override { hosts_.services().tasks().DestroyAll(); }

  void Start() {
    EXPECT_EQ(
        hosts_.services().tasks().Spawn(FetchHttp, hosts_.board(), dns_, request_, sink_, result_),
        Status::kOk);
  }

  TcpClient AcceptOne() {
    stack::TcpSocket accepted;
    EXPECT_TRUE(hosts_.RunUntil([&] {
      auto socket = listener_.Accept();
      if (socket) {
        accepted = std::move(*socket);
      }
      return accepted.valid();
    }));
    return TcpClient(hosts_, std::move(accepted));
  }

  Status Outcome() {
    EXPECT_TRUE(
        hosts_.RunUntil([this] { return hosts_.services().tasks().running() == 0; }, seconds(100)));
    return hosts_.services().tasks().last_outcome();
  }

  // What the fetch makes of a response, after which the server closes.
  Status FetchOf(std::string_view response) {
    Start();
    TcpClient server = AcceptOne();
    WaitForRequest(server);
    server.Send(response);
    EXPECT_EQ(server.socket().CloseSend(), Status::kOk);
    return Outcome();
  }

  void WaitForRequest(TcpClient& server) {
    EXPECT_TRUE(hosts_.RunUntil([&] {
      server.Take();
      return server.received().ends_with("\r\n\r\n");
    }));
  }

  ServicePair hosts_{{.delay = milliseconds(5)}};
  stack::DnsClient dns_{hosts_.board()};
  stack::TcpListener listener_{hosts_.peer()};
  protocol::HttpRequest request_;
  protocol::HttpResult result_;
  RecordingSink sink_{hosts_.hosts().a().executor()};
};

TEST_F(HttpClientTest, SendsOneGetAndTakesABodyOfGivenLength) {
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  EXPECT_EQ(server.received(),
            "GET /file HTTP/1.1\r\nHost: 192.0.2.2\r\nUser-Agent: netctl\r\nAccept: */*\r\n"
            "Connection: close\r\n\r\n");
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nabc");
  EXPECT_EQ(Outcome(), Status::kOk);  // without waiting for the server's FIN
  EXPECT_EQ(sink_.body, "abc");
  EXPECT_EQ(result_.code, 200);
  EXPECT_EQ(result_.size, 3u);
  EXPECT_EQ(result_.content_type.view(), "text/plain");
  EXPECT_EQ(result_.address, hosts_.peer_ip());
  Sha256 hash;
  hash.Add(test::ToBytes("abc"));
  EXPECT_EQ(result_.sha256, hash.Finish());
  server.ReadAll();
  EXPECT_EQ(server.end(), Status::kClosed);
  EXPECT_EQ(server.socket().Close(), Status::kOk);
  EXPECT_EQ(hosts_.services().frame_bytes(), 0u);
  hosts_.ExpectNothingHeld();
}

TEST_F(HttpClientTest, NamesAnotherPortInHost) {
  stack::TcpListener other(hosts_.peer());
  EXPECT_EQ(other.Listen(8080), Status::kOk);
  listener_.Close();
  request_.port = 8080;
  Start();
  stack::TcpSocket socket;
  hosts_.RunUntil([&] {
    auto accepted = other.Accept();
    if (accepted) {
      socket = std::move(*accepted);
    }
    return socket.valid();
  });
  TcpClient server(hosts_, std::move(socket));
  WaitForRequest(server);
  EXPECT_NE(server.received().find("Host: 192.0.2.2:8080\r\n"), std::string::npos);
}

TEST_F(HttpClientTest, TakesChunksExtensionsAndTrailers) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "4\r\nwiki\r\n7;ext=\"v\"\r\npedia i\r\nB\r\nn \r\nchunks.\r\n"
                    "0\r\nX-Trailer: 1\r\n\r\n"),
            Status::kOk);
  EXPECT_EQ(sink_.body, "wikipedia in \r\nchunks.");
  EXPECT_FALSE(sink_.progress.back().length_known);
}

TEST_F(HttpClientTest, ChunksMayArriveByteByByte) {
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  const std::string_view response =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (size_t i = 0; i < response.size(); ++i) {
    server.Send(response.substr(i, 1));
    hosts_.RunFor(milliseconds(20));
  }
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(sink_.body, "abcde");
}

TEST_F(HttpClientTest, TakesABodyUpToTheEndOfTheConnection) {
  EXPECT_EQ(FetchOf("HTTP/1.0 200 OK\r\n\r\nall of it"), Status::kOk);
  EXPECT_EQ(sink_.body, "all of it");
}

TEST_F(HttpClientTest, AResponseWithoutBodyEndsWithItsHead) {
  for (const std::string_view head :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}) {
    Start();
    TcpClient server = AcceptOne();
    WaitForRequest(server);
    server.Send(head);
    EXPECT_EQ(Outcome(), Status::kOk) << head;
    EXPECT_EQ(sink_.body, "");
  }
}

TEST_F(HttpClientTest, PassesInterimResponsesOver) {
  EXPECT_EQ(FetchOf("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
            Status::kOk);
  EXPECT_EQ(result_.code, 200);
  EXPECT_EQ(sink_.body, "x");
}

TEST_F(HttpClientTest, HasALimitOfInterimResponses) {
  std::string endless;
  for (int i = 0; i <= kHttpMaxInterim; ++i) {
    endless += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  EXPECT_EQ(FetchOf(endless), Status::kResourceExhausted);
}

TEST_F(HttpClientTest, ReportsARedirectAndDoesNotFollow) {
  EXPECT_EQ(FetchOf("HTTP/1.1 302 Found\r\nLocation: http://192.0.2.2/else\r\n"
                    "Content-Length: 0\r\n\r\n"),
            Status::kOk);
  EXPECT_EQ(result_.code, 302);
  EXPECT_EQ(result_.location.view(), "http://192.0.2.2/else");
  EXPECT_FALSE(listener_.Accept());
}

TEST_F(HttpClientTest, ABodyShorterThanAnnouncedIsALoss) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), Status::kDataLoss);
  EXPECT_EQ(sink_.body, "abc");
  EXPECT_EQ(result_.size, 3u);
}

TEST_F(HttpClientTest, ChunksWithoutTheLastOneAreALoss) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
            Status::kDataLoss);
}

TEST_F(HttpClientTest, BytesBehindAChunkThatAreNoLineEndAreALoss) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"),
            Status::kDataLoss);
}

TEST_F(HttpClientTest, AHugeChunkIsALoss) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nx"),
            Status::kDataLoss);
}

TEST_F(HttpClientTest, WhatIsNoHttpIsALoss) {
  EXPECT_EQ(FetchOf("SSH-2.0-OpenSSH_9.2p1\r\n"), Status::kDataLoss);
  EXPECT_EQ(result_.code, 0);
  EXPECT_TRUE(sink_.progress.empty());
}

TEST_F(HttpClientTest, ClosedBeforeAResponse) { EXPECT_EQ(FetchOf(""), Status::kClosed); }

TEST_F(HttpClientTest, ClosedWithinTheHeadIsALoss) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nContent-Le"), Status::kDataLoss);
}

TEST_F(HttpClientTest, ResetIsReset) {
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  hosts_.RunFor(seconds(1));
  server.socket().Abort();
  EXPECT_EQ(Outcome(), Status::kReset);
}

TEST_F(HttpClientTest, Refused) {
  listener_.Close();
  Start();
  EXPECT_EQ(Outcome(), Status::kRefused);
}

TEST_F(HttpClientTest, CutsALongFieldAndGoesOn) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nSet-Cookie: " + std::string(5000, 'c') +
                    "\r\nContent-Length: 1\r\n\r\nx"),
            Status::kOk);
  EXPECT_EQ(sink_.body, "x");
}

TEST_F(HttpClientTest, HasALimitOfAllFields) {
  EXPECT_EQ(FetchOf("HTTP/1.1 200 OK\r\nX: " + std::string(kHttpMaxHead + 2000, 'c') + "\r\n\r\n"),
            Status::kResourceExhausted);
}

TEST_F(HttpClientTest, HasALimitOfManyFields) {
  std::string response = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 40; ++i) {
    response += "X: " + std::string(500, 'c') + "\r\n";
  }
  EXPECT_EQ(FetchOf(response + "\r\n"), Status::kResourceExhausted);
}

TEST_F(HttpClientTest, EndsWhenTheServerIsSilent) {
  request_.timeout_ms = 2000;
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  const base::Instant start = hosts_.now();
  EXPECT_EQ(Outcome(), Status::kDeadlineExceeded);
  EXPECT_LT(hosts_.now() - start, milliseconds(2100));
}

TEST_F(HttpClientTest, WaitsForRoomInTheSink) {
  sink_.room = 5;
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
  hosts_.RunFor(seconds(3));
  EXPECT_EQ(sink_.body, "01234");
  EXPECT_EQ(hosts_.services().tasks().running(), 1u);
  sink_.MakeRoom(5);
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(sink_.body, "0123456789");
}

TEST_F(HttpClientTest, ASinkThatStaysFullHoldsTheServerBack) {
  sink_.room = 0;
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  server.Send("HTTP/1.1 200 OK\r\n\r\n");
  const std::string block(1000, 'x');
  size_t taken = 0;
  hosts_.RunUntil(
      [&] {
        const auto sent = server.socket().Send(base::AsBytes(block));
        taken += sent ? *sent : 0;
        return false;
      },
      seconds(5));
  EXPECT_LT(taken, 60'000u);  // both windows, and no more
}

TEST_F(HttpClientTest, TellsTheTimesOfItsSteps) {
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  hosts_.RunFor(milliseconds(100));
  server.Send("HTTP/1.1 200 OK\r\n\r\nfirst");
  hosts_.RunFor(milliseconds(500));
  server.Send("last");
  EXPECT_EQ(server.socket().CloseSend(), Status::kOk);
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(result_.namelookup_us, 0u);    // an address
  EXPECT_GE(result_.connect_us, 10'000u);  // one round trip, and one for ARP
  EXPECT_LE(result_.connect_us, 25'000u);
  EXPECT_GE(result_.starttransfer_us, result_.connect_us + 110'000u);
  EXPECT_GE(result_.total_us, result_.starttransfer_us + 500'000u);
}

TEST_F(HttpClientTest, ReportsProgressAtTheHeadSometimesAndAtTheEnd) {
  Start();
  TcpClient server = AcceptOne();
  WaitForRequest(server);
  server.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 100; ++i) {
    server.Send("x");
    hosts_.RunFor(milliseconds(10));
  }
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(sink_.progress.front().received, 0u);
  EXPECT_TRUE(sink_.progress.front().length_known);
  EXPECT_EQ(sink_.progress.front().content_length, 100u);
  EXPECT_EQ(sink_.progress.back().received, 100u);
  EXPECT_GE(sink_.progress.size(), 4u);
  EXPECT_LE(sink_.progress.size(), 7u);
}

TEST_F(HttpClientTest, RefusesAPathThatWouldBreakTheRequest) {
  for (const std::string_view path : {"", "file", "/a b", "/a\r\nX: y", "/a\x7f"}) {
    request_.path = path;
    Start();
    EXPECT_EQ(Outcome(), Status::kInvalidArgument) << path;
  }
  request_.path = std::string_view("/");
  request_.host = std::string_view("a\nb");
  Start();
  EXPECT_EQ(Outcome(), Status::kInvalidArgument);
}

TEST_F(HttpClientTest, SaysThatNoServerKnowsNames) {
  request_.host = std::string_view("example.test");
  hosts_.hosts().a().netif().SetIpv4(
      {.address = test::TestHost::IpOf(1), .mask = base::Ipv4Address::Mask(24)});
  Start();
  EXPECT_EQ(Outcome(), Status::kUnreachable);
}

TEST_F(HttpClientTest, AsksForTheName) {
  // The peer is the name server and answers by hand: the question, and one A record.
  stack::UdpSocket server(hosts_.peer());
  EXPECT_EQ(server.Bind(53), Status::kOk);
  hosts_.hosts().a().netif().SetIpv4({.address = test::TestHost::IpOf(1),
                                      .mask = base::Ipv4Address::Mask(24),
                                      .dns = {test::TestHost::IpOf(2)}});
  request_.host = std::string_view("example.test");
  Start();
  base::Result<stack::UdpDatagram> query = std::unexpected(Status::kUnavailable);
  hosts_.RunUntil([&] {
    query = server.Receive();
    return query.has_value();
  });
  test::ByteVector answer = test::ToVector(query->payload.bytes());
  answer[2] = std::byte{0x81};  // a response, recursion desired
  answer[3] = std::byte{0x80};  // recursion available
  answer[7] = std::byte{1};     // one answer
  test::AppendTo(answer, test::ToBytes({0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 2}));
  EXPECT_EQ(server.SendTo(answer, query->from), Status::kOk);
  TcpClient http = AcceptOne();
  WaitForRequest(http);
  EXPECT_NE(http.received().find("\r\nHost: example.test\r\n"), std::string::npos);
  http.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_EQ(result_.address, hosts_.peer_ip());
  EXPECT_GE(result_.namelookup_us, 10'000u);
}

TEST_F(HttpClientTest, CancelledWhileItAsksForTheName) {
  request_.host = std::string_view("example.test");
  Start();
  hosts_.RunFor(milliseconds(100));
  hosts_.services().tasks().CancelAll();
  EXPECT_EQ(Outcome(), Status::kCancelled);
  EXPECT_EQ(hosts_.services().frame_bytes(), 0u);
  Start();  // the name may be asked for again: the first query is gone
  hosts_.RunFor(milliseconds(100));
  EXPECT_EQ(hosts_.services().tasks().running(), 1u);
}

TEST(Ipv4Address, AsPeopleTypeThem) {
  EXPECT_EQ(ParseIpv4Address("192.0.2.1"), base::Ipv4Address::From(192, 0, 2, 1));
  EXPECT_EQ(ParseIpv4Address("0.0.0.0"), base::Ipv4Address{});
  for (const std::string_view bad : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ",
                                     "1..2.3", "a.b.c.d", "1.2.3.00", "1.2.3.-4"}) {
    EXPECT_FALSE(ParseIpv4Address(bad)) << bad;
  }
}

}  // namespace
}  // namespace agent
