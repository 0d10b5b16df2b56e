// QEMU's human monitor (QEMU, docs/system/monitor.rst) on a connected socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace test {

class QemuMonitor {
 public:
  // Takes the socket and waits for the first prompt; throws std::runtime_error when none comes.
  explicit QemuMonitor(int socket);
  QemuMonitor(const QemuMonitor&) = delete;
  QemuMonitor& operator=(const QemuMonitor&) = delete;
  ~QemuMonitor();

  // What the command prints, with its echo; throws std::runtime_error when QEMU has gone.
  std::string Command(std::string_view command);

  // A register of the core, by DCRSR's numbers: 0 to 15, xPSR 16, MSP 17, PSP 18; else 0.
  uint32_t Register(uint32_t number);

 private:
  // All up to the next prompt.
  std::string ReadToPrompt();

  int socket_;
};

// The value behind `name` and an equals sign in the output of "info registers"; 0: it is not there.
uint32_t RegisterIn(std::string_view dump, std::string_view name);

}  // namespace test
