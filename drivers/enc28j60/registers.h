// Registers of the ENC28J60 (datasheet DS39662E, tables 3-1 to 3-3): where they are, and their
// named bits.
#pragma once

#include <cstdint>

namespace drivers::enc28j60 {

// One 8-bit control register. The five that stand in every bank need no bank switch. The MAC and
// MII registers shift out a dummy byte before the value (4.2.1) and take no bit field instructions
// (4.2.5).
struct Register {
  static constexpr uint8_t kEveryBank = 0xff;

  uint8_t bank;
  uint8_t offset;
  bool is_mac = false;

  constexpr bool operator==(const Register&) const = default;
};

constexpr Register Eth(uint8_t bank, uint8_t offset) { return {bank, offset, false}; }
constexpr Register Mac(uint8_t bank, uint8_t offset) { return {bank, offset, true}; }
constexpr Register Common(uint8_t offset) { return {Register::kEveryBank, offset, false}; }

// The low byte of a pair; the high byte follows it.
constexpr Register HighByte(Register low) {
  return {low.bank, static_cast<uint8_t>(low.offset + 1), low.is_mac};
}

inline constexpr Register kReadPointer = Eth(0, 0x00);          // ERDPT
inline constexpr Register kWritePointer = Eth(0, 0x02);         // EWRPT
inline constexpr Register kTransmitStart = Eth(0, 0x04);        // ETXST
inline constexpr Register kTransmitEnd = Eth(0, 0x06);          // ETXND
inline constexpr Register kReceiveStart = Eth(0, 0x08);         // ERXST
inline constexpr Register kReceiveEnd = Eth(0, 0x0a);           // ERXND
inline constexpr Register kReceiveReadPointer = Eth(0, 0x0c);   // ERXRDPT
inline constexpr Register kReceiveWritePointer = Eth(0, 0x0e);  // ERXWRPT, read only
inline constexpr Register kPacketCount = Eth(1, 0x19);          // EPKTCNT
inline constexpr Register kBackToBackGap = Mac(2, 0x04);        // MABBIPG
inline constexpr Register kInterFrameGap = Mac(2, 0x06);        // MAIPG
inline constexpr Register kLongestFrame = Mac(2, 0x0a);         // MAMXFL
inline constexpr Register kMiiCommand = Mac(2, 0x12);           // MICMD
inline constexpr Register kMiiAddress = Mac(2, 0x14);           // MIREGADR
inline constexpr Register kMiiWrite = Mac(2, 0x16);             // MIWR
inline constexpr Register kMiiRead = Mac(2, 0x18);              // MIRD
inline constexpr Register kMiiStatus = Mac(3, 0x0a);            // MISTAT
inline constexpr Register kRevision = Eth(3, 0x12);             // EREVID

// EIE and EIR, 12.1. PKTIF and LINKIF clear themselves with what they stand for.
struct Interrupts {
  static constexpr Register kEnable = Common(0x1b);
  static constexpr Register kFlags = Common(0x1c);
  static constexpr uint8_t kPin = 0x80;  // EIE.INTIE
  static constexpr uint8_t kPacket = 0x40;
  static constexpr uint8_t kLink = 0x10;
  static constexpr uint8_t kTransmit = 0x08;
  static constexpr uint8_t kTransmitError = 0x02;
  static constexpr uint8_t kReceiveError = 0x01;
};

struct EthernetStatus {  // ESTAT
  static constexpr Register kRegister = Common(0x1d);
  static constexpr uint8_t kBufferError = 0x40;
  static constexpr uint8_t kLateCollision = 0x10;
  static constexpr uint8_t kReceiveBusy = 0x04;
  static constexpr uint8_t kTransmitAborted = 0x02;
  static constexpr uint8_t kClockReady = 0x01;
};

struct EthernetControl2 {  // ECON2
  static constexpr Register kRegister = Common(0x1e);
  static constexpr uint8_t kAutoIncrement = 0x80;
  static constexpr uint8_t kPacketDecrement = 0x40;
  static constexpr uint8_t kPowerSave = 0x20;
};

struct EthernetControl1 {  // ECON1
  static constexpr Register kRegister = Common(0x1f);
  static constexpr uint8_t kTransmitReset = 0x80;
  static constexpr uint8_t kReceiveReset = 0x40;
  static constexpr uint8_t kTransmitRequest = 0x08;
  static constexpr uint8_t kReceiveEnable = 0x04;
  static constexpr uint8_t kBank = 0x03;
};

struct ReceiveFilters {  // ERXFCON, 8.0
  static constexpr Register kRegister = Eth(1, 0x18);
  static constexpr uint8_t kUnicast = 0x80;
  static constexpr uint8_t kGoodCrc = 0x20;
  static constexpr uint8_t kMulticast = 0x02;
  static constexpr uint8_t kBroadcast = 0x01;
};

struct MacControl1 {  // MACON1
  static constexpr Register kRegister = Mac(2, 0x00);
  static constexpr uint8_t kSendPause = 0x08;
  static constexpr uint8_t kObeyPause = 0x04;
  static constexpr uint8_t kReceive = 0x01;
};

struct MacControl3 {  // MACON3
  static constexpr Register kRegister = Mac(2, 0x02);
  static constexpr uint8_t kPadTo60 = 0x20;
  static constexpr uint8_t kAddCrc = 0x10;
  static constexpr uint8_t kCheckLength = 0x02;
  static constexpr uint8_t kFullDuplex = 0x01;
};

struct MacControl4 {  // MACON4
  static constexpr Register kRegister = Mac(2, 0x03);
  static constexpr uint8_t kDefer = 0x40;  // waits for the medium without limit, as IEEE 802.3 does
};

// 6.5: the gaps that IEEE 802.3 asks for.
inline constexpr uint8_t kBackToBackGapFull = 0x15;
inline constexpr uint8_t kBackToBackGapHalf = 0x12;
inline constexpr uint16_t kInterFrameGapValue = 0x0c12;

// MAADR1 to MAADR6 do not stand in order: the first octet of the address is MAADR1 (table 3-1).
inline constexpr Register kMacAddress[6] = {Mac(3, 0x04), Mac(3, 0x05), Mac(3, 0x02),
                                            Mac(3, 0x03), Mac(3, 0x00), Mac(3, 0x01)};

struct MiiBits {
  static constexpr uint8_t kReadOnce = 0x01;  // MICMD.MIIRD
  static constexpr uint8_t kBusy = 0x01;      // MISTAT.BUSY
};

// PHY registers beyond clause 22 (table 3-3).
struct PhyControl2 {
  static constexpr uint8_t kAddress = 0x10;
  static constexpr uint16_t kNoHalfDuplexLoopback = 0x0100;  // HDLDIS
};
struct PhyInterruptEnable {
  static constexpr uint8_t kAddress = 0x12;
  static constexpr uint16_t kLinkChange = 0x0012;  // PLNKIE and PGEIE
};
struct PhyInterruptFlags {  // cleared by reading, and EIR.LINKIF with it
  static constexpr uint8_t kAddress = 0x13;
};
struct PhyLeds {
  static constexpr uint8_t kAddress = 0x14;
  // LED A shows the link, LED B what is sent and received, stretched to 40 ms (register 2-2).
  static constexpr uint16_t kLinkAndActivity = 0x3472;
};

// SPI instructions (table 4-1): the opcode in the upper three bits, a register or a constant below.
inline constexpr uint8_t kReadControl = 0x00;
inline constexpr uint8_t kReadBuffer = 0x3a;
inline constexpr uint8_t kWriteControl = 0x40;
inline constexpr uint8_t kWriteBuffer = 0x7a;
inline constexpr uint8_t kSetBits = 0x80;
inline constexpr uint8_t kClearBits = 0xa0;
inline constexpr uint8_t kSystemReset = 0xff;

}  // namespace drivers::enc28j60
