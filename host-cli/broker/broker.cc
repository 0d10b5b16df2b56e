#include "host-cli/broker/broker.h"

#include <algorithm>
#include <cerrno>

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host-cli/clock.h"
#include "host-cli/interrupt.h"
#include "host-cli/session_port.h"
#include "protocol/message.h"
#include "protocol/schema_hash.h"

namespace netctl {
namespace {

constexpr size_t kMaxClients = 32;
constexpr size_t kBacklogSize = 64 * 1024;
// A client that reads slower than the board talks loses its place.
constexpr size_t kMaxOutput = 8 * 1024 * 1024;
constexpr size_t kMaxWaitingRequests = 256;
constexpr base::Duration kReopenTimeout = std::chrono::seconds(10);
// Packets of one client in one round, so that none starves the others.
constexpr int kPacketsPerRound = 16;

Message Refusal(const Message& request, base::Status status) {
  return {{.kind = protocol::MessageKind::kResponse,
           .status = status,
           .id = request.header.id,
           .request = request.header.request},
          {}};
}

}  // namespace

Broker::Broker(std::unique_ptr<Channel> channel, UniqueFd listener, Json facts)
    : runner_(std::move(channel), [this](std::string_view text) { OnText(text); }),
      listener_(std::move(listener)),
      facts_(std::move(facts)) {}

Expected<void> Broker::Open(bool takeover, base::Instant deadline) {
  runner_.Connect(takeover);
  return AwaitSession(runner_, deadline);
}

Expected<void> Broker::Run() {
  while (!quit_ && !Interrupted()) {
    auto stepped = Step();
    if (!stepped && runner_.lost_by_agent()) {
      stepped = Reopen();
    }
    if (!stepped) {
      EndClients(stepped.error());
      return stepped;
    }
  }
  EndClients({ExitCode::kChannel, "the target was stopped", "netctl target start", {}});
  return {};
}

Expected<void> Broker::Reopen() {
  requests_.Clear();
  to_board_.clear();
  runner_.Connect(false);
  const auto opened = AwaitSession(runner_, Now() + kReopenTimeout);
  spdlog::info("the board restarted");
  if (opened) {
    EndClients({ExitCode::kAgent,
                "the board restarted; what became of an open command is unknown",
                "netctl console shows what it prints",
                {}});
  }
  return opened;
}

Expected<void> Broker::Step() {
  Accept();
  ServeClients();
  SendToBoard();
  const auto next = runner_.Process();
  bool received = false;
  while (auto message = runner_.Take()) {
    received = true;
    Deliver(std::move(*message));
  }
  if (!next) {
    return std::unexpected(next.error());
  }
  std::vector<pollfd> fds{{listener_.get(), POLLIN, 0}};
  for (const auto& client : clients_) {
    fds.push_back(
        {client->fd.get(), static_cast<short>(POLLIN | (client->output.empty() ? 0 : POLLOUT)), 0});
  }
  runner_.AddPollFds(fds);
  // Room for more was granted to the board: the session wants to say so at once.
  PollUntil(fds, received || quit_ ? Now() : *next);
  return {};
}

void Broker::Accept() {
  UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.valid()) {
    return;
  }
  if (clients_.size() >= kMaxClients) {
    const std::string packet =
        EncodePacket(Error{ExitCode::kBusy, "the target has too many clients", {}, {}});
    ::send(fd.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
    return;
  }
  auto client = std::make_unique<Client>();
  client->id = ++last_client_;
  client->fd = std::move(fd);
  clients_.push_back(std::move(client));
}

void Broker::ServeClients() {
  for (auto& client : clients_) {
    if (!ServeClient(*client)) {
      Remove(*client);
      client.reset();
    }
  }
  std::erase(clients_, nullptr);
}

bool Broker::ServeClient(Client& client) {
  for (int i = 0; i < kPacketsPerRound; ++i) {
    Packet packet;
    const ReadState state = ReadPacket(client.fd.get(), packet);
    if (state == ReadState::kClosed) {
      return false;
    }
    if (state == ReadState::kNothing) {
      break;
    }
    OnPacket(client, packet);
  }
  return Flush(client);
}

void Broker::OnPacket(Client& client, const Packet& packet) {
  switch (packet.type) {
    case PacketType::kAttach:
      OnAttach(client, packet.content);
      return;
    case PacketType::kBacklog:
      Queue(client, EncodePacket(PacketType::kText, backlog_));
      return;
    case PacketType::kStatus:
      Queue(client, EncodePacket(PacketType::kStatus, Status().dump()));
      return;
    case PacketType::kQuit:
      quit_ = true;
      return;
    case PacketType::kMessage:
      if (auto message = DecodeMessagePacket(packet.content); message && client.attached) {
        OnRequest(client, std::move(*message));
      }
      return;
    default:
      spdlog::warn("client {} sent a packet of an unknown kind", client.id);
  }
}

void Broker::OnAttach(Client& client, std::string_view content) {
  const Json attach = Json::parse(content, nullptr, false);
  const bool same =
      attach.is_object() && attach.contains("schema") && attach["schema"] == protocol::kSchemaHash;
  if (!same) {
    Queue(client, EncodePacket(Error{ExitCode::kAgent,
                                     "the broker of this target belongs to another build of netctl",
                                     "netctl target stop, then start it again",
                                     {}}));
    return;
  }
  client.attached = true;
  client.command = attach.value("command", std::string("?"));
  Queue(client, EncodeWelcome(runner_.peer()));
}

void Broker::OnRequest(Client& client, Message message) {
  if (to_board_.size() >= kMaxWaitingRequests) {
    Queue(client, EncodePacket(Refusal(message, base::Status::kResourceExhausted)));
    return;
  }
  auto renumbered = requests_.ToBoard(client.id, message);
  if (!renumbered) {
    Queue(client, EncodePacket(Refusal(message, base::Status::kNotFound)));
    return;
  }
  to_board_.push_back(std::move(*renumbered));
}

void Broker::SendToBoard() {
  while (!to_board_.empty()) {
    const base::Status status = runner_.Send(to_board_.front());
    if (status == base::Status::kUnavailable) {
      return;
    }
    if (status != base::Status::kOk) {
      Deliver(Refusal(to_board_.front(), status));
    }
    to_board_.pop_front();
  }
}

void Broker::Deliver(Message message) {
  if (message.header.request == 0) {
    Broadcast(EncodePacket(message));
    return;
  }
  const auto owner = requests_.ToClient(message);
  const auto client = std::ranges::find_if(clients_, [&owner](const auto& candidate) {
    return owner && candidate && candidate->id == *owner;
  });
  if (client != clients_.end()) {
    Queue(**client, EncodePacket(message));
  }
}

void Broker::OnText(std::string_view text) {
  backlog_ += text;
  if (backlog_.size() > kBacklogSize) {
    backlog_.erase(0, backlog_.size() - kBacklogSize);
  }
  Broadcast(EncodePacket(PacketType::kText, text));
}

void Broker::Broadcast(const std::string& packet) {
  for (auto& client : clients_) {
    if (client && client->attached) {
      Queue(*client, packet);
    }
  }
}

void Broker::Queue(Client& client, std::string packet) {
  client.output_size += packet.size();
  client.output.push_back(std::move(packet));
}

bool Broker::Flush(Client& client) const {
  while (!client.output.empty()) {
    const std::string& packet = client.output.front();
    if (::send(client.fd.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0) {
      const bool full = errno == EAGAIN || errno == EINTR;
      return full && client.output_size <= kMaxOutput;
    }
    client.output_size -= packet.size();
    client.output.pop_front();
  }
  return true;
}

void Broker::Remove(Client& client) {
  for (Message& cancel : requests_.Abandon(client.id)) {
    to_board_.push_back(std::move(cancel));
  }
}

void Broker::EndClients(const Error& why) {
  for (auto& client : clients_) {
    Queue(*client, EncodePacket(why));
    Flush(*client);
  }
  clients_.clear();
}

Json Broker::Status() const {
  Json status = facts_;
  status["pid"] = ::getpid();
  const Peer peer = runner_.peer();
  status["board"] = peer.board;
  status["version"] = peer.version;
  status["via"] = peer.via;
  status.update(runner_.channel().facts());
  Json clients = Json::array();
  for (const auto& client : clients_) {
    if (client && client->attached) {
      clients.push_back({{"pid", PeerProcess(client->fd.get())}, {"command", client->command}});
    }
  }
  status["clients"] = clients;
  return status;
}

}  // namespace netctl
