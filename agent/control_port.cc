#include "agent/control_port.h"

namespace agent {

void ControlPort::Introduce(const protocol::HelloReply& reply) {
  for (ControlLine& line : lines_) {
    line.session().set_hello_reply(reply);
  }
}

bool ControlPort::MoveInput(base::Instant now) {
  bool more = false;
  for (ControlLine& line : lines_) {
    more |= MoveInputOf(line, now);
  }
  return more;
}

bool ControlPort::MoveInputOf(ControlLine& line, base::Instant now) {
  protocol::Session& session = line.session();
  for (size_t i = 0; i < kChunksPerPoll; ++i) {
    if (&line != holder_ && established()) {
      session.set_busy_holder(holder_->session().hello().holder.view());
    } else {
      session.ClearBusy();
    }
    const uint32_t generation_before = session.generation();
    if (!line.MoveChunk(now)) {
      return false;
    }
    room_changed_.Notify();
    // Also when the same bytes ended that session again: it has had the buffers.
    if (session.generation() == generation_before) {
      continue;
    }
    ++generation_;
    if (&line != holder_) {
      holder_->session().Close();
      holder_ = &line;
    }
  }
  return true;
}

base::Instant ControlPort::Poll(base::Instant now) {
  base::Instant next = base::kNever;
  for (ControlLine& line : lines_) {
    next = base::Earlier(next, line.Poll(now));
  }
  return next;
}

void ControlPort::MoveOutput(base::Instant now) {
  for (ControlLine& line : lines_) {
    line.MoveOutput(now);
  }
}

}  // namespace agent
