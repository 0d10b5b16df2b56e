#include "tests/support/pipe_channel.h"

#include <algorithm>

namespace test {

protocol::Hello TestHello() {
  return {.protocol_version = protocol::kVersion,
          .schema_hash = kTestSchema,
          .receive_buffer = kTestHostBuffer,
          .holder = std::string_view("user@host 4711")};
}

protocol::HelloReply TestReply(uint32_t boot_counter) {
  return {.protocol_version = protocol::kVersion,
          .schema_hash = kTestSchema,
          .boot_counter = boot_counter,
          .reset_cause = protocol::ResetCause::kPin,
          .build_id = 0x1122334455667788,
          .receive_buffer = kTestAgentBuffer,
          .largest_message = 3072,
          .board = std::string_view("test-board"),
          .version = std::string_view("1.2.3")};
}

PipeChannel::PipeChannel(const LineFaults& faults, uint64_t seed)
    : random_(seed),
      to_agent_(faults, 2 * seed),
      to_host_(faults, 2 * seed + 1),
      host_(std::make_unique<HostEnd>(protocol::Role::kHost)),
      agent_(std::make_unique<AgentEnd>(protocol::Role::kAgent)) {
  agent().set_hello_reply(TestReply(boot_counter_));
}

void PipeChannel::ResetAgent() {
  ++boot_counter_;
  agent_ = std::make_unique<AgentEnd>(protocol::Role::kAgent);
  agent().set_hello_reply(TestReply(boot_counter_));
}

void PipeChannel::RestartHost() { host_ = std::make_unique<HostEnd>(protocol::Role::kHost); }

size_t PipeChannel::Chunk() {
  return chunk_ != 0 ? chunk_ : std::uniform_int_distribution<size_t>(1, 40)(random_);
}

bool PipeChannel::Move(protocol::Session& from, FaultLine& line, protocol::Session& to) {
  bool moved = false;
  std::vector<std::byte> out(std::min(Chunk(), line.room(fifo_, now_)));
  if (const size_t count = from.TakeOutput(out, now_); count != 0) {
    line.Write(base::ConstByteSpan(out).first(count), now_);
    moved = true;
  }
  if (const auto in = line.Read(Chunk(), now_); !in.empty()) {
    to.OnBytes(in, now_);
    moved = true;
  }
  return moved;
}

// Does what can be done now, or moves the clock to the next thing that happens.
void PipeChannel::Step(base::Instant limit) {
  if (work_) {
    work_();
  }
  const bool moved_down = Move(host(), to_agent_, agent());
  const bool moved_up = Move(agent(), to_host_, host());
  const base::Instant timers = base::Earlier(host().Poll(now_), agent().Poll(now_));
  if (moved_down || moved_up) {
    return;
  }
  base::Instant next = std::min({timers, to_agent_.next(), to_host_.next(), limit});
  if (host().has_output() || agent().has_output()) {
    next = now_;
  }
  // Not byte by byte: a slow line is looked at every few bytes.
  const uint32_t baud = to_agent_.faults().baud;
  now_ = std::max(next, now_ + base::Duration(baud == 0 ? 1 : 80'000'000 / baud));
}

bool PipeChannel::RunUntil(const std::function<bool()>& done, base::Duration limit) {
  const base::Instant end = now_ + limit;
  while (!done()) {
    if (now_ >= end) {
      return false;
    }
    Step(end);
  }
  return true;
}

void PipeChannel::RunFor(base::Duration duration) {
  (void)RunUntil([] { return false; }, duration);
}

bool PipeChannel::Establish(uint32_t session_id) {
  Connect(session_id);
  return RunUntil(
      [this] {
        return host().state() == protocol::SessionState::kEstablished &&
               agent().state() == protocol::SessionState::kEstablished;
      },
      std::chrono::seconds(10));
}

}  // namespace test
