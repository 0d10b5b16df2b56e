// The serial ports that come with a device, as sysfs has them.
#pragma once

#include <string>
#include <vector>

namespace netctl {

struct SerialPort {
  std::string path;   // "/dev/ttyACM0"
  std::string by_id;  // "/dev/serial/by-id/...", which stays the same; may be empty
  std::string product;
  std::string serial;   // of its USB device
  std::string problem;  // why it cannot be opened; empty when it can
  std::string hint;
};

// In the order of their names. `root` stands in front of /sys and /dev; empty but for tests.
std::vector<SerialPort> ListSerialPorts(const std::string& root = {});

}  // namespace netctl
