// One end of a session, with the test as the other.
#pragma once

#include "protocol/session.h"
#include "tests/protocol/raw_frames.h"
#include "tests/support/pipe_channel.h"

namespace protocol {

// One session whose peer is the test.
template <typename EndType>
class Scripted {
 public:
  explicit Scripted(Role role) : end(role) {}

  Session& session() { return end.session; }
  void Inject(const FrameHeader& header, base::ConstByteSpan payload = {}) {
    session().OnBytes(Encode(header, payload), now);
    session().Poll(now);
  }
  std::vector<RawFrame> Output() {
    test::ByteVector out(1 << 16);
    out.resize(session().TakeOutput(out, now));
    return DecodeAll(out);
  }
  bool Silent() { return !session().has_output() && Output().empty(); }
  // Runs the timers as a main loop does.
  void Advance(base::Duration duration) {
    const base::Instant end_of_wait = now + duration;
    while (now < end_of_wait) {
      now =
          std::min(end_of_wait, std::max(session().Poll(now), now + std::chrono::milliseconds(1)));
    }
    session().Poll(now);
  }

  EndType end;
  base::Instant now = base::FromMicroseconds(5'000'000);
};

struct AgentPeer : Scripted<test::AgentEnd> {
  AgentPeer() : Scripted(Role::kAgent) { session().set_hello_reply(test::TestReply(7)); }
  void SendHello(uint32_t id, bool takeover = false) {
    Hello hello = test::TestHello();
    hello.takeover = takeover;
    Inject({.type = FrameType::kHello, .session = id}, EncodeFields(hello));
  }
  void Open(uint32_t id) {
    SendHello(id);
    Output();
  }
};

struct HostPeer : Scripted<test::HostEnd> {
  HostPeer() : Scripted(Role::kHost) {}
  void Open(uint32_t id) {
    session().Connect(id, test::TestHello(), now);
    Output();
    Inject({.type = FrameType::kHelloReply, .session = id}, EncodeFields(test::TestReply(7)));
    Output();
    ASSERT_EQ(session().state(), SessionState::kEstablished);
  }
};

}  // namespace protocol
