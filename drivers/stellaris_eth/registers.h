// Registers of the Ethernet controller of Stellaris LM3S6xxx (LM3S6965 data sheet, chapter 16.5): a
// type each, with named bits.
#pragma once

#include <cstdint>

#include "stack/base/address.h"

namespace drivers::stellaris_eth {

// The bits of MACRIS, which writing one to clears (MACIACK), and of MACIM.
struct Interrupts {
  static constexpr uint32_t kReceived = 0x01;       // stays while MACNP is not 0
  static constexpr uint32_t kTransmitError = 0x02;  // clearing it also empties the transmit FIFO
  static constexpr uint32_t kTransmitEmpty = 0x04;  // a frame has left
  static constexpr uint32_t kOverrun = 0x08;
  static constexpr uint32_t kReceiveError = 0x10;
  static constexpr uint32_t kManagementDone = 0x20;
  static constexpr uint32_t kPhy = 0x40;
  static constexpr uint32_t kAll = 0x7f;
};
struct InterruptStatus {
  static constexpr uint32_t kAddress = 0x00;
  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
};
struct InterruptMask {
  static constexpr uint32_t kAddress = 0x04;
  uint32_t raw = 0;
};

struct ReceiveControl {
  static constexpr uint32_t kAddress = 0x08;
  static constexpr uint32_t kEnable = 0x01;
  static constexpr uint32_t kAllMulticast = 0x02;
  static constexpr uint32_t kPromiscuous = 0x04;
  static constexpr uint32_t kRejectBadCrc = 0x08;
  static constexpr uint32_t kResetFifo = 0x10;  // with the receiver off; clears itself
  uint32_t raw = 0;
};

struct TransmitControl {
  static constexpr uint32_t kAddress = 0x0c;
  static constexpr uint32_t kEnable = 0x01;
  static constexpr uint32_t kPad = 0x02;
  static constexpr uint32_t kCrc = 0x04;
  static constexpr uint32_t kFullDuplex = 0x10;
  uint32_t raw = 0;
};

// Both FIFOs. The first word of a frame has its length in the low half and its first two bytes in
// the high half (table 16-3). Received: of everything, the length itself and the frame check
// sequence included. To send: of what follows the Ethernet header.
inline constexpr uint32_t kFifo = 0x10;
inline constexpr uint32_t kFifoBytes = 2048;

inline constexpr uint32_t kAddressLow = 0x14;   // the first octet lowest
inline constexpr uint32_t kAddressHigh = 0x18;  // octets 5 and 6

struct Threshold {
  static constexpr uint32_t kAddress = 0x1c;
  static constexpr uint32_t kWholeFrames = 0x3f;  // sends when told, not while the FIFO fills
  uint32_t raw = 0;
};

struct ManagementControl {
  static constexpr uint32_t kAddress = 0x20;
  static constexpr uint32_t kStart = 0x01;  // clears itself
  static constexpr uint32_t kWrite = 0x02;
  uint32_t raw = 0;
  static constexpr ManagementControl Make(uint8_t reg, uint32_t direction) {
    return {static_cast<uint32_t>(reg) << 3 | direction | kStart};
  }
};
struct ManagementDivider {
  static constexpr uint32_t kAddress = 0x24;
  uint32_t raw = 0;
  // MDC is the system clock / (2 * (value + 1)) and at most 2.5 MHz.
  static constexpr ManagementDivider For(uint32_t clock_hz) {
    constexpr uint32_t kTwiceMdc = 5'000'000;
    return {clock_hz <= kTwiceMdc ? 0 : (clock_hz + kTwiceMdc - 1) / kTwiceMdc - 1};
  }
};
static_assert(ManagementDivider::For(50'000'000).raw == 9);
static_assert(ManagementDivider::For(8'000'000).raw == 1);
inline constexpr uint32_t kManagementTransmit = 0x2c;
inline constexpr uint32_t kManagementReceive = 0x30;

struct PacketCount {
  static constexpr uint32_t kAddress = 0x34;
  uint32_t raw = 0;
  constexpr uint32_t frames() const { return raw & 0x3f; }
};

struct TransmitRequest {
  static constexpr uint32_t kAddress = 0x38;
  static constexpr uint32_t kNew = 0x01;  // stays until the frame has left
  uint32_t raw = 0;
};

constexpr uint32_t AddressLow(const base::MacAddress& address) {
  const auto& o = address.octets;
  return o[0] | static_cast<uint32_t>(o[1]) << 8 | static_cast<uint32_t>(o[2]) << 16 |
         static_cast<uint32_t>(o[3]) << 24;
}
constexpr uint32_t AddressHigh(const base::MacAddress& address) {
  return address.octets[4] | static_cast<uint32_t>(address.octets[5]) << 8;
}

}  // namespace drivers::stellaris_eth
