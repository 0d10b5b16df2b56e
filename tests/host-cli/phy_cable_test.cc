// netctl phy cable with an agent that says what a PHY would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host-cli/json.h"
#include "protocol/methods.h"
#include "tests/support/netctl_env.h"

namespace netctl {
namespace {

using base::CableState;
using testing::HasSubstr;

class PhyCable : public testing::Test {
 protected:
  // The test runs for one look, then has these results.
  void Answer(const base::CablePair& first, const base::CablePair& second) {
    env_.agent().On<protocol::TestCable>([first, second](const protocol::CableTestRequest& request)
                                             -> base::Result<protocol::CableTestStatus> {
      if (request.start) {
        return protocol::CableTestStatus{.running = true};
      }
      return protocol::CableTestStatus{.running = false, .pairs = {first, second}};
    });
  }
  test::NetctlEnv env_;
};

TEST_F(PhyCable, GoodPairsPass) {
  Answer({CableState::kGood, 0}, {CableState::kGood, 0});
  env_.ExpectOutput({"phy", "cable"},
                    "PINS  STATE  DISTANCE\n"
                    "1, 2  good   -\n"
                    "3, 6  good   -\n");
}

TEST_F(PhyCable, FaultsFailAndSayWhere) {
  Answer({CableState::kOpen, 1251}, {CableState::kShort, 349});
  const auto outcome = env_.Run({"phy", "cable"});
  EXPECT_EQ(outcome.code, ExitCode::kFailed);
  EXPECT_EQ(outcome.out,
            "PINS  STATE  DISTANCE\n"
            "1, 2  open   about 13 m\n"
            "3, 6  short  about 3 m\n");
}

TEST_F(PhyCable, Json) {
  Answer({CableState::kOpen, 1250}, {CableState::kFailed, 0});
  const auto outcome = env_.Run({"phy", "cable", "--json"});
  EXPECT_EQ(outcome.code, ExitCode::kFailed);
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["pairs"][0], (Json{{"pins", "1, 2"}, {"state", "open"}, {"distance_cm", 1250}}));
  EXPECT_EQ(json["pairs"][1]["state"], "failed");
}

TEST_F(PhyCable, APhyWithoutAReflectometerIsSkipped) {
  env_.agent().Answer<protocol::TestCable>(std::unexpected(base::Status::kUnimplemented));
  const auto outcome = env_.Run({"phy", "cable"});
  EXPECT_EQ(outcome.code, ExitCode::kSkipped);
  EXPECT_THAT(outcome.err, HasSubstr("this PHY has no reflectometer"));
}

TEST_F(PhyCable, NoPhy) {
  env_.agent().Answer<protocol::TestCable>(std::unexpected(base::Status::kUnavailable));
  const auto outcome = env_.Run({"phy", "cable"});
  EXPECT_EQ(outcome.code, ExitCode::kFailed);
  EXPECT_THAT(outcome.err, HasSubstr("no PHY is ready"));
}

TEST_F(PhyCable, IsGivenUpAtTheTimeLimit) {
  env_.agent().Answer<protocol::TestCable>(protocol::CableTestStatus{.running = true});
  const auto outcome = env_.Run({"phy", "cable", "--timeout", "0.3"});
  EXPECT_EQ(outcome.code, ExitCode::kTimeout);
  EXPECT_THAT(outcome.err, HasSubstr("did not finish within --timeout"));
}

}  // namespace
}  // namespace netctl
