// Whose request is whose: every client counts its requests by itself, the board sees one host.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "host-cli/message_port.h"

namespace netctl {

using ClientId = uint32_t;
inline constexpr ClientId kNobody = 0;  // the broker itself, and clients that went away

class RequestTable {
 public:
  struct Owner {
    ClientId client = kNobody;
    uint16_t number = 0;  // the client's own
  };

  // Gives a request of `client` the number that the board sees. A job cancelled by number is
  // renumbered too; nullopt when there is no such job, or no number is free.
  std::optional<Message> ToBoard(ClientId client, Message message);
  // Whom a response or event of a request is for; its number becomes the client's. nullopt when
  // nobody asked. Forgets requests that this message ends.
  std::optional<ClientId> ToClient(Message& message);

  // The jobs of `client`, which is gone, as requests to cancel them.
  std::vector<Message> Abandon(ClientId client);
  // A new session with the board: nothing is open any more.
  void Clear() { entries_.clear(); }
  size_t open_requests() const { return entries_.size(); }

 private:
  struct Entry {
    Owner owner;
    bool is_job = false;
  };

  std::optional<uint16_t> FreeNumber();
  std::optional<uint16_t> FindJob(ClientId client, uint16_t number) const;

  std::map<uint16_t, Entry> entries_;  // by the number that the board sees
  uint16_t last_number_ = 0;
};

}  // namespace netctl
