#include "host-cli/broker/broker_port.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-cli/broker/directory.h"
#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "protocol/message.h"
#include "protocol/schema_hash.h"

namespace netctl {
namespace {

// Longer than a broker waits for a board that restarts.
constexpr base::Duration kAttachTimeout = std::chrono::seconds(15);
constexpr base::Duration kSendTimeout = std::chrono::seconds(5);
// Messages read in one go; the rest waits in the socket.
constexpr size_t kMaxReceived = 64;

}  // namespace

Expected<std::unique_ptr<MessagePort>> BrokerPort::Attach(const std::string& name,
                                                          const std::string& command,
                                                          base::Instant deadline, TextSink sink) {
  const auto path = BrokerSocket(name);
  if (!path) {
    return std::unexpected(path.error());
  }
  UniqueFd fd = ConnectToBroker(*path);
  if (!fd.valid()) {
    return nullptr;
  }
  std::unique_ptr<BrokerPort> port(new BrokerPort(std::move(fd), std::move(sink)));
  const Json attach = {
      {"schema", protocol::kSchemaHash}, {"pid", ::getpid()}, {"command", command}};
  if (const auto sent = port->SendPacket(EncodePacket(PacketType::kAttach, attach.dump())); !sent) {
    return std::unexpected(sent.error());
  }
  if (const auto welcome = port->AwaitWelcome(std::min(deadline, Now() + kAttachTimeout));
      !welcome) {
    return std::unexpected(welcome.error());
  }
  return port;
}

Expected<void> BrokerPort::AwaitWelcome(base::Instant deadline) {
  while (!welcome_) {
    const auto next = Process();
    if (!next) {
      return std::unexpected(next.error());
    }
    if (Now() >= deadline) {
      return Fail(ExitCode::kTimeout, "the target's broker does not answer",
                  "netctl target stop ends it");
    }
    std::vector<pollfd> fds;
    AddPollFds(fds);
    if (!welcome_ && PollUntil(fds, deadline)) {
      return Fail(Interrupted().value_or(ExitCode::kInterrupted), "interrupted");
    }
  }
  return {};
}

Expected<void> BrokerPort::SendPacket(const std::string& packet) {
  const base::Instant limit = Now() + kSendTimeout;
  while (::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      // Why it went away may still stand in the socket.
      const auto processed = Process();
      return processed ? Fail(ExitCode::kChannel, "the target's broker is gone")
                       : std::unexpected(processed.error());
    }
    if (Now() >= limit) {
      return Fail(ExitCode::kTimeout, "the target's broker takes no requests");
    }
    std::vector<pollfd> fds{{fd_.get(), POLLOUT, 0}};
    PollUntil(fds, limit);
  }
  return {};
}

Expected<void> BrokerPort::Send(const Message& message) {
  return SendPacket(EncodePacket(message));
}

void BrokerPort::AskForBacklog() {
  static_cast<void>(SendPacket(EncodePacket(PacketType::kBacklog)).has_value());
}

Expected<std::optional<Message>> BrokerPort::Receive(base::Instant deadline,
                                                     std::span<pollfd> extra) {
  return WaitForMessage(*this, deadline, extra);
}

void BrokerPort::AddPollFds(std::vector<pollfd>& fds) const {
  fds.push_back({fd_.get(), POLLIN, 0});
}

Expected<base::Instant> BrokerPort::Process() {
  while (!end_ && received_.size() < kMaxReceived) {
    Packet packet;
    const ReadState state = ReadPacket(fd_.get(), packet);
    if (state == ReadState::kNothing) {
      break;
    }
    if (state == ReadState::kClosed) {
      end_ = Error{ExitCode::kChannel, "the target's broker died", "netctl target start", {}};
      break;
    }
    OnPacket(packet);
  }
  if (end_) {
    return std::unexpected(*end_);
  }
  return base::kNever;
}

void BrokerPort::OnPacket(const Packet& packet) {
  switch (packet.type) {
    case PacketType::kWelcome:
      if (auto peer = DecodeWelcome(packet.content)) {
        peer_ = std::move(*peer);
        welcome_ = true;
      }
      return;
    case PacketType::kMessage:
      if (auto message = DecodeMessagePacket(packet.content)) {
        received_.push_back(std::move(*message));
      }
      return;
    case PacketType::kText:
      if (sink_ && !packet.content.empty()) {
        sink_(packet.content);
      }
      return;
    case PacketType::kEnd:
      end_ = DecodeErrorPacket(packet.content)
                 .value_or(Error{ExitCode::kChannel, "the target's broker ended", {}, {}});
      return;
    default:
      return;
  }
}

std::optional<Message> BrokerPort::Take() {
  if (received_.empty()) {
    return std::nullopt;
  }
  Message message = std::move(received_.front());
  received_.pop_front();
  return message;
}

}  // namespace netctl
