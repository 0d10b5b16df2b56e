// The texts of a USB device: from sysfs, which needs no permission, else from the device itself.
#pragma once

#include <cstdint>
#include <string>

struct libusb_device;
struct libusb_device_handle;

namespace netctl {

class UsbStrings {
 public:
  // `location` as in sysfs: "1-4.2".
  UsbStrings(libusb_device* device, std::string location)
      : device_(device), location_(std::move(location)) {}
  UsbStrings(const UsbStrings&) = delete;
  ~UsbStrings();

  // Text of the device: attribute "product" or "serial", string descriptor `index` (0: none). Empty
  // when it cannot be read.
  std::string OfDevice(const std::string& attribute, uint8_t index);
  std::string OfInterface(uint8_t configuration, uint8_t interface, uint8_t index);

 private:
  std::string Read(const std::string& path, uint8_t index);

  libusb_device* device_;
  std::string location_;
  libusb_device_handle* handle_ = nullptr;
  bool tried_ = false;  // to open it
};

}  // namespace netctl
