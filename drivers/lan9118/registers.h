// Registers of the LAN9118 (datasheet chapters 5.3 and 5.4): a type each, with named bits.
#pragma once

#include <cstdint>

#include "stack/base/address.h"

namespace drivers::lan9118 {

// FIFO ports. The data ports are windows of 32 bytes in which every word is the port.
inline constexpr uint32_t kRxDataFifo = 0x00;
inline constexpr uint32_t kTxDataFifo = 0x20;
inline constexpr uint32_t kRxStatusFifo = 0x40;
inline constexpr uint32_t kTxStatusFifo = 0x48;

// 3.13.3: one word per received frame.
struct RxStatus {
  static constexpr uint32_t kError = 0x8000;  // summary
  static constexpr uint32_t kLengthError = 0x1000;
  static constexpr uint32_t kRunt = 0x0800;
  static constexpr uint32_t kTooLong = 0x0080;
  static constexpr uint32_t kCollision = 0x0040;
  static constexpr uint32_t kWatchdog = 0x0010;
  static constexpr uint32_t kMiiError = 0x0008;
  static constexpr uint32_t kCrcError = 0x0002;

  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
  constexpr uint32_t length() const { return raw >> 16 & 0x3fff; }  // with the frame check sequence
};

// 3.12.2: two words in front of each piece of a frame.
struct TxCommandA {
  static constexpr uint32_t kFirst = 0x2000;
  static constexpr uint32_t kLast = 0x1000;

