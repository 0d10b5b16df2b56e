// A client's port through a broker.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "host-cli/broker/packet.h"
#include "host-cli/message_source.h"

namespace netctl {

class BrokerPort : public MessagePort, private MessageSource {
 public:
  // Attaches to the broker of target `name` as `command`. Null when there is none. kTimeout at
  // `deadline` or when it does not answer within 15 s; kAgent when it is of another build; what
  // the broker says.
  static Expected<std::unique_ptr<MessagePort>> Attach(const std::string& name,
                                                       const std::string& command,
                                                       base::Instant deadline, TextSink sink);

  Expected<void> Send(const Message& message) override;
  Expected<std::optional<Message>> Receive(base::Instant deadline,
                                           std::span<pollfd> extra) override;
  void set_text_sink(TextSink sink) override { sink_ = std::move(sink); }
  const Peer& peer() const override { return peer_; }
  void AskForBacklog() override;

 private:
  BrokerPort(UniqueFd fd, TextSink sink) : fd_(std::move(fd)), sink_(std::move(sink)) {}
  Expected<void> AwaitWelcome(base::Instant deadline);
  Expected<void> SendPacket(const std::string& packet);
  void OnPacket(const Packet& packet);

  void AddPollFds(std::vector<pollfd>& fds) const override;
  Expected<base::Instant> Process() override;
  std::optional<Message> Take() override;

  UniqueFd fd_;
  TextSink sink_;
  Peer peer_;
  bool welcome_ = false;
  std::optional<Error> end_;
  std::deque<Message> received_;
};

}  // namespace netctl
