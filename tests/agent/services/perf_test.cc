#include "agent/services/perf.h"

#include <optional>
#include <vector>

#include "agent/services/chargen_pattern.h"
#include "tests/agent/services/service_pair.h"

namespace agent {
namespace {

using base::Status;
using protocol::PerfDirection;
using protocol::PerfInterval;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint16_t kPort = 5000;

class Recorder : public PerfObserver {
 public:
  void OnInterval(const PerfInterval& interval) override { intervals.push_back(interval); }

  std::vector<PerfInterval> Of(bool sending) const {
    std::vector<PerfInterval> found;
    for (const PerfInterval& interval : intervals) {
      if (interval.sending == sending) {
        found.push_back(interval);
      }
    }
    return found;
  }

  std::vector<PerfInterval> intervals;
};

class PerfTest : public testing::Test {
 protected:
  explicit PerfTest(const test::CableFaults& faults = {.delay = milliseconds(1),
                                                       .bits_per_second = 10'000'000})
      : hosts_(faults) {
    request_.peer = {hosts_.peer_ip(), kPort};
    EXPECT_EQ(listener_.Listen(kPort), Status::kOk);
  }
  // What tasks refer to outlives them.
  ~PerfTest() override { hosts_.services().tasks().DestroyAll(); }

  void Start() {
    EXPECT_EQ(hosts_.services().tasks().Spawn(RunPerf, hosts_.board(), request_, recorder_),
              Status::kOk);
  }

  // The host's end of the next connection of the board.
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

  // Every interval begins where the one before ended, and the total is their sum.
  void ExpectAddsUp(const std::vector<PerfInterval>& intervals, uint64_t bytes) {
    ASSERT_FALSE(intervals.empty());
    uint64_t sum = 0;
    uint64_t at = 0;
    for (size_t i = 0; i + 1 < intervals.size(); ++i) {
      EXPECT_FALSE(intervals[i].total);
      EXPECT_EQ(intervals[i].start_us, at);
      at = intervals[i].end_us;
      sum += intervals[i].bytes;
    }
    const PerfInterval& total = intervals.back();
    EXPECT_TRUE(total.total);
    EXPECT_EQ(total.start_us, 0u);
    EXPECT_GE(total.end_us, at);
    EXPECT_EQ(total.bytes, sum);
    EXPECT_EQ(total.bytes, bytes);
  }

