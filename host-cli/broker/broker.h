// One board for several netctl: owns the session, serves a socket.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host-cli/broker/packet.h"
#include "host-cli/broker/request_table.h"
#include "host-cli/session_runner.h"

namespace netctl {

class Broker {
 public:
  // `facts` is what the status says besides the broker's own: name, socket, since.
  Broker(std::unique_ptr<Channel> channel, UniqueFd listener, Json facts);

  // Waits for the first session with the board. Errors as SessionPort::Open.
  Expected<void> Open(bool takeover, base::Instant deadline);
  // Serves until a client or a signal ends it (a value), or the board is gone (why). Says so to all
  // clients. A board that restarts ends its clients' commands, not the broker.
  Expected<void> Run();
  // Who it is, who uses it.
  Json Status() const;

 private:
  struct Client {
    ClientId id = 0;
    UniqueFd fd;
    bool attached = false;
    std::string command;
    std::deque<std::string> output;  // packets that the socket did not take yet
    size_t output_size = 0;          // bytes in them
  };

  // One round: what is ready, then a wait. kAgent: the board restarted.
  Expected<void> Step();
  Expected<void> Reopen();
  void Accept();
  void ServeClients();
  // False when the client is gone.
  bool ServeClient(Client& client);
  void OnPacket(Client& client, const Packet& packet);
  void OnAttach(Client& client, std::string_view content);
  void OnRequest(Client& client, Message message);
  void SendToBoard();
  void Deliver(Message message);
  void OnText(std::string_view text);
  void Queue(Client& client, std::string packet);
  void Broadcast(const std::string& packet);
  bool Flush(Client& client) const;
  void Remove(Client& client);
  void EndClients(const Error& why);

  SessionRunner runner_;
  UniqueFd listener_;
  Json facts_;
  RequestTable requests_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::deque<Message> to_board_;  // requests that wait for room
  std::string backlog_;           // the last text of the board
  ClientId last_client_ = kNobody;
  bool quit_ = false;
};

}  // namespace netctl
