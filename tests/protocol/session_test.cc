#include "protocol/session.h"

#include <gtest/gtest.h>

#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using test::PipeChannel;

TEST(Session, Opens) {
  PipeChannel pipe;
  ASSERT_TRUE(pipe.Establish());
  EXPECT_EQ(pipe.host().peer().boot_counter, 1u);
  EXPECT_EQ(pipe.agent().hello().holder.view(), "user@host 4711");
  EXPECT_EQ(pipe.agent().generation(), 1u);
}

}  // namespace
}  // namespace protocol
