// A command that runs with virtual probes plugged in, until it ends.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/vprobe/array_target.h"
#include "tests/support/vprobe/child.h"
#include "tests/support/vprobe/control_socket.h"
#include "tests/support/vprobe/targets.h"
#include "tests/support/vprobe/usb_tree.h"
#include "tests/support/vprobe/virtual_probe.h"

namespace test {

struct SessionSettings {
  ProbeSettings probe;
  Faults faults;
  int probes = 1;  // all but the first have no target
  bool permission = true;
  std::string control;  // path of the control socket; empty: none
};

class Session {
 public:
  // Plugs the probes in; throws std::exception.
  Session(const SessionSettings& settings, Target& target);
  ~Session();

  // Runs the command and serves it. Its exit status, as Child has it.
  int Run(const std::vector<std::string>& command);

 private:
  using Clock = UsbDevice::Clock;
  struct Slot {
    std::unique_ptr<VirtualProbe> probe;
    int listener = -1;  // -1: unplugged
  };

  void Plug(int index);
  void Unplug(int index);
  // One turn of the loop; false: nothing came within the time it may take.
  bool Turn(std::optional<Clock::duration> longest);
  bool ServeSlots(int fd);
  void ServeSignals(Child& child);
  // Lets the core run where it needs it, and waits when there is nothing else to do.
  void TurnAndRun();
  void EndLeftovers();
  std::string Control(std::string_view command);

  SessionSettings settings_;
  Target& target_;
  ArrayTarget nothing_{0, 4};  // at the end of the wires of the other probes
  int signals_ = -1;
  UsbTree tree_;
  std::deque<Slot> slots_;
  std::optional<ControlSocket> control_;
  Child* child_ = nullptr;
  bool core_is_busy_ = true;
  Clock::time_point last_call_{};
  Clock::time_point last_slice_{};
};

}  // namespace test
