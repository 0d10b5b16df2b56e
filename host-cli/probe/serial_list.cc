#include "host-cli/probe/serial_list.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace netctl {
namespace {

namespace fs = std::filesystem;

// From a tty up to the USB device that it is a part of.
constexpr int kMostLevels = 4;

std::string FirstLine(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// Ports that exist without a device (the kernel makes four of them) are of no use.
bool IsPort(const fs::directory_entry& tty) {
  const std::string name = tty.path().filename();
  std::error_code error;
  return (name.starts_with("ttyUSB") || name.starts_with("ttyACM")) &&
         fs::exists(tty.path() / "device", error);
}

void TakeUsbTexts(const fs::path& tty, SerialPort& port) {
  std::error_code error;
  fs::path device = fs::canonical(tty / "device", error);
  for (int i = 0; i < kMostLevels && !error; ++i, device = device.parent_path()) {
    if (fs::exists(device / "idVendor", error)) {
      port.product = FirstLine(device / "product");
      port.serial = FirstLine(device / "serial");
      return;
    }
  }
}

std::string ByIdOf(const fs::path& folder, const std::string& name) {
  std::error_code error;
  for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
    std::error_code broken;
    if (fs::read_symlink(i->path(), broken).filename() == name) {
      return i->path();
    }
  }
  return {};
}

// Only asked, as opening a port moves its control lines.
void CheckPort(const std::string& path, SerialPort& port) {
  if (::access(path.c_str(), R_OK | W_OK) == 0) {
    return;
  }
  const int error = errno;
  port.problem =
      fmt::format("cannot open {}: {}", port.path, std::generic_category().message(error));
  if (error == EACCES) {
    port.hint = "add yourself to the group of the device: sudo usermod -aG dialout $USER";
  }
}

}  // namespace

std::vector<SerialPort> ListSerialPorts(const std::string& root) {
  std::vector<SerialPort> ports;
  std::error_code error;
  for (fs::directory_iterator i(root + "/sys/class/tty", error), end; !error && i != end;
       i.increment(error)) {
    if (!IsPort(*i)) {
      continue;
    }
    const std::string name = i->path().filename();
    SerialPort port{.path = "/dev/" + name, .by_id = ByIdOf(root + "/dev/serial/by-id", name)};
    port.by_id.erase(0, port.by_id.empty() ? 0 : root.size());
    TakeUsbTexts(i->path(), port);
    CheckPort(root + port.path, port);
    ports.push_back(std::move(port));
  }
  std::ranges::sort(ports, {},
                    [](const SerialPort& port) { return std::pair(port.path.size(), port.path); });
  return ports;
}

}  // namespace netctl
