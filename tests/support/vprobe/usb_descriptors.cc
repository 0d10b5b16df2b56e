#include "tests/support/vprobe/usb_descriptors.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace test {
namespace {

enum DescriptorType : uint8_t {
  kDevice = 1,
  kConfiguration = 2,
  kString = 3,
  kInterface = 4,
  kEndpoint = 5,
  kHid = 0x21,
  kHidReport = 0x22,
};

enum StandardRequest : uint8_t {
  kGetStatus = 0,
  kGetDescriptor = 6,
  kGetConfiguration = 8,
};

enum StringIndex : uint8_t { kLanguages, kVendor, kProduct, kSerial, kInterfaceName };

constexpr uint8_t kDeviceSize = 18;
constexpr uint8_t kConfigurationSize = 9;

// Reports without a number: 64 bytes of the vendor's own each way.
constexpr uint8_t kReportDescriptor[] = {0x06, 0x00,           0xff,  // usage page: vendor
                                         0x09, 0x01,                  // usage
                                         0xa1, 0x01,                  // collection: application
                                         0x15, 0x00,           0x26, 0xff, 0x00,  // from 0 to 255
                                         0x75, 0x08,                              // of 8 bits
                                         0x95, kHidReportSize,                    // as many
                                         0x09, 0x01,           0x81, 0x02,        // input
                                         0x95, kHidReportSize,                    // as many
                                         0x09, 0x01,           0x91, 0x02,        // output
                                         0xc0};

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

// The endpoints in this order (CMSIS-DAP v2).
std::vector<uint8_t> BulkInterface() {
  constexpr uint8_t kVendorSpecific = 0xff;
  constexpr uint8_t kBulk = 2;
  return {9,
          kInterface,
          0,
          0,
          2,
          kVendorSpecific,
          0,
          0,
          kInterfaceName,  //
          7,
          kEndpoint,
          kEndpointOut,
          kBulk,
          Low(kMaxPacketSize),
          High(kMaxPacketSize),
          0,  //
          7,
          kEndpoint,
          kEndpointIn,
          kBulk,
          Low(kMaxPacketSize),
          High(kMaxPacketSize),
          0};
}

std::vector<uint8_t> HidInterface() {
  constexpr uint8_t kHidClass = 3;
  constexpr uint8_t kInterrupt = 3;
  return {9,
          kInterface,
          0,
          0,
          2,
          kHidClass,
          0,
          0,
          kInterfaceName,  //
          9,
          kHid,
          0x11,
          0x01,
          0,
          1,
          kHidReport,
          sizeof(kReportDescriptor),
          0,  //
          7,
          kEndpoint,
          kEndpointIn,
          kInterrupt,
          Low(kHidReportSize),
          0,
          1,  //
          7,
          kEndpoint,
          kEndpointOut,
          kInterrupt,
          Low(kHidReportSize),
          0,
          1};
}

}  // namespace

std::vector<uint8_t> Descriptors(const UsbIdentity& identity) {
  const uint8_t serial = identity.serial.empty() ? 0 : kSerial;
  std::vector<uint8_t> interface = identity.hid ? HidInterface() : BulkInterface();
  std::vector<uint8_t> all = {
      kDeviceSize, kDevice, 0x00, 0x02,  // USB 2.0
      0, 0, 0, 64, Low(identity.vendor_id), High(identity.vendor_id), Low(identity.product_id),
      High(identity.product_id), 0x00, 0x01, kVendor, kProduct, serial, 1,
      // Bus powered, 100 mA.
      kConfigurationSize, kConfiguration,
      static_cast<uint8_t>(kConfigurationSize + interface.size()), 0, 1, 1, 0, 0x80, 50};
  all.insert(all.end(), interface.begin(), interface.end());
  return all;
}

bool AnswerControl(const UsbIdentity& identity, uint8_t request_type, uint8_t request,
                   uint16_t value, uint16_t length, std::vector<uint8_t>& answer) {
  constexpr uint8_t kIn = 0x80;
  constexpr uint8_t kTypeMask = 0x60;
  constexpr uint8_t kToHidInterface = 0x21;
  constexpr uint8_t kSetIdle = 0x0a;
  answer.clear();
  if ((request_type & kTypeMask) != 0) {
    return identity.hid && request_type == kToHidInterface && request == kSetIdle;
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
  } else if (request == kGetDescriptor && High(value) == kHidReport && identity.hid) {
    answer.assign(std::begin(kReportDescriptor), std::end(kReportDescriptor));
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
