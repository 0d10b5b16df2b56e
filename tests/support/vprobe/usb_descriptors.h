// What a CMSIS-DAP probe says about itself on USB (USB 2.0 9.6, HID 1.11 6.2; CMSIS-DAP, "USB
// configuration"): v2 has two bulk endpoints, v1 is a HID device with reports of 64 bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace test {

inline constexpr uint8_t kEndpointOut = 0x01;
inline constexpr uint8_t kEndpointIn = 0x81;

struct UsbIdentity {
  uint16_t vendor_id = 0x0d28;
  uint16_t product_id = 0x0204;
  std::string vendor = "netctl";
  std::string product = "netctl virtual CMSIS-DAP";
  std::string serial = "V0001";  // empty: the probe has none
  std::string interface = "CMSIS-DAP v2";
  bool hid = false;  // v1
};

inline constexpr uint16_t kMaxPacketSize = 512;  // of a bulk endpoint at high speed
inline constexpr uint16_t kHidReportSize = 64;

// Device descriptor and the only configuration behind it, as sysfs has them.
std::vector<uint8_t> Descriptors(const UsbIdentity& identity);

// The answer to a standard request on the control pipe, cut to wLength; false: stall. A request
// without a data stage that changes nothing here is answered with no data.
bool AnswerControl(const UsbIdentity& identity, uint8_t request_type, uint8_t request,
                   uint16_t value, uint16_t length, std::vector<uint8_t>& answer);

}  // namespace test
