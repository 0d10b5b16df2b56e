// The Ethernet link: state, settings, loopback and wire tests.
#pragma once

#include <cstdint>

#include "protocol/method.h"
#include "stack/base/address.h"
#include "stack/base/fields.h"
#include "stack/base/link.h"

namespace protocol {

using base::Field;

struct InterfaceReference {
  uint8_t interface = 0;  // index into Info::interfaces
  static constexpr auto kFields =
      base::FieldList{Field{"interface", &InterfaceReference::interface}};
};

// The PHY's view and the MAC's view, so that the host can compare them.
struct LinkStatus {
  base::LinkMode phy{};
  base::LinkMode mac{};
  bool autonegotiation = false;           // BMCR bit 12
  bool autonegotiation_complete = false;  // BMSR bit 5
  uint16_t advertised = 0;                // ANAR, register 4
  uint16_t partner = 0;                   // ANLPAR, register 5
  uint16_t expansion = 0;                 // ANER, register 6
  uint32_t changes = 0;                   // link changes since start-up
  static constexpr auto kFields =
      base::FieldList{Field{"phy", &LinkStatus::phy},
                      Field{"mac", &LinkStatus::mac},
                      Field{"autonegotiation", &LinkStatus::autonegotiation},
                      Field{"autonegotiation_complete", &LinkStatus::autonegotiation_complete},
                      Field{"advertised", &LinkStatus::advertised},
                      Field{"partner", &LinkStatus::partner},
                      Field{"expansion", &LinkStatus::expansion},
                      Field{"changes", &LinkStatus::changes}};
};

// kFarLoopback: the PHY sends back to the partner what it receives, until another setting.
enum class LinkSetting : uint8_t { kAutonegotiate, kForce, kRestart, kFarLoopback };

struct LinkSetRequest {
  uint8_t interface = 0;
  LinkSetting setting = LinkSetting::kAutonegotiate;
  uint16_t speed_mbit = 100;  // 10 or 100; of kForce
  base::Duplex duplex = base::Duplex::kFull;
  static constexpr auto kFields = base::FieldList{
      Field{"interface", &LinkSetRequest::interface}, Field{"setting", &LinkSetRequest::setting},
      Field{"speed_mbit", &LinkSetRequest::speed_mbit}, Field{"duplex", &LinkSetRequest::duplex}};
};

// Where the frames of a link test turn round. kWire needs a partner that answers ARP: the board
// sends requests of each size to it and expects the answers.
enum class LinkTestPath : uint8_t { kMacLoopback, kPhyLoopback, kWire };
enum class LinkTestPattern : uint8_t { kZeros, kOnes, kAlternating, kWalkingOne, kRandom };
inline constexpr uint8_t kLinkTestPatterns = 5;

struct LinkTestRequest {
  uint8_t interface = 0;
  LinkTestPath path = LinkTestPath::kMacLoopback;
  base::Ipv4Address partner{};          // of kWire
  uint16_t frames = 8;                  // of each size and pattern
  base::Bounded<uint16_t, 16> sizes{};  // bytes without FCS, 60 to 1514
  static constexpr auto kFields = base::FieldList{
      Field{"interface", &LinkTestRequest::interface}, Field{"path", &LinkTestRequest::path},
      Field{"partner", &LinkTestRequest::partner}, Field{"frames", &LinkTestRequest::frames},
      Field{"sizes", &LinkTestRequest::sizes}};
};

inline constexpr uint16_t kNotCorrupted = 0xffff;

struct LinkTestResult {
  LinkTestPattern pattern = LinkTestPattern::kZeros;
  uint16_t size = 0;
  uint16_t sent = 0;
  uint16_t received = 0;
  uint16_t corrupted = 0;
  uint16_t first_bad_offset = kNotCorrupted;
  uint32_t duration_us = 0;
  static constexpr auto kFields =
      base::FieldList{Field{"pattern", &LinkTestResult::pattern},
                      Field{"size", &LinkTestResult::size},
                      Field{"sent", &LinkTestResult::sent},
                      Field{"received", &LinkTestResult::received},
                      Field{"corrupted", &LinkTestResult::corrupted},
                      Field{"first_bad_offset", &LinkTestResult::first_bad_offset},
                      Field{"duration_us", &LinkTestResult::duration_us}};
};

struct LinkChange {
  uint8_t interface = 0;
  base::LinkMode link{};
  uint64_t time_us = 0;
  static constexpr auto kFields =
      base::FieldList{Field{"interface", &LinkChange::interface}, Field{"link", &LinkChange::link},
                      Field{"time_us", &LinkChange::time_us}};
};

// kInvalidArgument: no such interface. kUnavailable: MDIO does not answer.
using GetLink = Method<0x0010, InterfaceReference, LinkStatus>;
// kUnimplemented: the PHY has no such mode or loopback.
using SetLink = Method<0x0011, LinkSetRequest, Empty>;
// kUnimplemented: no such loopback in this hardware. Ends with kUnreachable when a partner does not
// answer ARP.
using TestLink = Job<0x0012, LinkTestRequest>;

using LinkTestStep = Event<0x0010, LinkTestResult>;
using LinkChanged = Event<0x0011, LinkChange>;  // unasked

}  // namespace protocol
