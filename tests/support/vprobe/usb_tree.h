// The folder that umockdev's preload library shows a program as /sys and /dev: one USB bus, and a
// listening socket for each device node. Every open() of the node connects to it.
//
//   ROOT/sys/devices/pci0000:00/usb1/1-1/   uevent, descriptors, busnum, ...
//   ROOT/sys/bus/usb/devices/1-1, ROOT/sys/dev/char/189:1   links to it
//   ROOT/dev/bus/usb/001/002                an empty file
//   ROOT/dev/.node/bus_usb_001_002          link whose target is "189:1"
//   ROOT/ioctl/dev/bus/usb/001/002          the socket
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/vprobe/usb_descriptors.h"

namespace test {

class UsbTree {
 public:
  // Makes the folder; throws std::runtime_error or std::filesystem::filesystem_error.
  UsbTree();
  UsbTree(const UsbTree&) = delete;
  UsbTree& operator=(const UsbTree&) = delete;
  ~UsbTree();

  const std::filesystem::path& root() const { return root_; }

  // Device `index` (0, 1, ...) appears; returns its listening socket. With `permission` false
  // nobody may open its node.
  int Plug(int index, const UsbIdentity& identity, bool permission);
  // It is gone; its socket is left to the caller.
  void Unplug(int index);

 private:
  void WriteAttributes(int index, const UsbIdentity& identity);

  std::filesystem::path root_;
};

// A listening stream socket at `path`; throws std::runtime_error.
int ListenUnix(const std::filesystem::path& path);

}  // namespace test
