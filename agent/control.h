// The agent's end of the control channels: requests in, responses and events out.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "agent/control_port.h"
#include "agent/handlers/handlers.h"
#include "agent/jobs.h"
#include "protocol/dispatcher.h"

namespace agent {

class Control {
 public:
  // `response_memory` has protocol::kMaxResponse bytes. All references outlive this object.
  Control(Core& core, ControlPort& port, std::span<Job> jobs, base::ByteSpan response_memory);

  // What the host learns about the board when it opens a session.
  void Introduce(const protocol::HelloReply& reply) { port_.Introduce(reply); }

  // Moves bytes, answers requests, reports jobs. Returns when to call again at the latest; `now`
  // when there is more to do.
  base::Instant Poll(base::Instant now);

  // An event that nobody asked for; it is lost when the session has no room.
  template <typename E>
  void Announce(const typename E::Payload& payload) {
    const auto size = protocol::EncodeEvent<E>(payload, 0, port_.event_memory());
    if (size && port_.established()) {
      static_cast<void>(
          port_.SendMessage(protocol::Stream::kEvents, port_.event_memory().first(*size)));
    }
  }

  ControlPort& port() { return port_; }
  // What was sent has arrived, as far as this end can know.
  bool drained() { return !port_.established() || port_.session().all_acknowledged(); }

  static constexpr size_t kRequestsPerPoll = 4;

 private:
  // False: nothing was done.
  bool AnswerRequest();
  bool SendResponse();
  bool ReplaceResponse();

  ControlPort& port_;
  Jobs jobs_;
  Handlers handlers_;
  protocol::Dispatcher<Handlers> dispatcher_;
  base::ByteSpan response_memory_;
  size_t response_size_ = 0;  // of a response that waits for room
  uint32_t generation_ = 0;   // of the session whose jobs run
};

// The control of kChannels channels with its memory, kBulk bytes of it for the bulk stream.
template <size_t kJobs, size_t kChannels, size_t kBulk>
class ControlStorage {
 public:
  ControlStorage(Core& core, std::span<drivers::Uart* const, kChannels> channels)
      : ControlStorage(core, channels, std::make_index_sequence<kChannels>{}) {}

  Control& control() { return control_; }

 private:
  static_assert(kBulk >= protocol::kMaxEvent + 2);
  static constexpr protocol::SessionSizes kSizes = {
      .send = {2 * (protocol::kMaxResponse + 2), 2 * 1024, kBulk},
      .receive = {2 * protocol::SessionReceiveRing(protocol::kMaxRequest), 0, 0},
      .message = protocol::kMaxRequest,
      .window = 16};

  template <size_t... kIndex>
  ControlStorage(Core& core, std::span<drivers::Uart* const, kChannels> channels,
                 std::index_sequence<kIndex...>)
      : lines_{ControlLine(*channels[kIndex], session_.buffers())...},
        port_(lines_, core.stack.executor(), event_),
        jobs_(core, port_),
        control_(core, port_, jobs_.slots(), response_) {}

  protocol::SessionStorage<kSizes> session_;
  std::array<std::byte, protocol::kMaxEvent> event_;
  std::array<std::byte, protocol::kMaxResponse> response_;
  std::array<ControlLine, kChannels> lines_;
  ControlPort port_;
  JobStorage<kJobs> jobs_;
  Control control_;
};

}  // namespace agent
