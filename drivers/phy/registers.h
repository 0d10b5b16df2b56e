// The management registers of IEEE 802.3 clause 22. A register is a type:
// phy.Read<BasicStatus>().link_up(). Those of the vendors: vendor_registers.h.
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

}  // namespace drivers
