// What the stack asks of an Ethernet MAC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "stack/base/address.h"
#include "stack/base/fields.h"
#include "stack/base/pbuf.h"
#include "stack/base/pbuf_pool.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace stack {

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
  static constexpr auto kFields = std::tuple{
      base::Field{"state", &LinkMode::state}, base::Field{"speed_mbit", &LinkMode::speed_mbit},
      base::Field{"duplex", &LinkMode::duplex}, base::Field{"pause", &LinkMode::pause}};
};

// Where a MAC or PHY can turn a frame back.
enum class Loopback : uint8_t { kOff, kMac, kPhy };

// What the hardware does by itself.
struct Capabilities {
  bool checksum_insertion = false;     // fills IPv4, ICMP, UDP and TCP checksums of frames it sends
  bool checksum_verification = false;  // drops received frames whose checksums are wrong
  bool sums_received_frames =
      false;  // received Pbufs carry has_sum over the bytes behind the Ethernet header
  bool dma = false;
  bool mac_loopback = false;
  bool phy_loopback = false;
  uint16_t receive_window_frames = 0;  // full-size frames the MAC can keep before it drops

  static constexpr auto kFields =
      std::tuple{base::Field{"checksum_insertion", &Capabilities::checksum_insertion},
                 base::Field{"checksum_verification", &Capabilities::checksum_verification},
                 base::Field{"sums_received_frames", &Capabilities::sums_received_frames},
                 base::Field{"dma", &Capabilities::dma},
                 base::Field{"mac_loopback", &Capabilities::mac_loopback},
                 base::Field{"phy_loopback", &Capabilities::phy_loopback},
                 base::Field{"receive_window_frames", &Capabilities::receive_window_frames}};
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

  static constexpr auto kFields =
      std::tuple{base::Field{"rx_frames", &EthernetStats::rx_frames},
                 base::Field{"rx_octets", &EthernetStats::rx_octets},
                 base::Field{"rx_errors", &EthernetStats::rx_errors},
                 base::Field{"rx_too_long", &EthernetStats::rx_too_long},
                 base::Field{"rx_too_short", &EthernetStats::rx_too_short},
                 base::Field{"rx_no_buffer", &EthernetStats::rx_no_buffer},
                 base::Field{"rx_overrun", &EthernetStats::rx_overrun},
                 base::Field{"tx_frames", &EthernetStats::tx_frames},
                 base::Field{"tx_octets", &EthernetStats::tx_octets},
                 base::Field{"tx_errors", &EthernetStats::tx_errors},
                 base::Field{"tx_no_room", &EthernetStats::tx_no_room},
                 base::Field{"tx_link_down", &EthernetStats::tx_link_down},
                 base::Field{"link_changes", &EthernetStats::link_changes}};
};

// One MAC with its PHY. The public functions count and check; a driver implements the private
// Do...() part. Frames are whole Ethernet frames without preamble and FCS.
class EthernetDriver {
 public:
  // `pools` is where received frames get their buffers; it outlives the driver.
  explicit EthernetDriver(base::PbufPools& pools) : pools_(pools) {}
  virtual ~EthernetDriver() = default;

  // Resets and configures the MAC. kNotFound: no such chip answers; kDeadlineExceeded: it does not
  // come out of reset.
  base::Status Start(const base::MacAddress& address);

  // The next received frame, holder kStack, with at least kReceiveHeadroom bytes of headroom and
  // the IP header word aligned. kUnavailable when none is waiting. A frame that had to be dropped
  // is counted and the next one is tried, at most kMaxDropsPerReceive times.
  base::Result<base::Pbuf> Receive();

  // Hands a frame to the MAC. On success the MAC holds it until ReapTransmitted lets go of it (a
  // FIFO MAC has copied it on return). On failure it still belongs to the caller: kUnavailable no
  // room now, kUnreachable link down, kInvalidArgument longer than the largest frame.
  base::Status Transmit(base::Pbuf&& frame);

  // Frames of the largest size that Transmit would take now.
  size_t transmit_room() const { return DoTransmitRoom(); }

  // Lets go of what the wire has.
  void ReapTransmitted() { DoReapTransmitted(); }

  // Link supervision. Returns when it wants to be called again; frames do not wait for it.
  base::Instant Poll(base::Instant now);

  // Asks for a link check at the next Poll, for example from a PHY interrupt.
  virtual void CheckLink() = 0;

  // kUnimplemented when the hardware has no such loopback.
  base::Status SetLoopback(Loopback loopback) { return DoSetLoopback(loopback); }

  virtual Capabilities capabilities() const = 0;
  virtual std::string_view name() const = 0;  // of the chip, for example "LAN9118"
  const LinkMode& link() const { return link_; }
  const base::MacAddress& address() const { return address_; }
  const EthernetStats& stats() const { return stats_; }
  void ResetStats() { stats_ = {}; }

  // Room in front of a received frame, so that it can be sent on or answered in place; 2 more bytes
  // make the IP header word aligned behind the 14 bytes of the Ethernet header.
  static constexpr size_t kReceiveHeadroom = 2;
  static constexpr size_t kMaxFrame = 1514;
  static constexpr size_t kMaxDropsPerReceive = 8;

 protected:
  base::PbufPools& pools() { return pools_; }
  EthernetStats& counters() { return stats_; }

 private:
  virtual base::Status DoStart(const base::MacAddress& address) = 0;
  // kUnavailable: nothing waits. Any other error: the frame is gone and the driver has counted why.
  virtual base::Result<base::Pbuf> DoReceive() = 0;
  virtual base::Status DoTransmit(base::Pbuf&& frame) = 0;
  virtual size_t DoTransmitRoom() const = 0;
  virtual void DoReapTransmitted() = 0;
  // Supervises the PHY, sets the MAC to `link` when it changed, and returns when to call again.
  virtual base::Instant DoPoll(base::Instant now, LinkMode& link) = 0;
  virtual base::Status DoSetLoopback(Loopback loopback) = 0;

  base::PbufPools& pools_;
  base::MacAddress address_;
  LinkMode link_;
  EthernetStats stats_;
};

}  // namespace stack
