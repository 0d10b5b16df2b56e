// A debug probe on USB, and how to name it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "host-cli/error.h"
#include "host-cli/probe/open.h"

namespace netctl {

enum class ProbeKind : uint8_t { kCmsisDapV2, kCmsisDapV1, kStLink, kJLink };
// "CMSIS-DAP v2".
std::string_view ProbeKindName(ProbeKind kind);

enum class ProbeAccess : uint8_t { kReady, kNoPermission, kBusy, kFailed };

struct ProbeInfo {
  ProbeKind kind = ProbeKind::kCmsisDapV2;
  uint16_t vendor_id = 0;
  uint16_t product_id = 0;
  std::string serial;
  std::string product;
  std::string location;  // "1-4.2": bus, then the ports on the way
  uint8_t bus = 0;
  uint8_t address = 0;    // on the bus
  uint8_t interface = 0;  // its number
  uint8_t endpoint_out = 0;
  uint8_t endpoint_in = 0;
  uint16_t endpoint_size = 0;  // wMaxPacketSize of endpoint_in
  ProbeAccess access = ProbeAccess::kReady;
  std::string problem;  // why it cannot be opened; empty when it can
  std::string hint;     // what to do about that

  // "/dev/bus/usb/001/002".
  std::string node() const;
};

// Whether `selector` means `probe`. A serial number is compared as it is and, for those that are no
// text, as the hexadecimal digits of its bytes; regardless of case.
bool Matches(const ProbeSelector& selector, const ProbeInfo& probe);

// What ParseProbeSelector reads as `probe`, and as no other of `all` unless neither has a serial
// number.
std::string SelectorOf(const ProbeInfo& probe, std::span<const ProbeInfo> all);

// The one that `selector` means. Of one device, CMSIS-DAP v2 comes before v1. kChannel: none, or
// several, which the hint lists; or one that netctl does not drive by itself.
Expected<ProbeInfo> ChooseProbe(const ProbeSelector& selector, std::span<const ProbeInfo> all);

// As text: "a debug probe 0d28:0204 with serial number 12".
std::string Describe(const ProbeSelector& selector);

}  // namespace netctl
