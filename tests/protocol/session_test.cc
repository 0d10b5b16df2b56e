// Text beside frames.
#include "protocol/session.h"

#include <gtest/gtest.h>

#include "tests/protocol/raw_frames.h"
#include "tests/protocol/scripted_session.h"
#include "tests/support/pipe_channel.h"

namespace protocol {
namespace {

using std::chrono::milliseconds;
using test::ByteVector;
using test::PipeChannel;

TEST(Session, BootTextIsShownAndSessionOpens) {
  PipeChannel pipe;
  pipe.to_host().Write(test::ToBytes("ROM 1.0\r\nstarting\r\n"), pipe.now());
  ASSERT_TRUE(pipe.Establish());
  EXPECT_EQ(pipe.host_end().text.text(), "ROM 1.0\r\nstarting\r\n");
}

// Console text between frames: the next frame begins with a delimiter again.
TEST(Session, OtherBytesBetweenFrames) {
  HostPeer host;
  host.Open(0x1001);
  host.Inject({.type = FrameType::kAck, .session = 0x1001, .credit = 1000});
  ByteVector line;
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(host.session().Send(Stream::kRequests, test::Pattern(10)), base::Status::kOk);
    ByteVector out(kMaxEncodedFrame);
    out.resize(host.session().TakeOutput(out, host.now));
    EXPECT_FALSE(host.session().has_partial_frame());
    test::AppendTo(line, out);
    test::AppendTo(line, test::ToBytes("printf\n"));
    host.session().BreakFraming();
  }
  Decoding decoding;
  decoding.Push(line);
  EXPECT_EQ(decoding.frames.size(), 2u);
  EXPECT_EQ(decoding.text.text(), "printf\nprintf\n");
}

TEST(Session, PromptWithoutEndOfLineIsShown) {
  HostPeer host;
  host.session().OnBytes(test::ToBytes("login: "), host.now);
  EXPECT_EQ(host.end.text.text(), "");
  host.Advance(milliseconds(50));
  EXPECT_EQ(host.end.text.text(), "login: ");
}

}  // namespace
}  // namespace protocol
