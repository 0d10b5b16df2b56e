// The bytes between host and board, whatever carries them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <poll.h>

#include "host-cli/error.h"
#include "host-cli/json.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace netctl {

class Channel {
 public:
  virtual ~Channel() = default;

  // Adds what to wait for; `want_write` when bytes wait to be sent.
  virtual void AddPollFds(std::vector<pollfd>& fds, bool want_write) const = 0;
  // Bytes that were there, 0 for none. Never waits. kChannel, with the reason, when it is lost.
  virtual Expected<size_t> Read(base::ByteSpan out) = 0;
  // Bytes that were taken, perhaps 0. Never waits. kChannel, with the reason, when it is lost.
  virtual Expected<size_t> Write(base::ConstByteSpan data) = 0;
  // For people: "/dev/ttyACM0 at 115200 baud".
  virtual std::string describe() const = 0;
  // What a program may want to know: board_pid and monitor of QEMU, for example.
  virtual Json facts() const { return Json::object(); }
  // What to look at when the board stays silent: "check the baud rate (now 115200)".
  virtual std::string advice() const { return {}; }
  // How long to wait in the middle of a burst so that more of it is read at once. QEMU's UART hands
  // over byte by byte: waking for each would cost both sides more than the byte.
  virtual base::Duration gather_time() const { return std::chrono::microseconds(500); }
};

}  // namespace netctl
