#include "host-cli/channels/process_channel.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace netctl {

ProcessChannel::~ProcessChannel() {
  if (facts_.contains("monitor")) {
    ::unlink(facts_["monitor"].get<std::string>().c_str());
  }
}

Expected<size_t> ProcessChannel::Read(base::ByteSpan out) {
  child_.DrainErrors();
  return FdChannel::Read(out);
}

Json ProcessChannel::facts() const {
  Json facts = facts_;
  facts["board_pid"] = child_.pid();
  return facts;
}

std::string ProcessChannel::LostReason(int error) {
  return child_.Running() && error != 0 ? FdChannel::LostReason(error)
                                        : "the process " + child_.Describe();
}

Expected<std::pair<UniqueFd, UniqueFd>> SocketPair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    return Fail(ExitCode::kChannel,
                fmt::format("no socket: {}", std::generic_category().message(errno)));
  }
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return std::pair(UniqueFd(fds[0]), UniqueFd(fds[1]));
}

}  // namespace netctl
