#include <gtest/gtest.h>

#include "protocol/crc32c.h"
#include "protocol/repeatable_random.h"
#include "tests/agent/agent_bench.h"

namespace agent {
namespace {

TEST(ChannelRequests, AnswerWithTheCheckOfTheBlock) {
  AgentBench bench;
  protocol::BlockRequest block;
  block.data.count = 9;
  for (size_t i = 0; i < 9; ++i) {
    block.data[i] = static_cast<std::byte>('1' + i);
  }
  const auto check = bench.Call<protocol::CheckBlock>(block);
  ASSERT_TRUE(check);
  // RFC 3720 and everybody else: CRC-32C of "123456789".
  EXPECT_EQ(check->crc, 0xe3069283u);
}

TEST(ChannelRequests, SendBlocksThatTheHostCanMakeToo) {
  AgentBench bench;
  constexpr uint64_t kBytes = 3 * protocol::kMaxBlock + 17;
  const auto job = bench.Start<protocol::SendBlocks>({.bytes = kBytes, .seed = 7});
  EXPECT_EQ(bench.Finish(job), base::Status::kOk);
  protocol::RepeatableRandom random(7);
  uint64_t received = 0;
  for (const protocol::BlockRequest& block : bench.Events<protocol::BlockSent>(job)) {
    protocol::BlockRequest expected;
    expected.data.count = block.data.count;
    random.Fill(expected.data.span());
    EXPECT_EQ(block.data, expected.data) << "at " << received;
    received += block.data.size();
  }
  EXPECT_EQ(received, kBytes);
}

}  // namespace
}  // namespace agent
