#include "host-cli/probe/wait.h"

#include <poll.h>

#include "host-cli/interrupt.h"

namespace netctl {

bool PauseUntilSignal(base::Duration duration) {
  pollfd signal = {.fd = InterruptFd(), .events = POLLIN, .revents = 0};
  const int result = ::poll(&signal, 1, static_cast<int>(base::ToMilliseconds(duration)));
  return result > 0 || (result < 0 && Interrupted());
}

}  // namespace netctl
