// The rings below a session: ByteRing, SendQueue, ReceiveQueue, RttEstimator.
#include <random>

#include <gtest/gtest.h>

#include "protocol/byte_ring.h"
#include "protocol/frame.h"
#include "protocol/receive_queue.h"
#include "protocol/rtt_estimator.h"
#include "protocol/send_queue.h"
#include "tests/support/bytes.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ByteVector;
using Outcome = ReceiveQueue::Outcome;

ByteVector Join(const ByteRing::Parts& parts) {
  ByteVector all = test::ToVector(parts[0]);
  test::AppendTo(all, parts[1]);
  return all;
}

TEST(ByteRing, KeepsWhatIsBetweenItsEnds) {
  ByteVector storage(13);
  ByteRing ring(storage);
  ByteVector expected;
  uint32_t dropped = 0;
  std::mt19937 random(5);
  for (int round = 0; round < 1000; ++round) {
    const ByteVector more = test::Pattern(random() % (ring.room() + 1));
    ring.Append(more);
    test::AppendTo(expected, more);
    ASSERT_EQ(ring.end(), dropped + expected.size());
    ASSERT_EQ(Join(ring.Peek(ring.begin(), ring.size())), expected);
    const size_t drop = random() % (ring.size() + 1);
    dropped += static_cast<uint32_t>(drop);
    ring.DropTo(dropped);
    expected.erase(expected.begin(), expected.begin() + static_cast<ptrdiff_t>(drop));
    ASSERT_EQ(ring.room(), storage.size() - expected.size());
  }
}

TEST(SendQueue, CutsAMessageIntoFragments) {
  ByteVector storage(64);
  SendQueue queue(storage);
  EXPECT_EQ(queue.room(), 62u);
  queue.Append(test::Pattern(25));
  queue.Append(test::Pattern(3));
  EXPECT_EQ(queue.room(), 64u - 27 - 5 - 2);
  queue.Grant(100);
  const Fragment first = queue.Cut(20);
  EXPECT_EQ(first.length, 20);
  EXPECT_TRUE(first.more);
  const Fragment second = queue.Cut(20);
  EXPECT_EQ(second.length, 5);
  EXPECT_FALSE(second.more);
  const Fragment third = queue.Cut(20);
  EXPECT_EQ(third.length, 3);
  EXPECT_FALSE(third.more);
  EXPECT_EQ(queue.FragmentSize(20), 0u);
  EXPECT_EQ(Join(queue.Payload(second)), (test::ToBytes({20, 21, 22, 23, 24})));
  queue.Acknowledge(first);
  queue.Acknowledge(second);
  EXPECT_FALSE(queue.all_acknowledged());
  queue.Acknowledge(third);
  EXPECT_TRUE(queue.all_acknowledged());
}

TEST(SendQueue, WaitsForCredit) {
  ByteVector storage(64);
  SendQueue queue(storage);
  EXPECT_TRUE(queue.HasCredit(20));  // nothing to send
  queue.Append(test::Pattern(10));
  EXPECT_FALSE(queue.HasCredit(20));
  queue.Grant(9);
  EXPECT_FALSE(queue.HasCredit(20));
  queue.Grant(10);
  EXPECT_TRUE(queue.HasCredit(20));
  queue.Grant(5);  // an old grant that came late
  EXPECT_TRUE(queue.HasCredit(20));
}

TEST(ReceiveQueue, PutsAMessageTogether) {
  ByteVector storage(64);
  ByteVector out(64);
  ReceiveQueue queue(storage);
  EXPECT_EQ(queue.Append(test::Pattern(10), true, 64), Outcome::kTaken);
  EXPECT_FALSE(queue.Take(out));
  EXPECT_EQ(queue.Append(test::ToBytes({10, 11}), false, 64), Outcome::kTaken);
  EXPECT_EQ(queue.Append(test::ToBytes({99}), false, 64), Outcome::kTaken);
  ASSERT_EQ(queue.Take(out), 12u);
  EXPECT_EQ(test::ToVector(base::ConstByteSpan(out).first(12)), test::Pattern(12));
  ASSERT_EQ(queue.Take(out), 1u);
  EXPECT_EQ(out[0], std::byte{99});
  EXPECT_FALSE(queue.Take(out));
}

TEST(ReceiveQueue, GrantsWhatIsReleased) {
  ByteVector storage(100);
  ByteVector out(100);
  ReceiveQueue queue(storage);
  const uint32_t first = queue.grant();
  EXPECT_EQ(first, 80u);
  EXPECT_EQ(queue.Append(test::Pattern(80), false, 100), Outcome::kTaken);
  EXPECT_EQ(queue.Append(test::Pattern(1), false, 100), Outcome::kNoCredit);
  ASSERT_EQ(queue.Take(out), 80u);
  EXPECT_EQ(queue.grant(), first);
  queue.Release(80);
  EXPECT_EQ(queue.grant(), first + 80);
  EXPECT_EQ(queue.Append(test::Pattern(80), false, 100), Outcome::kTaken);
}

