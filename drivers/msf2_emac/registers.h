// Registers and descriptors of SmartFusion2's Ethernet MAC (UG0331, "Ethernet MAC"): a type each,
// with named bits.
#pragma once

#include <cstdint>

#include "stack/base/address.h"

namespace drivers::msf2_emac {

struct Config1 {
  static constexpr uint32_t kAddress = 0x00;
  static constexpr uint32_t kTransmit = 1 << 0;
  static constexpr uint32_t kReceive = 1 << 2;
  static constexpr uint32_t kTransmitPause = 1 << 4;
  static constexpr uint32_t kReceivePause = 1 << 5;
  static constexpr uint32_t kLoopback = 1 << 8;
  static constexpr uint32_t kResetParts = 0xf << 16;  // functions and control, both ways
  static constexpr uint32_t kReset = 1u << 31;
  uint32_t raw = 0;
};

struct Config2 {
  static constexpr uint32_t kAddress = 0x04;
  static constexpr uint32_t kFullDuplex = 1 << 0;
  static constexpr uint32_t kCrc = 1 << 1;
  static constexpr uint32_t kPadAndCrc = 1 << 2;
  static constexpr uint32_t kNibbles = 1 << 8;  // MII and RMII; 2 << 8 is a gigabit's bytes
  static constexpr uint32_t kPreamble7 = 7 << 12;
  uint32_t raw = 0;
};

struct MaxFrame {
  static constexpr uint32_t kAddress = 0x10;
  uint32_t raw = 0;  // with the frame check sequence; longer ones are cut
};

struct MiiConfig {
  static constexpr uint32_t kAddress = 0x20;
  static constexpr uint32_t kDivideBy28 = 7;  // below 2.5 MHz up to a bus clock of 70 MHz
  uint32_t raw = 0;
};
struct MiiCommand {
  static constexpr uint32_t kAddress = 0x24;
  static constexpr uint32_t kRead = 1 << 0;  // on the rising edge
  uint32_t raw = 0;
};
struct MiiAddress {
  static constexpr uint32_t kAddress = 0x28;
  uint32_t raw = 0;
  static constexpr MiiAddress Make(uint8_t phy, uint8_t reg) {
    return {static_cast<uint32_t>(phy) << 8 | reg};
  }
};
inline constexpr uint32_t kMiiWrite = 0x2c;
inline constexpr uint32_t kMiiRead = 0x30;
struct MiiIndicators {
  static constexpr uint32_t kAddress = 0x34;
  static constexpr uint32_t kBusy = 1 << 0;
  static constexpr uint32_t kNotValid = 1 << 2;
  uint32_t raw = 0;
};

struct InterfaceControl {
  static constexpr uint32_t kAddress = 0x38;
  static constexpr uint32_t k100Mbit = 1 << 16;  // of RMII
  static constexpr uint32_t kReset = 1u << 31;
  uint32_t raw = 0;
};

inline constexpr uint32_t kStation1 = 0x40;
inline constexpr uint32_t kStation2 = 0x44;

// The five modules of the FIFOs, a bit each: watermark, system and fabric receive, the same for
// transmit.
struct FifoConfig0 {
  static constexpr uint32_t kAddress = 0x48;
  static constexpr uint32_t kReset = 0x1f;
  static constexpr uint32_t kEnable = 0x1f << 8;
  static constexpr uint32_t kEnabled = 0x1f << 16;  // the modules' answers
  uint32_t raw = 0;
};
// What a received frame is like; FIFO_CFG4 names what makes the FIFO drop it, and FIFO_CFG5 what
// it does not look at.
struct FrameKind {
  static constexpr uint32_t kTruncated = 1 << 12;
  static constexpr uint32_t kInvalidCrc = 1 << 4;
  static constexpr uint32_t kReceiveError = 1 << 3;
  static constexpr uint32_t kAll = 0x3'ffff;
  static constexpr uint32_t kBad = kTruncated | kInvalidCrc | kReceiveError;
};
struct FifoConfig4 {
  static constexpr uint32_t kAddress = 0x58;
  uint32_t raw = 0;
};
struct FifoConfig5 {
  static constexpr uint32_t kAddress = 0x5c;
  static constexpr uint32_t kDropShort = 1 << 18;  // below 64 bytes
  static constexpr uint32_t kHalfDuplex = 1 << 22;
  uint32_t raw = 0;
};

// The same layout for both directions.
struct DmaControl {
  static constexpr uint32_t kEnable = 1 << 0;  // the DMA clears it where it finds no descriptor
};
struct DmaStatus {
  static constexpr uint32_t kPacket = 1 << 0;  // while the count is not 0; writing one counts down
  static constexpr uint32_t kUnderrun = 1 << 1;  // transmit: nothing more to send
  static constexpr uint32_t kOverflow = 1 << 2;  // receive: no free descriptor
  static constexpr uint32_t kBusError = 1 << 3;
  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
  constexpr uint32_t packets() const { return raw >> 16 & 0xff; }
};
struct TransmitControl {
  static constexpr uint32_t kAddress = 0x180;
  uint32_t raw = 0;
};
inline constexpr uint32_t kTransmitDescriptor = 0x184;
struct TransmitStatus : DmaStatus {
  static constexpr uint32_t kAddress = 0x188;
};
struct ReceiveControl {
  static constexpr uint32_t kAddress = 0x18c;
  uint32_t raw = 0;
};
inline constexpr uint32_t kReceiveDescriptor = 0x190;
struct ReceiveStatus : DmaStatus {
  static constexpr uint32_t kAddress = 0x194;
};

// DMA_IRQ_MASK: the bits of the two status registers, receive's above transmit's.
struct InterruptMask {
  static constexpr uint32_t kAddress = 0x198;
  static constexpr uint32_t kSent = 1 << 0;
  static constexpr uint32_t kTransmitBusError = 1 << 3;
  static constexpr uint32_t kReceived = 1 << 4;
  static constexpr uint32_t kOverflow = 1 << 6;
  static constexpr uint32_t kReceiveBusError = 1 << 7;
  uint32_t raw = 0;
};
inline constexpr uint32_t kInterruptStatus = 0x19c;

// Of the DMA, three words in memory: one frame in one buffer, both word aligned.
struct Descriptor {
  static constexpr uint32_t kEmpty = 1u << 31;  // receive: free for the DMA. Transmit: nothing here
  static constexpr uint32_t kSize = 0xfff;

  volatile uint32_t address;
  volatile uint32_t size;
  volatile uint32_t next;
};
static_assert(sizeof(Descriptor) == 12);

}  // namespace drivers::msf2_emac
