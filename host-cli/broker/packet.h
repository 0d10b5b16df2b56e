// What goes over a broker's socket: one SOCK_SEQPACKET packet is one letter and its content.
//
//   client   A {schema, pid, command}   attach            M message   a request
//            B                          text backlog      I           ask for the status
//            Q                          end the broker
//   broker   W {board, version, ...}    welcome           M message   a response or event
//            T text                     console           I {...}     the status
//            E {code, message, hint}    the end, and why
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "host-cli/error.h"
#include "host-cli/json.h"
#include "host-cli/message_port.h"
#include "host-cli/unique_fd.h"

namespace netctl {

enum class PacketType : char {
  kAttach = 'A',
  kBacklog = 'B',
  kEnd = 'E',
  kStatus = 'I',
  kMessage = 'M',
  kQuit = 'Q',
  kText = 'T',
  kWelcome = 'W',
};

struct Packet {
  PacketType type = PacketType::kStatus;
  std::string content;
};

std::string EncodePacket(PacketType type, std::string_view content = {});
std::string EncodePacket(const Message& message);
std::string EncodePacket(const Error& error);
std::string EncodeWelcome(const Peer& peer);

// nullopt when the content is not what the type promises.
std::optional<Message> DecodeMessagePacket(std::string_view content);
std::optional<Error> DecodeErrorPacket(std::string_view content);
std::optional<Peer> DecodeWelcome(std::string_view content);

enum class ReadState : uint8_t { kPacket, kNothing, kClosed };
// The next packet on a non-blocking socket. A packet without a letter is skipped.
ReadState ReadPacket(int fd, Packet& packet);

// A non-blocking connection to a broker; invalid when nobody listens at `path`.
UniqueFd ConnectToBroker(const std::string& path);
// Listens at `path` for this user, from one moment to the next; an old socket there goes.
Expected<UniqueFd> ListenForClients(const std::string& path);
// The process at the other end.
pid_t PeerProcess(int fd);

}  // namespace netctl
