// Two sessions, host and agent, joined by two lines on a virtual clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "protocol/session.h"
#include "tests/support/fault_proxy.h"

namespace test {

class TextLog : public protocol::TextSink {
 public:
  void OnText(std::string_view text) override { text_ += text; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

inline constexpr protocol::SessionSizes kTestHostSizes{
    .send = {8192, 256, 8192}, .receive = {65536, 16384, 65536}, .message = 65536, .window = 64};
inline constexpr protocol::SessionSizes kTestAgentSizes{
    .send = {4096, 2048, 8192}, .receive = {4096, 0, 4096}, .message = 3072, .window = 32};
inline constexpr uint32_t kTestHostBuffer = 65536;
inline constexpr uint32_t kTestAgentBuffer = 4096;
inline constexpr uint32_t kTestSchema = 0x12345678;

// A session with its memory, text and counters.
template <protocol::SessionSizes kSizes>
struct ChannelEnd {
  explicit ChannelEnd(protocol::Role role) : session(role, storage->buffers(), text, stats) {}
  std::unique_ptr<protocol::SessionStorage<kSizes>> storage =
      std::make_unique<protocol::SessionStorage<kSizes>>();
  TextLog text;
  protocol::ChannelStats stats;
  protocol::Session session;
};
using HostEnd = ChannelEnd<kTestHostSizes>;
using AgentEnd = ChannelEnd<kTestAgentSizes>;

protocol::Hello TestHello();
protocol::HelloReply TestReply(uint32_t boot_counter);

class PipeChannel {
 public:
  explicit PipeChannel(const LineFaults& faults = {}, uint64_t seed = 1);

  protocol::Session& host() { return host_->session; }
  protocol::Session& agent() { return agent_->session; }
  HostEnd& host_end() { return *host_; }
  AgentEnd& agent_end() { return *agent_; }
  FaultLine& to_agent() { return to_agent_; }
  FaultLine& to_host() { return to_host_; }
  base::Instant now() const { return now_; }

  // Bytes read from a line at once, and taken from a session at once; 0: a random number.
  void set_chunk(size_t chunk) { chunk_ = chunk; }
  void set_fifo(size_t fifo) { fifo_ = fifo; }
  // Runs in every step: what the programs around the sessions do.
  void set_work(std::function<void()> work) { work_ = std::move(work); }

  void Connect(uint32_t session_id) { host().Connect(session_id, TestHello(), now_); }
  // A new agent after a reset, with nothing remembered but the boot counter.
  void ResetAgent();
  // A new host process; what the old one had taken from its session is on the line.
  void RestartHost();

  // Runs until `done`, at most `limit` of virtual time; true when `done` came true.
  bool RunUntil(const std::function<bool()>& done, base::Duration limit);
  void RunFor(base::Duration duration);
  // Connects and runs until the session is established.
  bool Establish(uint32_t session_id = 0x1001);

 private:
  void Step(base::Instant limit);
  bool Move(protocol::Session& from, FaultLine& line, protocol::Session& to);
  size_t Chunk();

  std::mt19937_64 random_;
  FaultLine to_agent_;
  FaultLine to_host_;
  base::Instant now_ = base::FromMicroseconds(1'000'000);
  std::unique_ptr<HostEnd> host_;
  std::unique_ptr<AgentEnd> agent_;
  uint32_t boot_counter_ = 1;
  size_t chunk_ = 512;
  size_t fifo_ = 64;
  std::function<void()> work_;
};

}  // namespace test
