#include "host-cli/broker/packet.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "protocol/message.h"

namespace netctl {
namespace {

// A message of 64 KiB and its letter.
constexpr size_t kLargestPacket = 66 * 1024;

std::optional<sockaddr_un> SocketAddressOf(const std::string& path) {
  sockaddr_un address = {.sun_family = AF_UNIX};
  if (path.size() >= sizeof(address.sun_path)) {
    return std::nullopt;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

UniqueFd NewSocket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

}  // namespace

std::string EncodePacket(PacketType type, std::string_view content) {
  return static_cast<char>(type) + std::string(content);
}

std::string EncodePacket(const Message& message) {
  std::array<std::byte, protocol::kMessageHeaderSize> header;
  static_cast<void>(base::Encode<base::kMessageOrder>(message.header, header));
  std::string packet = EncodePacket(PacketType::kMessage);
  packet.append(reinterpret_cast<const char*>(header.data()), header.size());
  packet.append(reinterpret_cast<const char*>(message.fields.data()), message.fields.size());
  return packet;
}

std::string EncodePacket(const Error& error) {
  return EncodePacket(PacketType::kEnd, Json{{"code", ToInt(error.code)},
                                             {"message", EscapeText(error.message)},
                                             {"hint", EscapeText(error.hint)}}
                                            .dump());
}

std::string EncodeWelcome(const Peer& peer) {
  return EncodePacket(PacketType::kWelcome, Json{{"board", peer.board},
                                                 {"version", peer.version},
                                                 {"build_id", peer.build_id},
                                                 {"boot_counter", peer.boot_counter},
                                                 {"largest_message", peer.largest_message},
                                                 {"via", peer.via}}
                                                .dump());
}

std::optional<Message> DecodeMessagePacket(std::string_view content) {
  const auto decoded = protocol::DecodeMessage(base::AsBytes(content));
  if (!decoded) {
    return std::nullopt;
  }
  return Message{decoded->header, {decoded->fields.begin(), decoded->fields.end()}};
}

std::optional<Error> DecodeErrorPacket(std::string_view content) {
  try {
    const Json json = Json::parse(content);
    return Error{static_cast<ExitCode>(json.at("code").get<uint8_t>()), json.at("message"),
                 json.at("hint"), std::nullopt};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::optional<Peer> DecodeWelcome(std::string_view content) {
  try {
    const Json json = Json::parse(content);
    return Peer{.board = json.at("board"),
                .version = json.at("version"),
                .build_id = json.at("build_id"),
                .boot_counter = json.at("boot_counter"),
                .largest_message = json.at("largest_message"),
                .via = json.at("via")};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

ReadState ReadPacket(int fd, Packet& packet) {
  std::string bytes(kLargestPacket, '\0');
  const ssize_t size = ::recv(fd, bytes.data(), bytes.size(), 0);
  if (size < 0) {
    return errno == EAGAIN || errno == EINTR ? ReadState::kNothing : ReadState::kClosed;
  }
  if (size == 0) {
    return ReadState::kClosed;
  }
  packet.type = static_cast<PacketType>(bytes[0]);
  packet.content.assign(bytes, 1, static_cast<size_t>(size) - 1);
  return ReadState::kPacket;
}

UniqueFd ConnectToBroker(const std::string& path) {
  const auto address = SocketAddressOf(path);
  UniqueFd fd = NewSocket();
  if (!address || !fd.valid() ||
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    return {};
  }
  return fd;
}

// Bound and listening under another name first: whoever finds `path` can connect.
Expected<UniqueFd> ListenForClients(const std::string& path) {
  constexpr int kBacklog = 16;
  const std::string temporary = fmt::format("{}.{}", path, ::getpid());
  const auto address = SocketAddressOf(temporary);
  if (!address) {
    return Fail(ExitCode::kUsage, fmt::format("{}: too long for a socket's path", path),
                "set XDG_RUNTIME_DIR to a shorter one");
  }
  UniqueFd fd = NewSocket();
  ::unlink(temporary.c_str());
  if (!fd.valid() ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0 ||
      ::listen(fd.get(), kBacklog) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0) {
    return Fail(ExitCode::kUsage,
                fmt::format("{}: {}", path, std::generic_category().message(errno)));
  }
  return fd;
}

pid_t PeerProcess(int fd) {
  ucred credentials = {};
  socklen_t size = sizeof(credentials);
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.pid : -1;
}

}  // namespace netctl
