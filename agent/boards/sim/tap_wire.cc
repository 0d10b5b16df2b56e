#include "agent/boards/sim/tap_wire.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace agent::sim {

void TapWire::Open(const char* name, FrameSink& sink) {
  sink_ = &sink;
  fd_ = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (fd_ < 0 || ::ioctl(fd_, TUNSETIFF, &request) != 0) {
    std::fprintf(stderr, "cannot attach to the TAP device %s: %s\n", name, std::strerror(errno));
    std::exit(1);
  }
}

bool TapWire::Send(base::ConstByteSpan frame) {
  return ::write(fd_, frame.data(), frame.size()) > 0;
}

size_t TapWire::Prepare(std::span<pollfd> fds, size_t used, base::Instant&) {
  index_ = used;
  fds[used] = {.fd = fd_, .events = POLLIN, .revents = 0};
  return used + 1;
}

void TapWire::Process(std::span<const pollfd> fds, bool failed) {
  if (failed || (fds[index_].revents & POLLIN) == 0) {
    return;
  }
  for (size_t i = 0; i < kFramesPerRound; ++i) {
    const ssize_t size = ::read(fd_, frame_.data(), frame_.size());
    if (size <= 0) {
      return;
    }
    sink_->OnFrame(base::ConstByteSpan(frame_).first(static_cast<size_t>(size)));
  }
}

}  // namespace agent::sim
