// Sessions against a hostile peer and a hostile line. The input is a script of one-byte steps and
// their arguments; each run plays it twice:
//   peer  frames with any header but a right check sequence, into one session of either role
//   line  two sessions whose bytes the script drops, changes and invents: what arrives is what was
//         sent, once and in order

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "protocol/session.h"
#include "tests/support/pipe_channel.h"

namespace {

using protocol::EndReason;
using protocol::FrameHeader;
using protocol::FrameType;
using protocol::ReceivedMessage;
using protocol::Role;
using protocol::Session;
using protocol::SessionState;
using protocol::Stream;

constexpr uint32_t kSession = 0x1001;

void Check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

class Script {
 public:
  Script(const uint8_t* data, size_t size) : next_(data), end_(data + size) {}
  bool done() const { return next_ == end_; }
  uint8_t Byte() { return done() ? uint8_t{0} : *next_++; }
  uint16_t Word() { return static_cast<uint16_t>(Byte() | Byte() << 8); }

 private:
  const uint8_t* next_;
  const uint8_t* end_;
};

// Whatever happened: output ends, timers lie ahead, messages have a size.
void Settle(Session& session, base::Instant now) {
  std::vector<std::byte> out(600);
  size_t total = 0;
  while (const size_t count = session.TakeOutput(out, now)) {
    total += count;
    Check(total < (1u << 20));
  }
  Check(!session.has_output());
  Check(session.Poll(now) > now);
  ReceivedMessage message;
  while (session.Receive(message)) {
    Check(!message.bytes.empty() && message.bytes.size() <= 65536);
    session.Release();
  }
}

void InjectFrame(Script& script, Session& session, base::Instant now) {
  FrameHeader header{.version = static_cast<uint8_t>(script.Byte() % 16 == 0 ? 2 : 1),
                     .type = static_cast<FrameType>(script.Byte() % 9),
                     .flags = script.Byte(),
                     .stream = static_cast<Stream>(script.Byte() % 4),
                     .session = kSession + script.Byte() / 128,
                     .seq = script.Word(),
                     .ack = script.Word(),
                     .credit = script.Word() * 3u};
  std::vector<std::byte> payload(script.Word() % (protocol::kMaxFramePayload + 1),
                                 static_cast<std::byte>(script.Byte()));
  std::byte encoded[protocol::kMaxEncodedFrame];
  const size_t size = EncodeFrame(header, payload, {}, protocol::LeadingDelimiter::kWrite, encoded);
  session.OnBytes({encoded, size}, now);
}

template <typename EndType>
void PlayPeer(Script script, Role role) {
  EndType end(role);
  Session& session = end.session;
  base::Instant now = base::FromMicroseconds(1'000'000);
  if (role == Role::kHost) {
    session.Connect(kSession, test::TestHello(), now);
  } else {
    session.set_hello_reply(test::TestReply(1));
  }
  while (!script.done()) {
    switch (script.Byte() % 6) {
      case 0:
      case 1:
        InjectFrame(script, session, now);
        break;
      case 2:
        now += std::chrono::milliseconds(script.Word() % 4000);
        break;
      case 3:
        (void)session.Send(static_cast<Stream>(script.Byte() % 3),
                           std::vector<std::byte>(script.Word() % 4000));
        break;
      case 4: {
        const auto byte = static_cast<std::byte>(script.Byte());
        session.OnBytes({&byte, 1}, now);
        break;
      }
      default:
        script.Byte() % 2 == 0 ? session.Close() : session.set_busy_holder("somebody");
    }
    Settle(session, now);
  }
}

// Messages carry their number; a session delivers an unbroken beginning of what was sent in it.
struct Direction {
  uint32_t sent = 0;
  uint32_t received = 0;

  void Send(Session& session, Stream stream, size_t size) {
    std::vector<std::byte> message(std::max<size_t>(size, 4), static_cast<std::byte>(sent));
    base::Store<base::kMessageOrder>(message.data(), sent);
    if (session.Send(stream, message) == base::Status::kOk) {
      ++sent;
    }
  }
  void Receive(Session& session) {
    ReceivedMessage message;
    while (session.Receive(message)) {
      Check(message.bytes.size() >= 4 && received < sent);
      Check(base::Load<base::kMessageOrder, uint32_t>(message.bytes.data()) == received);
      const auto fill = static_cast<std::byte>(received);
      Check(std::ranges::all_of(message.bytes.subspan(4), [&](std::byte b) { return b == fill; }));
      ++received;
      session.Release();
    }
  }
};

void Tamper(Script& script, test::FaultLine& line) {
  const uint64_t at = line.written() + script.Byte();
  switch (script.Byte() % 4) {
    case 0:
      line.faults().drop_at = at;
      break;
    case 1:
      line.faults().flip_at = at;
      break;
    case 2:
      line.faults().insert_at = at;
      line.faults().inserted = static_cast<std::byte>(script.Byte());
      break;
    default:
      line.set_dead(script.Byte() % 2 == 0);
  }
}

class Line {
 public:
  Line() {
    pipe_.set_fifo(1024);
    pipe_.set_work([this] { Work(); });
    pipe_.Connect(session_id_);
  }

  void Play(Script script) {
    for (int steps = 0; !script.done() && steps < 200; ++steps) {
      Work();
      Step(script);
    }
  }

 private:
  void Step(Script& script) {
    switch (script.Byte() % 6) {
      case 0:
        down_.Send(pipe_.host(), Stream::kRequests, script.Word() % 1500);
        break;
      case 1:
        up_.Send(pipe_.agent(), Stream::kBulk, script.Word() % 3000);
        break;
      case 2:
        Tamper(script, pipe_.to_agent());
        break;
      case 3:
        Tamper(script, pipe_.to_host());
        break;
      case 4:
        pipe_.RunFor(std::chrono::milliseconds(script.Byte()));
        break;
      default:
        down_ = {};
        pipe_.Connect(++session_id_);
    }
  }

  // The agent's side of a session begins when HELLO arrives; until then it belongs to the old one.
  void Work() {
    if (pipe_.agent().generation() != generation_) {
      generation_ = pipe_.agent().generation();
      up_ = {};
      down_.received = 0;
    }
    if (pipe_.agent().session_id() == session_id_) {
      down_.Receive(pipe_.agent());
    }
    up_.Receive(pipe_.host());
  }

  test::PipeChannel pipe_;
  uint32_t session_id_ = kSession;
  uint32_t generation_ = 0;
  Direction down_;
  Direction up_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2000) {
    return 0;
  }
  PlayPeer<test::HostEnd>(Script(data, size), Role::kHost);
  PlayPeer<test::AgentEnd>(Script(data, size), Role::kAgent);
  Line().Play(Script(data, size));
  return 0;
}
