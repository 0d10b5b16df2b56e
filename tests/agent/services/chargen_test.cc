#include "agent/services/chargen.h"

#include "agent/services/chargen_pattern.h"
#include "tests/agent/services/service_pair.h"

namespace agent {
namespace {

using base::Status;
using std::chrono::seconds;

class ChargenTest : public testing::Test {
 protected:
  ChargenTest() {
    EXPECT_EQ(hosts_.services().Run(chargen_), Status::kOk);
    hosts_.RunFor(seconds(1));
  }

  void TakeAtLeast(TcpClient& client, size_t count) {
    EXPECT_TRUE(hosts_.RunUntil([&] {
      client.Take();
      return client.received().size() >= count;
    }));
  }

  ServicePair hosts_{{.delay = std::chrono::milliseconds(1)}};
  stack::TaskSet<2> connections_{hosts_.services().runtime()};
  Chargen chargen_{hosts_.board(), connections_};
};

TEST_F(ChargenTest, SendsTheTextOfRfc864) {
  TcpClient client(hosts_, Chargen::kPort);
  TakeAtLeast(client, 3 * kChargenPeriod);
  for (size_t i = 0; i < client.received().size(); ++i) {
    ASSERT_EQ(static_cast<std::byte>(client.received()[i]), ChargenByte(i)) << i;
  }
}

TEST_F(ChargenTest, ThrowsAwayWhatThePeerSaysAndEndsWhenItCloses) {
  TcpClient client(hosts_, Chargen::kPort);
  client.Send("stop that");
  TakeAtLeast(client, 10'000);
  EXPECT_EQ(client.socket().CloseSend(), Status::kOk);
  client.ReadAll();
  EXPECT_EQ(client.end(), Status::kClosed);
  EXPECT_EQ(chargen_.stats().finished, 1u);
  EXPECT_EQ(chargen_.stats().octets, client.received().size());
  EXPECT_EQ(client.socket().Close(), Status::kOk);
  hosts_.ExpectNothingHeld();
}

TEST_F(ChargenTest, EndsWhenThePeerStopsReading) {
  TcpClient client(hosts_, Chargen::kPort);
  hosts_.RunFor(Chargen::kIdleLimit + seconds(10));
  EXPECT_EQ(connections_.running(), 0u);
  EXPECT_EQ(chargen_.stats().failed, 1u);
}

}  // namespace
}  // namespace agent
