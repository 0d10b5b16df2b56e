#include "tests/support/vprobe/usb_descriptors.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace test {
namespace {

enum DescriptorType : uint8_t {
  kDevice = 1,
  kConfiguration = 2,
  kString = 3,
  kInterface = 4,
  kEndpoint = 5,
};

enum StandardRequest : uint8_t {
  kGetStatus = 0,
  kGetDescriptor = 6,
  kGetConfiguration = 8,
};

enum StringIndex : uint8_t { kLanguages, kVendor, kProduct, kSerial, kInterfaceName };

constexpr uint8_t kDeviceSize = 18;
constexpr uint8_t kConfigurationSize = 9 + 9 + 7 + 7;

constexpr uint8_t Low(uint16_t value) { return static_cast<uint8_t>(value); }
constexpr uint8_t High(uint16_t value) { return static_cast<uint8_t>(value >> 8); }

// Texts are ASCII, so UTF-16 is every byte and a zero.
std::vector<uint8_t> StringDescriptor(std::string_view text) {
  std::vector<uint8_t> descriptor{static_cast<uint8_t>(2 + 2 * text.size()), kString};
  for (const char c : text) {
    descriptor.insert(descriptor.end(), {static_cast<uint8_t>(c), 0});
  }
  return descriptor;
}

bool AnswerString(const UsbIdentity& identity, uint8_t index, std::vector<uint8_t>& answer) {
  if (index == kLanguages) {
    answer = {4, kString, 0x09, 0x04};  // English (United States)
    return true;
  }
  const std::array<std::string_view, 5> texts = {"", identity.vendor, identity.product,
                                                 identity.serial, identity.interface};
  if (index >= texts.size() || texts[index].empty()) {
    return false;
  }
  answer = StringDescriptor(texts[index]);
  return true;
}

}  // namespace

std::vector<uint8_t> Descriptors(const UsbIdentity& identity) {
  const uint8_t serial = identity.serial.empty() ? 0 : kSerial;
  constexpr uint8_t kVendorSpecific = 0xff;
  constexpr uint8_t kBulk = 2;
  return {kDeviceSize, kDevice, 0x00, 0x02,  // USB 2.0
          0, 0, 0, 64, Low(identity.vendor_id), High(identity.vendor_id), Low(identity.product_id),
          High(identity.product_id), 0x00, 0x01, kVendor, kProduct, serial, 1,
          // Bus powered, 100 mA.
          9, kConfiguration, kConfigurationSize, 0, 1, 1, 0, 0x80, 50,  //
          9, kInterface, 0, 0, 2, kVendorSpecific, 0, 0, kInterfaceName,
          // In this order (CMSIS-DAP v2).
          7, kEndpoint, kEndpointOut, kBulk, Low(kMaxPacketSize), High(kMaxPacketSize), 0,  //
          7, kEndpoint, kEndpointIn, kBulk, Low(kMaxPacketSize), High(kMaxPacketSize), 0};
}

bool AnswerControl(const UsbIdentity& identity, uint8_t request_type, uint8_t request,
                   uint16_t value, uint16_t length, std::vector<uint8_t>& answer) {
  constexpr uint8_t kIn = 0x80;
  constexpr uint8_t kTypeMask = 0x60;
  answer.clear();
  if ((request_type & kTypeMask) != 0) {
    return false;  // of a class or a vendor
  }
  if ((request_type & kIn) == 0) {
    return true;
  }
  if (request == kGetStatus) {
    answer = {0, 0};
  } else if (request == kGetConfiguration) {
    answer = {1};
  } else if (request == kGetDescriptor && High(value) == kString) {
    if (!AnswerString(identity, Low(value), answer)) {
      return false;
    }
  } else if (request == kGetDescriptor &&
             (High(value) == kDevice || High(value) == kConfiguration)) {
    answer = Descriptors(identity);
    const auto middle = answer.begin() + kDeviceSize;
    High(value) == kDevice ? answer.erase(middle, answer.end())
                           : answer.erase(answer.begin(), middle);
  } else {
    return false;
  }
  answer.resize(std::min<size_t>(answer.size(), length));
  return true;
}

}  // namespace test
