#include "host-cli/probe/usb_strings.h"

#include <array>
#include <fstream>

#include <fmt/format.h>
#include <libusb.h>

namespace netctl {

UsbStrings::~UsbStrings() {
  if (handle_ != nullptr) {
    libusb_close(handle_);
  }
}

std::string UsbStrings::OfDevice(const std::string& attribute, uint8_t index) {
  return Read(fmt::format("{}/{}", location_, attribute), index);
}

std::string UsbStrings::OfInterface(uint8_t configuration, uint8_t interface, uint8_t index) {
  return Read(fmt::format("{}:{}.{}/interface", location_, configuration, interface), index);
}

std::string UsbStrings::Read(const std::string& path, uint8_t index) {
  if (index == 0) {
    return {};
  }
  std::ifstream file("/sys/bus/usb/devices/" + path);
  std::string text;
  if (std::getline(file, text)) {
    return text;
  }
  if (!tried_) {
    tried_ = true;
    if (libusb_open(device_, &handle_) != 0) {
      handle_ = nullptr;
    }
  }
  std::array<unsigned char, 256> bytes = {};
  const int length = handle_ == nullptr
                         ? 0
                         : libusb_get_string_descriptor_ascii(handle_, index, bytes.data(),
                                                              static_cast<int>(bytes.size()));
  return length <= 0 ? std::string()
                     : std::string(reinterpret_cast<const char*>(bytes.data()),
                                   static_cast<size_t>(length));
}

}  // namespace netctl
