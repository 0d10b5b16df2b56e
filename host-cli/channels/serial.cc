// A serial port, by termios2: any baud rate, and pseudo terminals too.
#include <cerrno>
#include <system_error>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/serial.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host-cli/channels/fd_channel.h"
#include "host-cli/channels/open.h"
#include "host-cli/channels/tty_holder.h"

namespace netctl {
namespace {

constexpr uint32_t kDefaultBaud = 115200;
constexpr uint32_t kMaxBaud = 20'000'000;

class SerialChannel : public FdChannel {
 public:
  SerialChannel(UniqueFd fd, const std::string& path, uint32_t baud)
      : FdChannel(std::move(fd), fmt::format("{} at {} baud", path, baud)), baud_(baud) {}
  // A terminal that somebody else has open keeps the flag beyond our close.
  ~SerialChannel() override { ::ioctl(fd(), TIOCNXCL); }

  std::string advice() const override {
    return fmt::format("check the baud rate (now {}): serial://DEVICE?baud=RATE", baud_);
  }

 protected:
  std::string LostReason(int error) override {
    return error == 0 || error == EIO || error == ENODEV || error == ENXIO
               ? "the port is gone (unplugged?)"
               : FdChannel::LostReason(error);
  }

 private:
  uint32_t baud_;
};

std::string OpenHint(int error) {
  if (error == EACCES) {
    return "add yourself to the group of the device: sudo usermod -aG dialout $USER";
  }
  if (error == ENOENT) {
    return "ls /dev/serial/by-id names the ports that are there";
  }
  return {};
}

// 8N1, raw, receiver on, no modem control, no reset pulse on close.
bool Configure(int fd, uint32_t baud, bool rtscts) {
  termios2 settings = {};
  if (::ioctl(fd, TCGETS2, &settings) != 0) {
    return false;
  }
  settings.c_iflag = 0;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag = CS8 | CREAD | CLOCAL | BOTHER | (rtscts ? CRTSCTS : 0);
  settings.c_ispeed = baud;
  settings.c_ospeed = baud;
  settings.c_cc[VMIN] = 0;
  settings.c_cc[VTIME] = 0;
  return ::ioctl(fd, TCSETS2, &settings) == 0;
}

// The kernel's receive buffering off where the driver can (FTDI: 16 ms to 1 ms). Pseudo terminals
// and most USB-CDC adapters cannot, and need not.
void LowerLatency(int fd) {
  serial_struct serial = {};
  if (::ioctl(fd, TIOCGSERIAL, &serial) == 0) {
    serial.flags |= ASYNC_LOW_LATENCY;
    ::ioctl(fd, TIOCSSERIAL, &serial);
  }
}

std::unexpected<Error> InUse(const std::string& path) {
  return Fail(ExitCode::kBusy, fmt::format("{} is in use by {}", path, TtyHolder(path)),
              "close that program, or wait with --lock-wait 30s");
}

}  // namespace

Expected<std::unique_ptr<Channel>> OpenSerial(const ChannelUrl& url) {
  const auto baud = url.Number("baud", kDefaultBaud, kMaxBaud);
  const auto rtscts = url.Number("rtscts", 0, 1);
  if (!baud || !rtscts) {
    return std::unexpected(!baud ? baud.error() : rtscts.error());
  }
  UniqueFd fd(::open(url.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid() && errno == EBUSY) {
    return InUse(url.path);
  }
  if (!fd.valid()) {
    const int error = errno;
    return Fail(ExitCode::kChannel,
                fmt::format("cannot open {}: {}", url.path, std::generic_category().message(error)),
                OpenHint(error));
  }
  // flock is what terminal programs look at; TIOCEXCL keeps those out that do not.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return InUse(url.path);
  }
  if (!Configure(fd.get(), *baud, *rtscts != 0)) {
    return Fail(ExitCode::kChannel,
                fmt::format("{}: no serial port, or it cannot do {} baud ({})", url.path, *baud,
                            std::generic_category().message(errno)));
  }
  ::ioctl(fd.get(), TIOCEXCL);
  LowerLatency(fd.get());
  return std::make_unique<SerialChannel>(std::move(fd), url.path, *baud);
}

}  // namespace netctl
