#include "host-cli/broker/directory.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host-cli/broker/packet.h"
#include "host-cli/clock.h"
#include "host-cli/message_source.h"
#include "host-cli/paths.h"

namespace netctl {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "target-";
constexpr std::string_view kSuffix = ".sock";
constexpr base::Duration kStatusTimeout = std::chrono::seconds(1);

Expected<std::string> InRuntimeDirectory(const std::string& name, std::string_view suffix) {
  const auto folder = RuntimeDirectory();
  if (!folder) {
    return std::unexpected(folder.error());
  }
  return (*folder / fmt::format("{}{}{}", kPrefix, FileName(name), suffix)).string();
}

// The status that the broker at the other end of `fd` gives; null when it does not answer.
Json AskStatus(int fd) {
  const std::string question = EncodePacket(PacketType::kStatus);
  ::send(fd, question.data(), question.size(), MSG_NOSIGNAL);
  const base::Instant limit = Now() + kStatusTimeout;
  while (Now() < limit) {
    Packet packet;
    const ReadState state = ReadPacket(fd, packet);
    if (state == ReadState::kPacket && packet.type == PacketType::kStatus) {
      return Json::parse(packet.content, nullptr, false);
    }
    if (state == ReadState::kClosed) {
      break;
    }
    std::vector<pollfd> fds{{fd, POLLIN, 0}};
    if (PollUntil(fds, limit)) {
      break;
    }
  }
  return nullptr;
}

// Whether what `fd` stands for ends (a socket's peer closes, a process exits) within `limit`.
bool WaitForEnd(int fd, base::Instant limit) {
  while (Now() < limit) {
    pollfd state{fd, POLLIN, 0};
    const auto left = static_cast<int>(base::ToMilliseconds(limit - Now())) + 1;
    if (::poll(&state, 1, left) > 0) {
      return true;
    }
  }
  return false;
}

UniqueFd OpenProcess(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

void Kill(const UniqueFd& process) {
  ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
}

// The emulated or simulated board's; -1 where the board is no process.
pid_t BoardProcess(const Json& status) {
  return status.is_object() ? status.value("board_pid", pid_t{-1}) : -1;
}

}  // namespace

Expected<std::string> BrokerSocket(const std::string& name) {
  return InRuntimeDirectory(name, kSuffix);
}

Expected<std::string> BrokerLog(const std::string& name) {
  return InRuntimeDirectory(name, ".log");
}

Expected<std::vector<Json>> ListBrokers() {
  const auto folder = RuntimeDirectory();
  if (!folder) {
    return std::unexpected(folder.error());
  }
  std::vector<fs::path> sockets;
  std::error_code error;
  for (fs::directory_iterator i(*folder, error), end; !error && i != end; i.increment(error)) {
    const std::string file = i->path().filename().string();
    if (file.starts_with(kPrefix) && file.ends_with(kSuffix)) {
      sockets.push_back(i->path());
    }
  }
  std::ranges::sort(sockets);
  std::vector<Json> brokers;
  for (const fs::path& path : sockets) {
    const UniqueFd fd = ConnectToBroker(path.string());
    if (!fd.valid()) {
      fs::remove(path, error);
      continue;
    }
    Json status = AskStatus(fd.get());
    if (!status.is_object()) {
      const std::string file = path.stem().string();
      status = Json{{"name", file.substr(kPrefix.size())},
                    {"pid", PeerProcess(fd.get())},
                    {"socket", path.string()},
                    {"error", "does not answer"}};
    }
    brokers.push_back(std::move(status));
  }
  return brokers;
}

Expected<bool> StopBroker(const std::string& name, base::Duration patience) {
  const auto path = BrokerSocket(name);
  if (!path) {
    return std::unexpected(path.error());
  }
  const UniqueFd fd = ConnectToBroker(*path);
  if (!fd.valid()) {
    return false;
  }
  // Held open, so that neither number can come to mean another process.
  const UniqueFd broker = OpenProcess(PeerProcess(fd.get()));
  const UniqueFd board = OpenProcess(BoardProcess(AskStatus(fd.get())));
  const std::string quit = EncodePacket(PacketType::kQuit);
  ::send(fd.get(), quit.data(), quit.size(), MSG_NOSIGNAL);
  const base::Instant limit = Now() + patience;
  for (const UniqueFd* process : {&broker, &board}) {
    if (process->valid() && !WaitForEnd(process->get(), limit)) {
      Kill(*process);
      if (!WaitForEnd(process->get(), Now() + patience)) {
        return Fail(ExitCode::kChannel, fmt::format("the processes of target {} do not end", name));
      }
    }
  }
  ::unlink(path->c_str());
  return true;
}

}  // namespace netctl
