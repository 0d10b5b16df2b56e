// A client's port over a session of its own.
#pragma once

#include <memory>

#include "host-cli/session_runner.h"

namespace netctl {

class SessionPort : public MessagePort {
 public:
  // Opens a session over `channel`. Waits until it stands, fails, `deadline` comes (kTimeout) or a
  // signal (kInterrupted). Text goes to `sink` from the first byte on.
  static Expected<std::unique_ptr<MessagePort>> Open(std::unique_ptr<Channel> channel,
                                                     bool takeover, base::Instant deadline,
                                                     TextSink sink);

  Expected<void> Send(const Message& message) override;
  Expected<std::optional<Message>> Receive(base::Instant deadline,
                                           std::span<pollfd> extra) override;
  void set_text_sink(TextSink sink) override { runner_.set_text_sink(std::move(sink)); }
  const Peer& peer() const override { return peer_; }

 private:
  SessionPort(std::unique_ptr<Channel> channel, TextSink sink)
      : runner_(std::move(channel), std::move(sink)) {}
  Error Explain(const Error& lost);

  SessionRunner runner_;
  Peer peer_;
};

// Waits until the session of `runner` stands. Errors as SessionPort::Open.
Expected<void> AwaitSession(SessionRunner& runner, base::Instant deadline);

// Sends `message` as soon as there is room. kAgent: larger than the agent takes; kTimeout: no room
// within 5 s; what `runner` fails with.
Expected<void> SendWhenRoom(SessionRunner& runner, const Message& message);

}  // namespace netctl
