// netctl: does Ethernet work on this board, and if not, why?
#include <unistd.h>

#include "host-cli/app.h"
#include "host-cli/interrupt.h"
#include "host-cli/open_port.h"

int main(int argc, char** argv) {
  netctl::HandleInterrupts();
  return netctl::ToInt(netctl::RunCommandLine({argv + 1, argv + argc},
                                              {.output = netctl::StandardOutput(),
                                               .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                                               .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                                               .open = netctl::OpenPort}));
}
