// The management registers of IEEE 802.3 clause 22 and the vendor registers that this code uses.
// A register is a type: phy.Read<BasicStatus>().link_up().
#pragma once

#include <concepts>
#include <cstdint>

namespace drivers {

template <typename R>
concept PhyRegister = requires(R r) {
  { R::kAddress } -> std::convertible_to<uint8_t>;
  { r.raw } -> std::convertible_to<uint16_t>;
};

// 22.2.4.1
struct BasicControl {
  static constexpr uint8_t kAddress = 0;
  static constexpr uint16_t kReset = 0x8000;
  static constexpr uint16_t kLoopback = 0x4000;
  static constexpr uint16_t kSpeed100 = 0x2000;
  static constexpr uint16_t kNegotiate = 0x1000;
  static constexpr uint16_t kPowerDown = 0x0800;
  static constexpr uint16_t kIsolate = 0x0400;
  static constexpr uint16_t kRestartNegotiation = 0x0200;
  static constexpr uint16_t kFullDuplex = 0x0100;
  static constexpr uint16_t kCollisionTest = 0x0080;

  uint16_t raw = 0;
  constexpr bool has(uint16_t bits) const { return (raw & bits) == bits; }
};

// 22.2.4.2
struct BasicStatus {
  static constexpr uint8_t kAddress = 1;
  static constexpr uint16_t k100Full = 0x4000;
  static constexpr uint16_t k100Half = 0x2000;
  static constexpr uint16_t k10Full = 0x1000;
  static constexpr uint16_t k10Half = 0x0800;
  static constexpr uint16_t kNegotiationDone = 0x0020;
  static constexpr uint16_t kRemoteFault = 0x0010;
  static constexpr uint16_t kCanNegotiate = 0x0008;
  static constexpr uint16_t kLinkUp = 0x0004;  // latches low until read (22.2.4.2.13)
  static constexpr uint16_t kJabber = 0x0002;
  static constexpr uint16_t kExtended = 0x0001;

  uint16_t raw = 0;
  constexpr bool link_up() const { return (raw & kLinkUp) != 0; }
  constexpr bool negotiation_done() const { return (raw & kNegotiationDone) != 0; }
  constexpr bool can_negotiate() const { return (raw & kCanNegotiate) != 0; }
  // No PHY has all abilities or none: that is a bus that nobody drives, or one held low.
  constexpr bool is_plausible() const { return raw != 0xffff && raw != 0; }
};

// 22.2.4.3.1
struct PhyId1 {
  static constexpr uint8_t kAddress = 2;
  uint16_t raw = 0;
};
struct PhyId2 {
  static constexpr uint8_t kAddress = 3;
  uint16_t raw = 0;
};

// The technology ability field that both sides send (28.2.4.1.3, annex 28B). The bits stand at the
// same places in registers 4 and 5.
struct Abilities {
  static constexpr uint16_t kSelector = 0x0001;  // IEEE 802.3
  static constexpr uint16_t k10Half = 0x0020;
  static constexpr uint16_t k10Full = 0x0040;
  static constexpr uint16_t k100Half = 0x0080;
  static constexpr uint16_t k100Full = 0x0100;
  static constexpr uint16_t kPause = 0x0400;
  static constexpr uint16_t kAsymmetricPause = 0x0800;
  static constexpr uint16_t kAllSpeeds = k10Half | k10Full | k100Half | k100Full;
};
struct Advertisement {
  static constexpr uint8_t kAddress = 4;
  uint16_t raw = 0;
};
struct PartnerAbility {
  static constexpr uint8_t kAddress = 5;
  static constexpr uint16_t kAcknowledge = 0x4000;
  uint16_t raw = 0;
};

// 28.2.4.1.5
struct NegotiationExpansion {
  static constexpr uint8_t kAddress = 6;
  static constexpr uint16_t kPartnerCanNegotiate = 0x0001;
  static constexpr uint16_t kParallelFault = 0x0010;
  uint16_t raw = 0;
  constexpr bool partner_can_negotiate() const { return (raw & kPartnerCanNegotiate) != 0; }
};

// SMSC/Microchip LAN87xx and the internal PHY of the LAN911x.
struct Lan87xxModeControl {
  static constexpr uint8_t kAddress = 17;
  static constexpr uint16_t kEnergyDetectPowerDown = 0x2000;
  static constexpr uint16_t kEnergyOn = 0x0002;
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

// Micrel/Microchip KSZ8081, KSZ8091.
struct Ksz8081OperationOverride {
  static constexpr uint8_t kAddress = 0x16;
  static constexpr uint16_t kBroadcastOff = 0x0200;
  uint16_t raw = 0;
};
struct Ksz8081Control1 {
  static constexpr uint8_t kAddress = 0x1e;
  uint16_t raw = 0;
  constexpr uint8_t operation_mode() const { return raw & 7; }
};

// TI DP83848 family.
struct Dp83848Status {
  static constexpr uint8_t kAddress = 0x10;
  static constexpr uint16_t kLink = 0x0001;
  static constexpr uint16_t kSpeed10 = 0x0002;
  static constexpr uint16_t kFullDuplex = 0x0004;
  uint16_t raw = 0;
};

// IC Plus IP101G.
struct Ip101gStatus {
  static constexpr uint8_t kAddress = 0x1e;
  uint16_t raw = 0;
  constexpr uint8_t operation_mode() const { return raw & 7; }
};

// Davicom DM9161 and the internal PHY of the DM9000.
struct Dm9161Status {
  static constexpr uint8_t kAddress = 17;
  static constexpr uint16_t k100Full = 0x8000;
  static constexpr uint16_t k100Half = 0x4000;
  static constexpr uint16_t k10Full = 0x2000;
  static constexpr uint16_t k10Half = 0x1000;
  uint16_t raw = 0;
};

// Microchip ENC28J60, whose PHY is 10BASE-T and does not negotiate.
struct Enc28j60Status2 {
  static constexpr uint8_t kAddress = 0x11;
  static constexpr uint16_t kLink = 0x0400;
  static constexpr uint16_t kFullDuplex = 0x0200;
  uint16_t raw = 0;
};

}  // namespace drivers
