// What the stack asks of an Ethernet MAC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stack/base/address.h"
#include "stack/base/link.h"
#include "stack/base/pbuf.h"
#include "stack/base/pbuf_pool.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace stack {

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
  base::Status SetLoopback(base::Loopback loopback) { return DoSetLoopback(loopback); }

  virtual base::Capabilities capabilities() const = 0;
  virtual std::string_view name() const = 0;  // of the chip, for example "LAN9118"
  const base::LinkMode& link() const { return link_; }
  const base::MacAddress& address() const { return address_; }
  const base::EthernetStats& stats() const { return stats_; }
  void ResetStats() { stats_ = {}; }

  // Room in front of a received frame, so that it can be sent on or answered in place; 2 more bytes
  // make the IP header word aligned behind the 14 bytes of the Ethernet header.
  static constexpr size_t kReceiveHeadroom = 2;
  static constexpr size_t kMaxFrame = 1514;
  static constexpr size_t kMaxDropsPerReceive = 8;

 protected:
  base::PbufPools& pools() { return pools_; }
  base::EthernetStats& counters() { return stats_; }

 private:
  virtual base::Status DoStart(const base::MacAddress& address) = 0;
  // kUnavailable: nothing waits. Any other error: the frame is gone and the driver has counted why.
  virtual base::Result<base::Pbuf> DoReceive() = 0;
  virtual base::Status DoTransmit(base::Pbuf&& frame) = 0;
  virtual size_t DoTransmitRoom() const = 0;
  virtual void DoReapTransmitted() = 0;
  // Supervises the PHY, sets the MAC to `link` when it changed, and returns when to call again.
  virtual base::Instant DoPoll(base::Instant now, base::LinkMode& link) = 0;
  virtual base::Status DoSetLoopback(base::Loopback loopback) = 0;

  base::PbufPools& pools_;
  base::MacAddress address_;
  base::LinkMode link_;
  base::EthernetStats stats_;
};

}  // namespace stack
