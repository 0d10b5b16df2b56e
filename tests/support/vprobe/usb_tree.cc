#include "tests/support/vprobe/usb_tree.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace test {
namespace {

namespace fs = std::filesystem;

constexpr int kBus = 1;
constexpr int kFirstDevice = 2;  // 1 is the root hub
constexpr int kMajor = 189;

// Names of device `index`.
std::string PortName(int index) { return fmt::format("{}-{}", kBus, index + 1); }
std::string NodeName(int index) {
  return fmt::format("bus/usb/{:03}/{:03}", kBus, index + kFirstDevice);
}
std::string DeviceNumber(int index) {
  return fmt::format("{}:{}", kMajor, index + kFirstDevice - 1);
}

fs::path DeviceFolder(int index) {
  return fs::path("devices/pci0000:00") / fmt::format("usb{}", kBus) / PortName(index);
}

fs::path NumberLink(const fs::path& root, int index) {
  std::string name = NodeName(index);
  std::ranges::replace(name, '/', '_');
  return root / "dev/.node" / name;
}

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) {
    throw std::runtime_error(path.string() + " cannot be written");
  }
}

}  // namespace

int ListenUnix(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.empty() || text.size() >= sizeof(address.sun_path)) {
    throw std::runtime_error("no usable path for a socket: " + text);
  }
  std::ranges::copy(text, address.sun_path);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd, 16) != 0) {
    const int error = errno;
    ::close(fd);
    throw std::runtime_error(text + ": " + std::strerror(error));
  }
  return fd;
}

UsbTree::UsbTree() {
  std::string folder = (fs::temp_directory_path() / "vprobe-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error(folder + ": " + std::strerror(errno));
  }
  root_ = folder;
  for (const char* const name : {"sys/class", "sys/bus/usb/devices", "sys/dev/char", "dev/.node"}) {
    fs::create_directories(root_ / name);
  }
}

UsbTree::~UsbTree() {
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

int UsbTree::Plug(int index, const UsbIdentity& identity, bool permission) {
  const fs::path node = root_ / "dev" / NodeName(index);
  const fs::path socket = root_ / "ioctl/dev" / NodeName(index);
  fs::create_directories(node.parent_path());
  fs::create_directories(socket.parent_path());
  const int listener = ListenUnix(socket);
  WriteFile(node, "");
  ::chmod(node.c_str(), permission ? 0660 : 0);
  fs::create_symlink(DeviceNumber(index), NumberLink(root_, index));
  WriteAttributes(index, identity);
  const fs::path device = DeviceFolder(index);
  fs::create_symlink("../../../../bus/usb", root_ / "sys" / device / "subsystem");
  fs::create_symlink("../../" / device, root_ / "sys/dev/char" / DeviceNumber(index));
  // Last: the name that a search begins with.
  fs::create_symlink("../../../" / device, root_ / "sys/bus/usb/devices" / PortName(index));
  return listener;
}

void UsbTree::WriteAttributes(int index, const UsbIdentity& identity) {
  const fs::path folder = root_ / "sys" / DeviceFolder(index);
  fs::create_directories(folder);
  const int device = index + kFirstDevice;
  WriteFile(folder / "uevent",
            fmt::format("DEVTYPE=usb_device\nDRIVER=usb\nPRODUCT={:x}/{:x}/100\nDEVNAME={}\n"
                        "BUSNUM={:03}\nDEVNUM={:03}\nMAJOR={}\nMINOR={}\n",
                        identity.vendor_id, identity.product_id, NodeName(index), kBus, device,
                        kMajor, device - 1));
  const std::vector<uint8_t> descriptors = Descriptors(identity);
  WriteFile(folder / "descriptors", std::string(descriptors.begin(), descriptors.end()));
  WriteFile(folder / "busnum", fmt::format("{}\n", kBus));
  WriteFile(folder / "devnum", fmt::format("{}\n", device));
  WriteFile(folder / "dev", DeviceNumber(index) + "\n");
  WriteFile(folder / "speed", "480\n");
  WriteFile(folder / "bConfigurationValue", "1\n");
  WriteFile(folder / "idVendor", fmt::format("{:04x}\n", identity.vendor_id));
  WriteFile(folder / "idProduct", fmt::format("{:04x}\n", identity.product_id));
  WriteFile(folder / "manufacturer", identity.vendor + "\n");
  WriteFile(folder / "product", identity.product + "\n");
  if (!identity.serial.empty()) {
    WriteFile(folder / "serial", identity.serial + "\n");
  }
}

void UsbTree::Unplug(int index) {
  fs::remove(root_ / "sys/bus/usb/devices" / PortName(index));
  fs::remove(root_ / "sys/dev/char" / DeviceNumber(index));
  fs::remove_all(root_ / "sys" / DeviceFolder(index));
  fs::remove(NumberLink(root_, index));
  fs::remove(root_ / "dev" / NodeName(index));
  fs::remove(root_ / "ioctl/dev" / NodeName(index));
}

}  // namespace test
