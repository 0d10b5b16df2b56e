// The registers that vendors added to clause 22, as far as this code uses them. Numbers and bits
// are those of the datasheets named with each family.
#pragma once

#include <cstdint>

namespace drivers {

// SMSC/Microchip LAN87xx and the internal PHY of the LAN911x (LAN8720A DS00002165 chapter 4,
// LAN8742A DS00001989 chapter 4).
struct Lan87xxModeControl {
  static constexpr uint8_t kAddress = 17;
  static constexpr uint16_t kEnergyDetectPowerDown = 0x2000;
  static constexpr uint16_t kFarLoopback = 0x0200;
  static constexpr uint16_t kEnergyOn = 0x0002;
  uint16_t raw = 0;
};
struct Lan8742TdrControl {
  static constexpr uint8_t kAddress = 25;
  static constexpr uint16_t kEnable = 0x8000;  // clears when the measurement is done
  static constexpr uint16_t kDone = 0x0100;
  uint16_t raw = 0;
  constexpr uint8_t cable_type() const { return (raw >> 9) & 3; }  // 1 short, 2 open, 3 match
  constexpr uint8_t length() const { return static_cast<uint8_t>(raw); }
};
struct Lan87xxIndication {
  static constexpr uint8_t kAddress = 27;
  static constexpr uint16_t kManualMdix = 0x8000;
  static constexpr uint16_t kMdix = 0x2000;
  uint16_t raw = 0;
};
struct Lan87xxInterruptSource {  // cleared by reading
  static constexpr uint8_t kAddress = 29;
  static constexpr uint16_t kNegotiationDone = 0x0040;
  static constexpr uint16_t kLinkDown = 0x0010;
  uint16_t raw = 0;
};
struct Lan87xxInterruptMask {
  static constexpr uint8_t kAddress = 30;
  uint16_t raw = 0;
};
struct Lan87xxStatus {
  static constexpr uint8_t kAddress = 31;
  uint16_t raw = 0;
  constexpr uint8_t speed_indication() const { return (raw >> 2) & 7; }
};

// Micrel/Microchip KSZ8081, KSZ8091 (DS00002202 chapter 4).
struct Ksz8081OperationOverride {
  static constexpr uint8_t kAddress = 0x16;
  static constexpr uint16_t kBroadcastOff = 0x0200;
  uint16_t raw = 0;
};
struct Ksz8081ExpandedControl {
  static constexpr uint8_t kAddress = 0x18;
  static constexpr uint16_t kEnergyDetectOff = 0x0800;
  uint16_t raw = 0;
};
struct Ksz8081Interrupt {  // low half: what happened, cleared by reading; high half: what counts
  static constexpr uint8_t kAddress = 0x1b;
  static constexpr uint16_t kLinkDownEnable = 0x0400;
  static constexpr uint16_t kLinkUpEnable = 0x0100;
  uint16_t raw = 0;
};
struct Ksz8081LinkMd {
  static constexpr uint8_t kAddress = 0x1d;
  static constexpr uint16_t kStart = 0x8000;  // clears when the measurement is done
  uint16_t raw = 0;
  constexpr uint8_t result() const { return (raw >> 13) & 3; }  // good, open, short, failed
  constexpr uint16_t fault_counter() const { return raw & 0x01ff; }
};
struct Ksz8081Control1 {
  static constexpr uint8_t kAddress = 0x1e;
  uint16_t raw = 0;
  constexpr uint8_t operation_mode() const { return raw & 7; }
};
struct Ksz8081Control2 {
  static constexpr uint8_t kAddress = 0x1f;
  static constexpr uint16_t kMdix = 0x4000;  // of kNoPairSwap
  static constexpr uint16_t kNoPairSwap = 0x2000;
  static constexpr uint16_t kRemoteLoopback = 0x0004;
  uint16_t raw = 0;
};

// TI DP83848 family (SNLS250 chapter 7).
struct Dp83848Status {
  static constexpr uint8_t kAddress = 0x10;
  static constexpr uint16_t kLink = 0x0001;
  static constexpr uint16_t kSpeed10 = 0x0002;
  static constexpr uint16_t kFullDuplex = 0x0004;
  uint16_t raw = 0;
};
struct Dp83848InterruptControl {
  static constexpr uint8_t kAddress = 0x11;
  static constexpr uint16_t kEnable = 0x0002;
  static constexpr uint16_t kPinIsOutput = 0x0001;
  uint16_t raw = 0;
};
struct Dp83848InterruptStatus {  // high half: what happened, cleared by reading; low: what counts
  static constexpr uint8_t kAddress = 0x12;
  static constexpr uint16_t kLinkEnable = 0x0020;
  static constexpr uint16_t kNegotiationDoneEnable = 0x0004;
  uint16_t raw = 0;
};

// Realtek RTL8201F (datasheet 1.4, chapter 8). Registers 16 to 30 of page 7 are others.
struct Rtl8201fPage {
  static constexpr uint8_t kAddress = 31;
  static constexpr uint16_t kDefault = 0;
  static constexpr uint16_t kInterrupts = 7;
  uint16_t raw = 0;
};
struct Rtl8201fInterruptEnable {  // of page 7
  static constexpr uint8_t kAddress = 19;
  static constexpr uint16_t kLinkChange = 0x2000;
  uint16_t raw = 0;
};
struct Rtl8201fInterruptStatus {  // of page 0, cleared by reading
  static constexpr uint8_t kAddress = 30;
  static constexpr uint16_t kLinkChange = 0x0800;
  uint16_t raw = 0;
};

// IC Plus IP101G (datasheet R01, chapter 4).
struct Ip101gInterrupt {  // cleared by reading
  static constexpr uint8_t kAddress = 0x11;
  static constexpr uint16_t kPinUsed = 0x8000;
  static constexpr uint16_t kAllMasked = 0x0800;
  static constexpr uint16_t kLinkChange = 0x0001;
  uint16_t raw = 0;
};
struct Ip101gStatus {
  static constexpr uint8_t kAddress = 0x1e;
  uint16_t raw = 0;
  constexpr uint8_t operation_mode() const { return raw & 7; }
};

// Davicom DM9161 and the internal PHY of the DM9000 (DM9161A datasheet, chapter 8).
struct Dm9161Status {
  static constexpr uint8_t kAddress = 17;
  static constexpr uint16_t k100Full = 0x8000;
  static constexpr uint16_t k100Half = 0x4000;
  static constexpr uint16_t k10Full = 0x2000;
  static constexpr uint16_t k10Half = 0x1000;
  uint16_t raw = 0;
};
struct Dm9161Interrupt {  // changes are cleared by reading
  static constexpr uint8_t kAddress = 21;
  static constexpr uint16_t kDuplexMasked = 0x0800;
  static constexpr uint16_t kSpeedMasked = 0x0400;
  static constexpr uint16_t kLinkMasked = 0x0200;
  static constexpr uint16_t kAllMasked = 0x0100;
  static constexpr uint16_t kLinkChange = 0x0004;
  uint16_t raw = 0;
};

// Microchip ENC28J60 (DS39662), whose PHY is 10BASE-T and does not negotiate.
struct Enc28j60Status2 {
  static constexpr uint8_t kAddress = 0x11;
  static constexpr uint16_t kLink = 0x0400;
  static constexpr uint16_t kFullDuplex = 0x0200;
  uint16_t raw = 0;
};
struct Enc28j60InterruptEnable {
  static constexpr uint8_t kAddress = 0x12;
  static constexpr uint16_t kLinkChange = 0x0010;
  static constexpr uint16_t kEnable = 0x0002;
  uint16_t raw = 0;
};
struct Enc28j60InterruptRequest {  // cleared by reading
  static constexpr uint8_t kAddress = 0x13;
  static constexpr uint16_t kLinkChange = 0x0010;
  static constexpr uint16_t kAny = 0x0004;
  uint16_t raw = 0;
};

}  // namespace drivers
