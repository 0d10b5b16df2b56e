#include "host-cli/channels/fd_channel.h"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace netctl {

void FdChannel::AddPollFds(std::vector<pollfd>& fds, bool want_write) const {
  fds.push_back({fd_.get(), static_cast<short>(POLLIN | (want_write ? POLLOUT : 0)), 0});
}

Expected<size_t> FdChannel::Read(base::ByteSpan out) {
  const ssize_t size = ::read(fd_.get(), out.data(), out.size());
  if (size > 0) {
    return static_cast<size_t>(size);
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
    return 0;
  }
  // A tty with VMIN 0 reads 0 bytes when nothing is there, and when it was unplugged: then poll
  // says so.
  pollfd state{fd_.get(), 0, 0};
  if (size == 0 && ::isatty(fd_.get()) == 1 && ::poll(&state, 1, 0) == 0) {
    return 0;
  }
  // The end of a program, or of a peer, that had not read everything.
  return Lost(size < 0 && errno != ECONNRESET ? errno : 0);
}

Expected<size_t> FdChannel::Write(base::ConstByteSpan data) {
  const ssize_t size = ::write(fd_.get(), data.data(), data.size());
  if (size >= 0) {
    return static_cast<size_t>(size);
  }
  if (errno == EAGAIN || errno == EINTR) {
    return 0;
  }
  return Lost(errno);
}

std::string FdChannel::LostReason(int error) {
  return error == 0 ? "the other end closed it" : std::generic_category().message(error);
}

std::unexpected<Error> FdChannel::Lost(int error) {
  return Fail(ExitCode::kChannel, fmt::format("{} was lost: {}", description_, LostReason(error)));
}

}  // namespace netctl
