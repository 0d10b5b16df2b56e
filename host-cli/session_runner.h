// A session over a channel, on the real clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host-cli/channels/channel.h"
#include "host-cli/message_source.h"
#include "protocol/session.h"

namespace netctl {

class SessionRunner : public MessageSource, private protocol::TextSink {
 public:
  SessionRunner(std::unique_ptr<Channel> channel, MessagePort::TextSink sink);
  // Says good-bye to the agent as far as the channel takes it at once.
  ~SessionRunner() override;

  // Begins a new session.
  void Connect(bool takeover);
  bool established() const { return session_.state() == protocol::SessionState::kEstablished; }
  bool connecting() const { return session_.state() == protocol::SessionState::kConnecting; }
  // The agent lost the session that was established: a restart, or another host on this channel.
  bool lost_by_agent() const { return session_.end_reason() == protocol::EndReason::kRestarted; }

  void AddPollFds(std::vector<pollfd>& fds) const override;
  // kChannel (lost, silent), kBusy (held by another channel), kAgent (restarted, other version).
  Expected<base::Instant> Process() override;
  std::optional<Message> Take() override;

  // Queues a request. kUnavailable: no room now; kInvalidArgument: too large for the agent;
  // kClosed: no session.
  base::Status Send(const Message& message);
  bool has_output() const { return output_begin_ < output_.size() || session_.has_output(); }
  // Waits, at most a second, until the agent has everything that was sent.
  void Flush();

  void set_text_sink(MessagePort::TextSink sink) { sink_ = std::move(sink); }
  const protocol::HelloReply& hello_reply() const { return session_.peer(); }
  const protocol::ChannelStats& stats() const { return stats_; }
  const Channel& channel() const { return *channel_; }
  Peer peer() const;

 private:
  struct Storage;

  void OnText(std::string_view text) override;
  Expected<void> ReadChannel();
  Expected<void> WriteChannel();
  Expected<void> Judge() const;
  Error WhyDead() const;
  Error NoAnswer() const;

  std::unique_ptr<Channel> channel_;
  MessagePort::TextSink sink_;
  protocol::ChannelStats stats_;
  std::unique_ptr<Storage> storage_;
  protocol::Session session_;
  bool was_established_ = false;
  bool heard_text_ = false;
  // Bytes that the session gave and the channel has not taken yet.
  std::vector<std::byte> output_;
  size_t output_begin_ = 0;
  base::Instant last_read_{};
};

}  // namespace netctl
