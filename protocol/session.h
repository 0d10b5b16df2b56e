// One end of a session over a byte channel: opens it, keeps it alive, and carries messages in
// order and exactly once while it lasts. Nothing is carried over from one session to the next.
//
//   host    kIdle -Connect-> kConnecting -HELLO_REPLY-> kEstablished -silence-> kDead
//                                 |- BUSY -> kBusy            |- UNKNOWN_SESSION -> kDead
//                                 |- other schema -> kWrongVersion
//   agent   kIdle <-HELLO / silence, BYE-> kEstablished
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/frame.h"
#include "protocol/hello.h"
#include "protocol/receiver.h"
#include "protocol/sender.h"
#include "stack/base/bytes.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace protocol {

enum class Role : uint8_t { kHost, kAgent };

enum class SessionState : uint8_t {
  kIdle,
  kConnecting,
  kEstablished,
  kBusy,          // the agent serves another channel: busy_holder() says whom
  kWrongVersion,  // peer() says which version and schema the agent has
  kDead,          // end_reason() says why
};

enum class EndReason : uint8_t {
  kNone,
  kPeerSilent,  // nothing heard for kLease, or no answer to HELLO for kConnectTimeout
  kNoProgress,  // the peer is heard, but acknowledges nothing for kProgressTimeout
  kRestarted,   // the agent does not know this session any more: the board restarted, or another
                // host opened a session on the same channel
  kTakenOver,   // another channel holds the board now: busy_holder() says whom
  kClosed,      // Close() here, BYE or a new HELLO from the peer
};

inline constexpr base::Duration kHeartbeat = std::chrono::seconds(1);
// After this much silence heartbeats come four times a second and ask for an answer, so that a
// noisy line does not end a session.
inline constexpr base::Duration kUneasySilence = std::chrono::milliseconds(1500);
inline constexpr base::Duration kUrgentHeartbeat = std::chrono::milliseconds(250);
inline constexpr base::Duration kLease = std::chrono::seconds(3);
inline constexpr base::Duration kConnectTimeout = std::chrono::seconds(5);
inline constexpr base::Duration kProgressTimeout = std::chrono::seconds(20);

// Memory of one end. `receive[s]` of zero bytes: this end takes nothing on stream s.
struct SessionBuffers {
  std::array<base::ByteSpan, kStreams> send;     // messages queued and in flight
  std::array<base::ByteSpan, kStreams> receive;  // messages that wait for Receive()
  base::ByteSpan message;                        // the one handed out; bounds what is received
  std::span<SentFrame> window;  // one for each frame in flight: a power of two, at least 4
};

// Sizes in bytes, except for `window`. A ring for messages of up to m bytes needs m + 2 to send
// them, and SessionReceiveRing(m) to receive them.
struct SessionSizes {
  std::array<size_t, kStreams> send;
  std::array<size_t, kStreams> receive;
  size_t message;
  size_t window;
};
constexpr size_t SessionReceiveRing(size_t largest_message) { return largest_message * 5 / 4 + 64; }

// SessionBuffers with their memory.
template <SessionSizes kSizes>
class SessionStorage {
  // Sequence numbers wrap at 2^16, and have to meet the same entry again.
  static_assert(std::has_single_bit(kSizes.window) && kSizes.window >= 4);

 public:
  SessionBuffers buffers() {
    return {.send = {send0_, send1_, send2_},
            .receive = {receive0_, receive1_, receive2_},
            .message = message_,
            .window = window_};
  }

 private:
  std::array<std::byte, kSizes.send[0]> send0_;
  std::array<std::byte, kSizes.send[1]> send1_;
  std::array<std::byte, kSizes.send[2]> send2_;
  std::array<std::byte, kSizes.receive[0]> receive0_;
  std::array<std::byte, kSizes.receive[1]> receive1_;
  std::array<std::byte, kSizes.receive[2]> receive2_;
  std::array<std::byte, kSizes.message> message_;
  std::array<SentFrame, kSizes.window> window_;
};

class Session {
 public:
  Session(Role role, const SessionBuffers& buffers, TextSink& text, ChannelStats& stats);

  // Host: opens session `session_id`, random and not 0, whatever came before. HELLO is repeated
  // until the state is no longer kConnecting.
  void Connect(uint32_t session_id, const Hello& hello, base::Instant now);
  // Host: tells the agent that the session ends, as far as one frame can. Agent: ends it here; the
  // host learns it from the answer to its next frame.
  void Close();

  // Agent: what HELLO_REPLY says.
  void set_hello_reply(const HelloReply& reply) { reply_ = reply; }
  // Agent: while a holder is set, frames are answered BUSY, and HELLO too unless it takes over.
  void set_busy_holder(std::string_view holder);
  void ClearBusy();

