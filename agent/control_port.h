// All control channels of the board, one of which holds it: requests come from there, responses and
// events go there. Hosts on the others are told who it is, until the session ends or they take
// over.
#pragma once

#include <cstdint>
#include <span>

#include "agent/control_line.h"
#include "agent/jobs.h"
#include "stack/base/executor.h"

namespace agent {

// All sessions share one set of buffers, because there is memory for one. Whichever begins a
// session empties them, and the one before is ended before anything else looks at it.
class ControlPort final : public EventPort {
 public:
  // At least one line. `event_memory` has protocol::kMaxEvent bytes. All of it outlives this
  // object.
  ControlPort(std::span<ControlLine> lines, base::Executor& executor, base::ByteSpan event_memory)
      : lines_(lines),
        holder_(&lines.front()),
        event_memory_(event_memory),
        room_changed_(executor) {}

  // What every host learns about the board when it opens a session.
  void Introduce(const protocol::HelloReply& reply);

  // Bytes that the channels received go to their sessions, at most kChunksPerPoll of each. True:
  // there may be more.
  bool MoveInput(base::Instant now);
  // Runs the timers of all sessions; returns when to call again.
  base::Instant Poll(base::Instant now);
  void MoveOutput(base::Instant now);

  std::span<ControlLine> lines() { return lines_; }
  // The line whose session is established, or was the last.
  ControlLine& holder() { return *holder_; }
  protocol::Session& session() { return holder_->session(); }
  bool established() const { return holder_->established(); }
  // Counts sessions that began on any line, so that jobs of an old one end.
  uint32_t generation() const { return generation_; }

  base::Status SendMessage(protocol::Stream stream, base::ConstByteSpan message) override {
    return session().Send(stream, message);
  }
  base::Signal& room_changed() override { return room_changed_; }
  base::ByteSpan event_memory() override { return event_memory_; }

  static constexpr size_t kChunksPerPoll = 8;

 private:
  bool MoveInputOf(ControlLine& line, base::Instant now);

  std::span<ControlLine> lines_;
  ControlLine* holder_;
  uint32_t generation_ = 0;
  base::ByteSpan event_memory_;
  base::Signal room_changed_;
};

}  // namespace agent
