// Messages in both directions whose content says which one they are, and a check that every one
// arrives once and in its order.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "protocol/session.h"
#include "tests/support/bytes.h"
#include "tests/support/pipe_channel.h"

namespace protocol {

// What one end sends on one stream.
struct Flow {
  uint32_t count = 0;  // messages to send
  std::function<size_t(uint32_t index)> size = [](uint32_t) { return size_t{100}; };
  uint32_t sent = 0;
  uint32_t received = 0;
  uint64_t bytes = 0;  // received
};

inline test::ByteVector NumberedMessage(Stream stream, uint32_t index, size_t size) {
  test::ByteVector message(size);
  uint32_t state = index * 2654435761u + static_cast<uint32_t>(stream) + 1;
  for (std::byte& byte : message) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<std::byte>(state >> 24);
  }
  return message;
}

class Traffic {
 public:
  explicit Traffic(test::PipeChannel& pipe) : pipe_(pipe) {
    pipe.set_work([this] { Work(); });
  }

  Flow& from_host(Stream stream) { return from_host_[static_cast<size_t>(stream)]; }
  Flow& from_agent(Stream stream) { return from_agent_[static_cast<size_t>(stream)]; }
  // The agent answers each request with a response of the same size.
  void set_echo(bool echo) { echo_ = echo; }
  // Messages that were not the next one of their stream.
  uint32_t wrong() const { return wrong_; }
  void set_host_reads(bool reads) { host_reads_ = reads; }

  bool done() const {
    for (size_t i = 0; i < kStreams; ++i) {
      if (from_host_[i].received != from_host_[i].count ||
          from_agent_[i].received != from_agent_[i].count) {
        return false;
      }
    }
    return true;
  }
  bool RunUntilDone(base::Duration limit) {
    return pipe_.RunUntil([this] { return done(); }, limit);
  }

 private:
  void Work() {
    for (size_t i = 0; i < kStreams; ++i) {
      Send(pipe_.host(), from_host_[i], static_cast<Stream>(i));
      Send(pipe_.agent(), from_agent_[i], static_cast<Stream>(i));
    }
    Receive(pipe_.agent(), from_host_);
    if (host_reads_) {
      Receive(pipe_.host(), from_agent_);
    }
  }
  void Send(Session& session, Flow& flow, Stream stream) {
    while (flow.sent < flow.count &&
           session.Send(stream, NumberedMessage(stream, flow.sent, flow.size(flow.sent))) ==
               base::Status::kOk) {
      ++flow.sent;
    }
  }
  void Receive(Session& session, std::array<Flow, kStreams>& flows) {
    ReceivedMessage message;
    while (session.Receive(message)) {
      Flow& flow = flows[static_cast<size_t>(message.stream)];
      const auto expected =
          NumberedMessage(message.stream, flow.received, flow.size(flow.received));
      wrong_ += std::ranges::equal(message.bytes, expected) ? 0 : 1;
      ++flow.received;
      flow.bytes += message.bytes.size();
      if (echo_ && &flow == &from_host_[0]) {
        ++from_agent_[0].count;
      }
      session.Release();
    }
  }

  test::PipeChannel& pipe_;
  std::array<Flow, kStreams> from_host_;
  std::array<Flow, kStreams> from_agent_;
  bool echo_ = false;
  bool host_reads_ = true;
  uint32_t wrong_ = 0;
};

}  // namespace protocol
