// Ethernet framing: destination filter, dispatch by EtherType, and the way out to the MAC.
#pragma once

#include <cstdint>

#include "stack/base/address.h"
#include "stack/base/pbuf.h"
#include "stack/base/result.h"
#include "stack/base/time.h"

namespace stack {

class NetIf;
class Stack;

enum class Direction : uint8_t { kReceive, kTransmit };

// Sees every frame: received ones before any check, sent ones when the MAC is about to take them.
// Copies what it wants to keep; it must not hold the buffer.
class FrameTap {
 public:
  virtual void OnFrame(const NetIf& netif, Direction direction, const base::Pbuf& frame,
                       base::Instant when) = 0;

 protected:
  ~FrameTap() = default;
};

class Ethernet {
 public:
  explicit Ethernet(Stack& stack) : stack_(stack) {}

  // A whole received frame without FCS, in one part.
  void OnFrame(NetIf& netif, base::Pbuf&& frame);

  // Puts the header in front of `packet` (headroom 14), pads, and sends. The packet is gone
  // whatever the outcome: kOk sent or waiting for the MAC, kUnavailable neither has room,
  // kUnreachable link down, kResourceExhausted no buffer for padding.
  base::Status Send(NetIf& netif, const base::MacAddress& destination, uint16_t type,
                    base::Pbuf&& packet);

  // As Send, for a frame that is complete.
  base::Status SendFrame(NetIf& netif, base::Pbuf&& frame);

  // Hands waiting frames to the MAC as far as it has room.
  void Drain(NetIf& netif);
  // Drops the waiting frames, for example when the link went down.
  void DropOutput(NetIf& netif);

 private:
  base::Status Queue(NetIf& netif, base::Pbuf&& frame);
  base::Status Pad(base::Pbuf& frame);
  base::Status Transmit(NetIf& netif, base::Pbuf&& frame);
  void Tap(NetIf& netif, const base::Pbuf& frame);

  Stack& stack_;
};

}  // namespace stack
