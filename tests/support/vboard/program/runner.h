// Runs a virtual board in real time, between its serial line, its network and its control socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/vboard/program/options.h"
#include "tests/support/vboard/program/serial_port.h"
#include "tests/support/vboard/program/uplink.h"
#include "tests/support/vprobe/control_socket.h"

namespace test {

class Runner {
 public:
  // Throws std::runtime_error: no such fault, no control socket.
  Runner(VirtualBoard& board, const VboardOptions& options);

  // Until the other end of the serial line is gone, or SIGINT or SIGTERM comes.
  void Run();

 private:
  void Wait(base::Duration longest);
  // The answer to one line on the control socket.
  std::string Control(std::string_view command);
  std::string SetFault(std::string_view arguments);
  std::string DescribeFaults() const;
  std::string DescribeCounters() const;

  VirtualBoard& board_;
  SerialPort serial_;
  Uplink uplink_;
  std::optional<ControlSocket> control_;
  std::vector<std::string> faults_;  // those that are on
};

}  // namespace test