  ServicePair hosts_;
  stack::TcpListener listener_{hosts_.peer()};
  protocol::PerfRequest request_{.interval_ms = 100};
  Recorder recorder_;
};

TEST_F(PerfTest, SendsSoManyBytesOfTheText) {
  request_.bytes = 100'000;
  Start();
  TcpClient host = AcceptOne();
  const std::string& received = host.ReadAll();
  EXPECT_EQ(host.end(), Status::kClosed);
  EXPECT_EQ(host.socket().Close(), Status::kOk);
  EXPECT_EQ(Outcome(), Status::kOk);
  ASSERT_EQ(received.size(), 100'001u);
  EXPECT_EQ(received[0], 's');
  for (size_t i = 0; i < 100'000; ++i) {
    ASSERT_EQ(static_cast<std::byte>(received[i + 1]), ChargenByte(i)) << i;
  }
  ExpectAddsUp(recorder_.intervals, 100'000);
  EXPECT_TRUE(recorder_.intervals.back().sending);
  EXPECT_GT(recorder_.intervals.back().rtt_us, 1000u);
  EXPECT_GT(recorder_.intervals.back().cwnd, 0u);
  EXPECT_GT(recorder_.intervals.back().window, 0u);
  hosts_.ExpectNothingHeld();
}

TEST_F(PerfTest, SendsForAsLongAsAsked) {
  request_.duration_ms = 1000;
  Start();
  TcpClient host = AcceptOne();
  const base::Instant start = hosts_.now();
  const size_t received = host.ReadAll().size();
  EXPECT_EQ(Outcome(), Status::kOk);
  EXPECT_GE(hosts_.now() - start, milliseconds(1000));
  EXPECT_LT(hosts_.now() - start, milliseconds(1200));
  ExpectAddsUp(recorder_.intervals, received - 1);
  EXPECT_GE(recorder_.intervals.size(), 10u);
  // The first interval ends on the grid.
  EXPECT_EQ(recorder_.intervals[0].end_us / 1000, 100u);
  // 10 Mbit/s less headers, for a second.
  EXPECT_GT(received, 1'000'000u);
}

TEST_F(PerfTest, ReceivesUntilTheHostHasSentAll) {
  request_.direction = PerfDirection::kReceive;
  Start();
  TcpClient host = AcceptOne();
  hosts_.RunFor(milliseconds(50));
  host.Take();
  EXPECT_EQ(host.received(), "r");
  host.Send(std::string(200'000, 'n'));
  EXPECT_EQ(host.socket().CloseSend(), Status::kOk);
  host.ReadAll();
  EXPECT_EQ(host.end(), Status::kClosed);
  EXPECT_EQ(host.socket().Close(), Status::kOk);
  EXPECT_EQ(Outcome(), Status::kOk);
  ExpectAddsUp(recorder_.intervals, 200'000);
  EXPECT_FALSE(recorder_.intervals.back().sending);
  hosts_.ExpectNothingHeld();
}

TEST_F(PerfTest, BothDirectionsRunAtOnceOnTwoConnections) {
  request_.direction = PerfDirection::kBoth;
  request_.bytes = 50'000;
  Start();
  TcpClient one = AcceptOne();
  TcpClient two = AcceptOne();
  hosts_.RunFor(milliseconds(50));
  one.Take();
  two.Take();
  TcpClient& source = one.received() == "r" ? one : two;
  TcpClient& sink = one.received() == "r" ? two : one;
  source.Send(std::string(30'000, 'n'));
  EXPECT_EQ(source.socket().CloseSend(), Status::kOk);
  EXPECT_EQ(sink.ReadAll().size(), 50'001u);
  source.ReadAll();
  EXPECT_EQ(Outcome(), Status::kOk);
  ExpectAddsUp(recorder_.Of(true), 50'000);
  ExpectAddsUp(recorder_.Of(false), 30'000);
  EXPECT_EQ(hosts_.services().frame_bytes(), 0u);
}

TEST_F(PerfTest, SaysThatTheHostRefused) {
  request_.peer.port = kPort + 1;
  Start();
  EXPECT_EQ(Outcome(), Status::kRefused);
  EXPECT_TRUE(recorder_.intervals.empty());
}

TEST_F(PerfTest, SaysThatNobodyAnswered) {
  request_.peer.ip = base::IpAddress(test::TestHost::IpOf(77));
  Start();
  EXPECT_EQ(Outcome(), Status::kUnreachable);
}

TEST_F(PerfTest, ReportsWhatItHadWhenTheHostResets) {
  request_.duration_ms = 10'000;
  Start();
  TcpClient host = AcceptOne();
  hosts_.RunUntil([&] {
    host.Take();
    return host.received().size() > 50'000;
  });
  host.socket().Abort();
  EXPECT_EQ(Outcome(), Status::kReset);
  ASSERT_FALSE(recorder_.intervals.empty());
  EXPECT_TRUE(recorder_.intervals.back().total);
  EXPECT_GT(recorder_.intervals.back().bytes, 50'000u);
}

TEST_F(PerfTest, EndsWhenTheHostStopsReading) {
  request_.duration_ms = 100'000;
  Start();
  TcpClient host = AcceptOne();  // never reads
  const base::Instant start = hosts_.now();
  EXPECT_EQ(Outcome(), Status::kDeadlineExceeded);
  EXPECT_LT(hosts_.now() - start, kPerfStallLimit + seconds(2));
  EXPECT_EQ(host.ReadAll().empty(), false);
  EXPECT_EQ(host.end(), Status::kReset);
}

TEST_F(PerfTest, EndsWhenTheHostSendsNothing) {
  request_.direction = PerfDirection::kReceive;
  Start();
  TcpClient host = AcceptOne();
  EXPECT_EQ(Outcome(), Status::kDeadlineExceeded);
  // A report every interval all the while, of zero bytes.
  EXPECT_GE(recorder_.intervals.size(), 99u);
}

TEST_F(PerfTest, RefusesAnIntervalOfZero) {
  request_.interval_ms = 0;
  Start();
  EXPECT_EQ(Outcome(), Status::kInvalidArgument);
}

TEST_F(PerfTest, EndsWhenCancelled) {
  for (const PerfDirection direction : {PerfDirection::kSend, PerfDirection::kBoth}) {
    request_.direction = direction;
    Start();
    TcpClient host = AcceptOne();
    hosts_.RunFor(milliseconds(500));
    hosts_.services().tasks().CancelAll();
    EXPECT_EQ(Outcome(), Status::kCancelled);
    host.ReadAll();
    EXPECT_EQ(host.end(), Status::kReset);
    EXPECT_EQ(hosts_.services().frame_bytes(), 0u);
  }
}

class LossyPerfTest : public PerfTest {
 protected:
  LossyPerfTest() : PerfTest({.delay = milliseconds(1), .loss = 0.02}) {}
};

TEST_F(LossyPerfTest, CountsRetransmissions) {
  request_.bytes = 300'000;
  Start();
  TcpClient host = AcceptOne();
  EXPECT_EQ(host.ReadAll(seconds(100)).size(), 300'001u);
  EXPECT_EQ(Outcome(), Status::kOk);
  uint32_t sum = 0;
  for (const PerfInterval& interval : recorder_.intervals) {
    sum += interval.total ? 0 : interval.retransmits;
  }
  EXPECT_GT(sum, 0u);
  EXPECT_GE(recorder_.intervals.back().retransmits, sum);
  EXPECT_EQ(recorder_.intervals.back().retransmits, hosts_.board().stats().tcp.tx_retransmits);
}

}  // namespace
}  // namespace agent
