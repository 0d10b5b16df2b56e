// Registers of the DM9000A (datasheet DM9000A-DS-F01, chapter 6): a type each, with named bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/address.h"

namespace drivers::dm9000a {

inline constexpr uint16_t kVendor = 0x0a46;
inline constexpr uint16_t kProduct = 0x9000;

struct NetworkControl {
  static constexpr uint8_t kAddress = 0x00;
  static constexpr uint8_t kMacLoopback = 0x02;
  static constexpr uint8_t kPhyLoopback = 0x04;  // in the internal PHY, at 100 Mbit/s
  static constexpr uint8_t kReset = 0x01;        // clears itself after 10 us
  uint8_t raw = 0;
};

// The two ends clear when one is written to them; the datasheet says, also when they are read.
struct NetworkStatus {
  static constexpr uint8_t kAddress = 0x01;
  static constexpr uint8_t kTxEnd2 = 0x08;
  static constexpr uint8_t kTxEnd1 = 0x04;
  static constexpr uint8_t kTxEnds = kTxEnd1 | kTxEnd2;
  static constexpr uint8_t kRxOverflow = 0x02;
  uint8_t raw = 0;
  constexpr bool has(uint8_t bit) const { return (raw & bit) != 0; }
};

struct TxControl {
  static constexpr uint8_t kAddress = 0x02;
  static constexpr uint8_t kRequest = 0x01;  // clears itself when the frame has left
  uint8_t raw = 0;
};

// Of packet I at 0x03, of packet II at 0x04.
struct TxStatus {
  static constexpr uint8_t kAddress1 = 0x03;
  static constexpr uint8_t kAddress2 = 0x04;
  static constexpr uint8_t kJabber = 0x80;
  static constexpr uint8_t kLossOfCarrier = 0x40;
  static constexpr uint8_t kNoCarrier = 0x20;
  static constexpr uint8_t kLateCollision = 0x10;
  static constexpr uint8_t kCollision = 0x08;
  static constexpr uint8_t kExcessiveCollisions = 0x04;
  static constexpr uint8_t kErrors =
      kJabber | kLossOfCarrier | kNoCarrier | kLateCollision | kExcessiveCollisions;
  uint8_t raw = 0;
  constexpr bool has(uint8_t bits) const { return (raw & bits) != 0; }
};

struct RxControl {
  static constexpr uint8_t kAddress = 0x05;
  static constexpr uint8_t kDropLong = 0x20;  // above 1522 bytes
  static constexpr uint8_t kAllMulticast = 0x08;
  static constexpr uint8_t kPromiscuous = 0x02;
  static constexpr uint8_t kEnable = 0x01;
  uint8_t raw = 0;
};

// The second byte in front of each frame, and register 0x06.
struct RxStatus {
  static constexpr uint8_t kRunt = 0x80;
  static constexpr uint8_t kMulticast = 0x40;  // no error
  static constexpr uint8_t kLateCollision = 0x20;
  static constexpr uint8_t kWatchdog = 0x10;
  static constexpr uint8_t kPhysicalLayer = 0x08;
  static constexpr uint8_t kAlignment = 0x04;
  static constexpr uint8_t kCrc = 0x02;
  static constexpr uint8_t kFifoOverflow = 0x01;
  static constexpr uint8_t kErrors = static_cast<uint8_t>(~kMulticast);
  uint8_t raw = 0;
  constexpr bool has(uint8_t bits) const { return (raw & bits) != 0; }
};

// Frames that found no room; reading clears it.
struct RxOverflowCounter {
  static constexpr uint8_t kAddress = 0x07;
  static constexpr uint8_t kOverflowed = 0x80;  // the counter itself
  uint8_t raw = 0;
  constexpr uint32_t frames() const { return raw & 0x7f; }
};

// PAUSE when less than 5 KB of the 13 are free, release when more than 10 are: three frames may
// still come, one that the partner is sending, one that it began before it understood, and one in
// the time that our own frame held up the PAUSE.
struct FlowThreshold {
  static constexpr uint8_t kAddress = 0x09;
  static constexpr uint8_t kLevels = 0x5a;
  uint8_t raw = 0;
};

struct FlowControl {
  static constexpr uint8_t kAddress = 0x0a;
  static constexpr uint8_t kSendPause = 0x20;  // by the thresholds
  static constexpr uint8_t kObeyPause = 0x01;
  uint8_t raw = 0;
};

struct PhyControl {
  static constexpr uint8_t kAddress = 0x0b;
  static constexpr uint8_t kPhy = 0x08;  // and not the EEPROM
  static constexpr uint8_t kRead = 0x04;
  static constexpr uint8_t kWrite = 0x02;
  static constexpr uint8_t kBusy = 0x01;
  uint8_t raw = 0;
};

struct PhyAddress {
  static constexpr uint8_t kAddress = 0x0c;
  static constexpr uint8_t kInternal = 0x40;  // PHY address 1
  uint8_t raw = 0;
};

inline constexpr uint8_t kPhyDataLow = 0x0d;
inline constexpr uint8_t kPhyDataHigh = 0x0e;
inline constexpr uint8_t kStationAddress = 0x10;  // six
inline constexpr uint8_t kMulticastHash = 0x16;   // eight

struct GeneralPurpose {
  static constexpr uint8_t kAddress = 0x1f;
  static constexpr uint8_t kPhyPowerDown = 0x01;
  uint8_t raw = 0;
};

inline constexpr uint8_t kVendorLow = 0x28;
inline constexpr uint8_t kVendorHigh = 0x29;
inline constexpr uint8_t kProductLow = 0x2a;
inline constexpr uint8_t kProductHigh = 0x2b;
inline constexpr uint8_t kChipRevision = 0x2c;

// Both stay off, see README.md.
inline constexpr uint8_t kTxChecksum = 0x31;
inline constexpr uint8_t kRxChecksum = 0x32;

struct InterruptPin {
  static constexpr uint8_t kAddress = 0x39;
  static constexpr uint8_t kOpenCollector = 0x02;
  static constexpr uint8_t kActiveLow = 0x01;
  uint8_t raw = 0;
};

// Ports of the packet memory. The first one reads ahead without moving on.
inline constexpr uint8_t kPeekMemory = 0xf0;   // MRCMDX
inline constexpr uint8_t kReadMemory = 0xf2;   // MRCMD
inline constexpr uint8_t kWriteMemory = 0xf8;  // MWCMD
inline constexpr uint8_t kTxLengthLow = 0xfc;
inline constexpr uint8_t kTxLengthHigh = 0xfd;

// The bits of ISR, cleared by writing one, and of IMR.
struct Interrupts {
  static constexpr uint8_t kLinkChange = 0x20;
  static constexpr uint8_t kUnderrun = 0x10;
  static constexpr uint8_t kOverflowCounter = 0x08;  // it overflowed
  static constexpr uint8_t kRxOverflow = 0x04;
  static constexpr uint8_t kTransmitted = 0x02;
  static constexpr uint8_t kReceived = 0x01;
  static constexpr uint8_t kAll = 0x3f;
};
struct InterruptStatus {
  static constexpr uint8_t kAddress = 0xfe;
  uint8_t raw = 0;
  constexpr bool has(uint8_t bits) const { return (raw & bits) != 0; }
  // Data lines that the chip was strapped to.
  static constexpr uint8_t kMode16 = 0;
  static constexpr uint8_t kMode8 = 2;
  constexpr uint8_t io_mode() const { return raw >> 6; }
};
struct InterruptMask {
  static constexpr uint8_t kAddress = 0xff;
  // The memory pointers turn round at the end of their area; a driver always wants that.
  static constexpr uint8_t kPointersWrap = 0x80;
  uint8_t raw = 0;
};

// What stands in front of a received frame (application notes 5.6).
struct RxHeader {
  static constexpr size_t kSize = 4;
  uint8_t ready = 0;
  RxStatus status;
  uint16_t length = 0;  // with the frame check sequence

  // Anything else: the bus has lost the place in the memory. With RCSCSR.RCSEN the upper bits would
  // tell of checksums.
  static constexpr uint8_t kNoFrame = 0x00;
  static constexpr uint8_t kFrame = 0x01;
};

// The bit of MAR that lets a group through: the low six bits of the reflected CRC-32 of its
// address.
constexpr unsigned HashBit(const base::MacAddress& group) {
  uint32_t crc = 0xffff'ffff;
  for (const uint8_t octet : group.octets) {
    crc ^= octet;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb8'8320 : 0);
    }
  }
  return crc & 0x3f;
}
// The last bit of the last register, which drivers set for broadcast.
static_assert(HashBit({{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}) == 63);

}  // namespace drivers::dm9000a
