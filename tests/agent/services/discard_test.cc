#include "agent/services/discard.h"

#include "tests/agent/services/service_pair.h"

namespace agent {
namespace {

using base::Status;
using std::chrono::seconds;

class DiscardTest : public testing::Test {
 protected:
  DiscardTest() {
    EXPECT_EQ(hosts_.services().Run(discard_), Status::kOk);
    hosts_.RunFor(seconds(1));
  }

  ServicePair hosts_;
  stack::TaskSet<2> connections_{hosts_.services().runtime()};
  Discard discard_{hosts_.board(), connections_};
};

TEST_F(DiscardTest, TakesEverythingAndSaysNothing) {
  TcpClient client(hosts_, Discard::kPort);
  client.Send(std::string(50'000, 'x'));
  EXPECT_EQ(client.socket().CloseSend(), Status::kOk);
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(client.end(), Status::kClosed);
  EXPECT_EQ(discard_.stats().octets, 50'000u);
  EXPECT_EQ(discard_.stats().finished, 1u);
  EXPECT_EQ(discard_.stats().failed, 0u);
  EXPECT_EQ(client.socket().Close(), Status::kOk);
  hosts_.ExpectNothingHeld();
}

TEST_F(DiscardTest, ServesAsManyAsItHasSlotsAndThenTheNext) {
  TcpClient first(hosts_, Discard::kPort);
  TcpClient second(hosts_, Discard::kPort);
  TcpClient third(hosts_, Discard::kPort);
  third.Send("waits");
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(connections_.running(), 2u);
  EXPECT_EQ(discard_.server_stats().accepted, 2u);
  EXPECT_EQ(discard_.stats().octets, 0u);
  EXPECT_EQ(first.socket().Close(), Status::kOk);
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(discard_.server_stats().accepted, 3u);
  EXPECT_EQ(discard_.stats().octets, 5u);
}

TEST_F(DiscardTest, CountsAReset) {
  TcpClient client(hosts_, Discard::kPort);
  hosts_.RunFor(seconds(1));
  client.socket().Abort();
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(discard_.stats().failed, 1u);
  EXPECT_EQ(connections_.running(), 0u);
}

TEST_F(DiscardTest, EndsASilentConnection) {
  TcpClient client(hosts_, Discard::kPort);
  hosts_.RunFor(Discard::kIdleLimit - seconds(1));
  EXPECT_EQ(connections_.running(), 1u);
  hosts_.RunFor(seconds(2));
  EXPECT_EQ(connections_.running(), 0u);
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(client.end(), Status::kReset);
  EXPECT_EQ(discard_.stats().failed, 1u);
}

TEST_F(DiscardTest, CancelEndsItsConnectionsToo) {
  TcpClient client(hosts_, Discard::kPort);
  hosts_.RunFor(seconds(1));
  hosts_.services().tasks().CancelAll();
  hosts_.RunFor(seconds(1));
  EXPECT_EQ(hosts_.services().tasks().running(), 0u);
  EXPECT_EQ(connections_.running(), 0u);
  EXPECT_EQ(hosts_.services().frame_bytes(), 0u);
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(client.end(), Status::kReset);
  TcpClient refused(hosts_, Discard::kPort);
  EXPECT_EQ(refused.socket().connect_status(), Status::kRefused);
}

TEST_F(DiscardTest, ResetsAConnectionThatItHasNoMemoryFor) {
  // Takes what the arena has left.
  std::array<void*, 100> frames{};
  size_t count = 0;
  for (; count < frames.size(); ++count) {
    frames[count] = hosts_.services().arena().Allocate(400);
    if (frames[count] == nullptr) {
      break;
    }
  }
  void* const rest = hosts_.services().arena().Allocate(100);
  TcpClient client(hosts_, Discard::kPort);
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(client.end(), Status::kReset);
  EXPECT_EQ(discard_.server_stats().refused_no_memory, 1u);
  for (size_t i = 0; i < count; ++i) {
    stack::FrameArena::Free(frames[i]);
  }
  if (rest != nullptr) {
    stack::FrameArena::Free(rest);
  }
}

}  // namespace
}  // namespace agent
