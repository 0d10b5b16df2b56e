// What is said about an Ethernet link by drivers, stack, agent and host alike.
#pragma once

#include <cstdint>

#include "stack/base/fields.h"

namespace base {

enum class LinkState : uint8_t { kDown, kUp };
enum class Duplex : uint8_t { kHalf, kFull };

// What the PHY agreed on with its partner.
struct LinkMode {
  LinkState state = LinkState::kDown;
  uint16_t speed_mbit = 0;  // 10 or 100; 0 while down
  Duplex duplex = Duplex::kHalf;
  bool pause = false;  // symmetric PAUSE (IEEE 802.3 annex 31B) may be used

  constexpr bool is_up() const { return state == LinkState::kUp; }
  constexpr bool operator==(const LinkMode&) const = default;
  static constexpr auto kFields =
      FieldList{Field{"state", &LinkMode::state}, Field{"speed_mbit", &LinkMode::speed_mbit},
                Field{"duplex", &LinkMode::duplex}, Field{"pause", &LinkMode::pause}};
};

// Where a MAC or PHY can turn a frame back.
enum class Loopback : uint8_t { kOff, kMac, kPhy };

// What the hardware does by itself.
struct Capabilities {
  bool checksum_insertion = false;     // fills IPv4, ICMP, UDP and TCP checksums of frames it sends
  bool checksum_verification = false;  // checks those of received frames, and says which are right
  bool sums_received_frames =
      false;  // received Pbufs carry has_sum over the bytes behind the Ethernet header
  bool dma = false;
  bool mac_loopback = false;
  bool phy_loopback = false;
  uint16_t receive_window_frames = 0;  // full-size frames the MAC can keep before it drops

  static constexpr auto kFields =
      FieldList{Field{"checksum_insertion", &Capabilities::checksum_insertion},
                Field{"checksum_verification", &Capabilities::checksum_verification},
                Field{"sums_received_frames", &Capabilities::sums_received_frames},
                Field{"dma", &Capabilities::dma},
                Field{"mac_loopback", &Capabilities::mac_loopback},
                Field{"phy_loopback", &Capabilities::phy_loopback},
                Field{"receive_window_frames", &Capabilities::receive_window_frames}};
};

// Counters of one MAC, the names of RFC 3635 / RFC 2863 where they have one. Event counters are 32
// bit, octets 64.
struct EthernetStats {
  uint32_t rx_frames = 0;
  uint64_t rx_octets = 0;
  uint32_t rx_errors = 0;     // CRC, length or symbol errors that the MAC reported
  uint32_t rx_too_long = 0;   // larger than a buffer
  uint32_t rx_too_short = 0;  // shorter than an Ethernet header
  uint32_t rx_no_buffer = 0;  // no pbuf was free; the frame was dropped
  uint32_t rx_overrun = 0;    // frames that the MAC itself dropped, as far as it counts them
  uint32_t tx_frames = 0;
  uint64_t tx_octets = 0;
  uint32_t tx_errors = 0;     // carrier, collision or underrun errors that the MAC reported
  uint32_t tx_no_room = 0;    // Transmit refused because the MAC was full
  uint32_t tx_link_down = 0;  // Transmit refused because the link was down
  uint32_t link_changes = 0;

  static constexpr auto kFields = FieldList{Field{"rx_frames", &EthernetStats::rx_frames},
                                            Field{"rx_octets", &EthernetStats::rx_octets},
                                            Field{"rx_errors", &EthernetStats::rx_errors},
                                            Field{"rx_too_long", &EthernetStats::rx_too_long},
                                            Field{"rx_too_short", &EthernetStats::rx_too_short},
                                            Field{"rx_no_buffer", &EthernetStats::rx_no_buffer},
                                            Field{"rx_overrun", &EthernetStats::rx_overrun},
                                            Field{"tx_frames", &EthernetStats::tx_frames},
                                            Field{"tx_octets", &EthernetStats::tx_octets},
                                            Field{"tx_errors", &EthernetStats::tx_errors},
                                            Field{"tx_no_room", &EthernetStats::tx_no_room},
                                            Field{"tx_link_down", &EthernetStats::tx_link_down},
                                            Field{"link_changes", &EthernetStats::link_changes}};
};

}  // namespace base