  // Bytes from the channel, in chunks of any size.
  void OnBytes(base::ConstByteSpan bytes, base::Instant now);
  // Fills `out` with the next bytes for the channel; 0 when there is nothing to send. A frame
  // counts as sent when its first byte is taken.
  size_t TakeOutput(base::ByteSpan out, base::Instant now);
  bool has_output() const;
  // Something else than this session writes to the channel, for example console text: the next
  // frame begins with a delimiter. Only between frames: has_partial_frame() is false.
  void BreakFraming() { line_is_delimited_ = false; }
  // A frame was taken in part; its rest has to follow.
  bool has_partial_frame() const { return staged_begin_ != staged_end_; }
  // Runs the timers that are due; returns when to call next. Call it after OnBytes, Send and
  // Release too: they may bring the next deadline forward.
  base::Instant Poll(base::Instant now);

  SessionState state() const { return state_; }
  EndReason end_reason() const { return end_reason_; }
  uint32_t session_id() const { return session_id_; }
  // Host: the agent's answer, from kEstablished or kWrongVersion on.
  const HelloReply& peer() const { return reply_; }
  // Agent: what the host of the latest session said.
  const Hello& hello() const { return hello_; }
  // Host: who holds the board, in kBusy or after kTakenOver.
  std::string_view busy_holder() const { return busy_.holder.view(); }
  // Agent: counts sessions that began, so that jobs of an old one end.
  uint32_t generation() const { return generation_; }

  // Queues a whole message or nothing. kUnavailable: no room now, try again after progress.
  // kInvalidArgument: empty, or larger than this end can queue or the peer can take. kClosed: no
  // session is established.
  base::Status Send(Stream stream, base::ConstByteSpan message);
  // Size of the largest message that Send takes now.
  size_t room(Stream stream) const { return sender_.room(stream); }
  // Everything that was sent has arrived at the peer.
  bool all_acknowledged() const { return sender_.all_acknowledged(); }

  // The next message, if there is one: requests before events before bulk. Order holds within a
  // stream only. `out` is valid until Release(), which grants its bytes to the peer again; then the
  // next can be received.
  bool Receive(ReceivedMessage& out) { return receiver_.Receive(out); }
  void Release() { receiver_.Release(); }

 private:
  void OnFrame(const Frame& frame, base::Instant now);
  void OnFrameAsHost(const Frame& frame, base::Instant now);
  void OnFrameAsAgent(const Frame& frame, base::Instant now);
  void OnHello(const Frame& frame, base::Instant now);
  void OnHelloReply(const Frame& frame, base::Instant now);
  void OnBusy(const Frame& frame);
  void OnSessionFrame(const Frame& frame, base::Instant now);
  void Establish(uint32_t peer_buffer, size_t largest_message, base::Instant now);
  void End(SessionState state, EndReason reason);
  void PollConnecting(base::Instant now);
  void PollEstablished(base::Instant now);
  base::Instant NextDeadline() const;

  bool StageNext(base::Instant now);
  bool StageControl(base::Instant now);
  bool StageEstablished(base::Instant now);
  void StageHello(base::Instant now);
  template <base::Described T>
  void StageWithPayload(FrameType type, uint32_t session, const T& payload, base::Instant now);
  void Stage(FrameHeader header, const ByteRing::Parts& payload, base::Instant now);

  const Role role_;
  SessionState state_ = SessionState::kIdle;
  EndReason end_reason_ = EndReason::kNone;
  bool hello_due_ = false;  // host: HELLO; agent: HELLO_REPLY
  bool bye_due_ = false;
  bool busy_set_ = false;
  bool asking_ = false;             // the next ACK asks for one in return
  bool line_is_delimited_ = false;  // the last byte sent was a delimiter
  uint8_t hello_count_ = 0;
  uint8_t ended_next_ = 0;
  uint32_t session_id_ = 0;
  uint32_t refused_id_ = 0;  // agent: this session has to be told BUSY or UNKNOWN_SESSION
  uint32_t generation_ = 0;
  std::array<uint32_t, 4> ended_ids_{};  // agent: HELLO does not bring these back
  base::Instant connecting_since_{};
  base::Instant hello_at_{};  // when HELLO is repeated
  base::Instant heard_at_{};
  base::Instant heartbeat_at_{};
  base::Instant taken_at_{};
  base::Instant bytes_at_{};
  Hello hello_;
  HelloReply reply_;
  Busy busy_;
  ChannelStats& stats_;
  FrameDecoder decoder_;
  Sender sender_;
  Receiver receiver_;
  std::array<std::byte, kMaxEncodedFrame> staged_{};
  uint16_t staged_begin_ = 0;
  uint16_t staged_end_ = 0;
};

}  // namespace protocol