TEST(ReceiveQueue, SkipsAMessageThatIsTooLong) {
  ByteVector storage(1000);
  ByteVector out(50);
  ReceiveQueue queue(storage);
  EXPECT_EQ(queue.Append(test::Pattern(40), true, 50), Outcome::kTaken);
  EXPECT_EQ(queue.Append(test::Pattern(11), true, 50), Outcome::kTooLong);
  EXPECT_EQ(queue.Append(test::Pattern(30), true, 50), Outcome::kTaken);
  EXPECT_EQ(queue.Append(test::Pattern(30), false, 50), Outcome::kTaken);
  EXPECT_EQ(queue.Append(test::Pattern(50), false, 50), Outcome::kTaken);
  ASSERT_EQ(queue.Take(out), 50u);
  queue.Release(50);
  EXPECT_FALSE(queue.Take(out));
  EXPECT_EQ(queue.grant(), 800u + 40 + 11 + 30 + 30 + 50);
}

TEST(ReceiveQueue, EmptyFramesTakeNoRoom) {
  ByteVector storage(64);
  ByteVector out(64);
  ReceiveQueue queue(storage);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(queue.Append({}, i % 2 == 0, 64), Outcome::kTaken);
  }
  EXPECT_FALSE(queue.Take(out));
  EXPECT_EQ(queue.Append(test::Pattern(5), true, 64), Outcome::kTaken);
  EXPECT_EQ(queue.Append({}, false, 64), Outcome::kTaken);
  EXPECT_EQ(queue.Take(out), 5u);
}

// More messages than their heads leave room for: refused, not overwritten.
TEST(ReceiveQueue, ManyTinyMessages) {
  ByteVector storage(64);
  ByteVector out(64);
  ReceiveQueue queue(storage);
  size_t taken = 0;
  while (queue.Append(test::ToBytes({7}), false, 64) == Outcome::kTaken) {
    ++taken;
  }
  EXPECT_GT(taken, 15u);
  for (size_t i = 0; i < taken; ++i) {
    ASSERT_EQ(queue.Take(out), 1u);
    ASSERT_EQ(out[0], std::byte{7});
  }
  EXPECT_FALSE(queue.Take(out));
}

TEST(ReceiveQueue, TakesNothingWithoutMemory) {
  ReceiveQueue queue;
  EXPECT_FALSE(queue.accepts_data());
  EXPECT_EQ(queue.Append(test::Pattern(1), false, 64), Outcome::kNoCredit);
  EXPECT_EQ(queue.Append({}, false, 64), Outcome::kNoCredit);
}

// RFC 6298 (2): the first sample R gives SRTT = R, RTTVAR = R / 2.
TEST(RttEstimator, FollowsTheSamples) {
  RttEstimator rtt;
  EXPECT_EQ(rtt.timeout(), seconds(1));
  rtt.OnSample(milliseconds(200));
  EXPECT_EQ(rtt.timeout(), milliseconds(600));
  rtt.OnSample(milliseconds(280));  // RTTVAR = 3/4 * 100 + 80/4, SRTT = 7/8 * 200 + 280/8
  EXPECT_EQ(rtt.smoothed(), milliseconds(210));
  EXPECT_EQ(rtt.timeout(), milliseconds(210 + 4 * 95));
}

TEST(RttEstimator, TimeoutHasAFloor) {
  RttEstimator rtt;
  for (int i = 0; i < 50; ++i) {
    rtt.OnSample(milliseconds(1));
  }
  EXPECT_EQ(rtt.timeout(), RttEstimator::kMinTimeout);
}

TEST(RttEstimator, SlowHandshakeRaisesTheFloor) {
  RttEstimator rtt;
  rtt.OnHandshake(milliseconds(180));
  EXPECT_EQ(rtt.timeout(), milliseconds(1080));
  rtt.OnSample(milliseconds(50));
  EXPECT_EQ(rtt.timeout(), milliseconds(1080));
}

TEST(RttEstimator, BacksOffToALimitThatASlowLineMayExceed) {
  RttEstimator fast;
  fast.OnSample(milliseconds(1));
  for (const int expected : {400, 500, 500}) {
    fast.BackOff();
    EXPECT_EQ(fast.timeout(), milliseconds(expected));
  }
  RttEstimator slow;
  slow.OnSample(seconds(2));
  slow.BackOff();
  EXPECT_EQ(slow.timeout(), seconds(6));  // 2 s + 4 * 1 s
}

}  // namespace
}  // namespace protocol