  uint32_t raw = 0;
  static constexpr TxCommandA Make(uint32_t size, uint32_t offset, uint32_t segment) {
    return {size | offset << 16 | segment};
  }
};
// The same word for every piece of a frame.
struct TxCommandB {
  uint32_t raw = 0;
  static constexpr TxCommandB Make(uint32_t frame_size, uint16_t tag) {
    return {frame_size | static_cast<uint32_t>(tag) << 16};
  }
};

// 3.12.3: one word per frame that left, or failed to.
struct TxStatus {
  static constexpr uint32_t kError = 0x8000;
  static constexpr uint32_t kLossOfCarrier = 0x0800;
  static constexpr uint32_t kNoCarrier = 0x0400;
  static constexpr uint32_t kLateCollision = 0x0200;
  static constexpr uint32_t kExcessiveCollisions = 0x0100;
  static constexpr uint32_t kExcessiveDeferral = 0x0004;
  static constexpr uint32_t kUnderrun = 0x0002;

  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
  constexpr uint32_t collisions() const { return raw >> 3 & 0xf; }
};

struct IdRevision {
  static constexpr uint32_t kAddress = 0x50;
  uint32_t raw = 0;
  constexpr uint16_t chip() const { return static_cast<uint16_t>(raw >> 16); }
};

struct InterruptConfig {
  static constexpr uint32_t kAddress = 0x54;
  static constexpr uint32_t kEnable = 0x0100;
  static constexpr uint32_t kActiveHigh = 0x0010;
  static constexpr uint32_t kPushPull = 0x0001;
  uint32_t raw = 0;
};

// The bits of INT_STS, cleared by writing one, and of INT_EN.
struct Interrupts {
  static constexpr uint32_t kPhy = 0x0004'0000;
  static constexpr uint32_t kReceiverError = 0x0000'4000;
  static constexpr uint32_t kTransmitterError = 0x0000'2000;
  static constexpr uint32_t kTxStatusLevel = 0x0000'0080;
  static constexpr uint32_t kRxStatusLevel = 0x0000'0008;
};
struct InterruptStatus {
  static constexpr uint32_t kAddress = 0x58;
  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
};
struct InterruptEnable {
  static constexpr uint32_t kAddress = 0x5c;
  uint32_t raw = 0;
};

struct ByteTest {
  static constexpr uint32_t kAddress = 0x64;
  static constexpr uint32_t kExpected = 0x8765'4321;
  uint32_t raw = 0;
};

// Level interrupts fire above these numbers of words (status) or 64-byte blocks (data).
struct FifoInterrupt {
  static constexpr uint32_t kAddress = 0x68;
  static constexpr uint32_t kStatusAtOnce = 0x4800'0000;  // both status levels 0
  uint32_t raw = 0;
};

struct RxConfig {
  static constexpr uint32_t kAddress = 0x6c;
  uint32_t raw = 0;
  // Pads the front of each frame with `bytes`, at most 31; frames end on a word.
  static constexpr RxConfig WithOffset(uint32_t bytes) { return {bytes << 8}; }
};

struct TxConfig {
  static constexpr uint32_t kAddress = 0x70;
  static constexpr uint32_t kOn = 0x0002;
  uint32_t raw = 0;
};

struct HardwareConfig {
  static constexpr uint32_t kAddress = 0x74;
  static constexpr uint32_t kMustBeOne = 0x0010'0000;
  static constexpr uint32_t kTxFifo5Kb = 0x0005'0000;  // the rest of the 16 KB receives
  static constexpr uint32_t kSoftReset = 0x0001;
  uint32_t raw = 0;
};

struct RxDatapath {
  static constexpr uint32_t kAddress = 0x78;
  static constexpr uint32_t kFastForward = 0x8000'0000;  // clears itself
  uint32_t raw = 0;
};

struct RxFifoInfo {
  static constexpr uint32_t kAddress = 0x7c;
  uint32_t raw = 0;
  constexpr uint32_t statuses() const { return raw >> 16 & 0xff; }
  constexpr bool is_plausible() const { return raw >> 24 == 0; }  // reserved bits
};

struct TxFifoInfo {
  static constexpr uint32_t kAddress = 0x80;
  uint32_t raw = 0;
  constexpr uint32_t statuses() const { return raw >> 16 & 0xff; }
  constexpr uint32_t free_bytes() const { return raw & 0xffff; }
};

struct PowerControl {
  static constexpr uint32_t kAddress = 0x84;
  static constexpr uint32_t kReady = 0x0001;
  uint32_t raw = 0;
};

struct GpioConfig {
  static constexpr uint32_t kAddress = 0x88;
  static constexpr uint32_t kLeds = 0x7007'0000;  // the three pins drive LEDs, push-pull
  uint32_t raw = 0;
};

// Read to clear, so the driver alone reads it.
struct RxDropped {
  static constexpr uint32_t kAddress = 0xa0;
  uint32_t raw = 0;
};

struct MacCommand {
  static constexpr uint32_t kAddress = 0xa4;
  static constexpr uint32_t kBusy = 0x8000'0000;
  static constexpr uint32_t kRead = 0x4000'0000;
  uint32_t raw = 0;
};
struct MacData {
  static constexpr uint32_t kAddress = 0xa8;
  uint32_t raw = 0;
};

// Automatic flow control: PAUSE when 7040 bytes wait, released at 3520 (the FIFO holds 10560).
struct AutoFlowConfig {
  static constexpr uint32_t kAddress = 0xac;
  static constexpr uint32_t kLevels = 0x006e'3740;
  static constexpr uint32_t kAnyFrame = 0x0001;
  uint32_t raw = 0;
};

struct EepromCommand {
  static constexpr uint32_t kAddress = 0xb0;
  static constexpr uint32_t kBusy = 0x8000'0000;
  uint32_t raw = 0;
};

// Behind MacCommand and MacData.
inline constexpr uint8_t kMacControl = 1;
inline constexpr uint8_t kMacAddressHigh = 2;
inline constexpr uint8_t kMacAddressLow = 3;
inline constexpr uint8_t kMacHashHigh = 4;
inline constexpr uint8_t kMacHashLow = 5;
inline constexpr uint8_t kMacMiiAccess = 6;
inline constexpr uint8_t kMacMiiData = 7;
inline constexpr uint8_t kMacFlow = 8;

struct MacControl {
  static constexpr uint32_t kIgnoreOwn = 0x0080'0000;
  static constexpr uint32_t kLoopback = 0x0020'0000;
  static constexpr uint32_t kFullDuplex = 0x0010'0000;
  static constexpr uint32_t kAllMulticast = 0x0008'0000;
  static constexpr uint32_t kPromiscuous = 0x0004'0000;
  static constexpr uint32_t kTransmit = 0x0008;
  static constexpr uint32_t kReceive = 0x0004;
};

struct MiiAccess {
  static constexpr uint32_t kWrite = 0x0002;
  static constexpr uint32_t kBusy = 0x0001;
  static constexpr uint32_t Make(uint8_t phy, uint8_t reg) {
    return static_cast<uint32_t>(phy) << 11 | static_cast<uint32_t>(reg) << 6;
  }
};

struct MacFlow {
  static constexpr uint32_t kLongestPause = 0xffff'0000;
  static constexpr uint32_t kEnable = 0x0002;
};

// The address as the two MAC registers hold it: the first octet lowest.
constexpr uint32_t AddressLow(const base::MacAddress& address) {
  const auto& o = address.octets;
  return o[0] | static_cast<uint32_t>(o[1]) << 8 | static_cast<uint32_t>(o[2]) << 16 |
         static_cast<uint32_t>(o[3]) << 24;
}
constexpr uint32_t AddressHigh(const base::MacAddress& address) {
  return address.octets[4] | static_cast<uint32_t>(address.octets[5]) << 8;
}

}  // namespace drivers::lan9118
