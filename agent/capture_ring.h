// Copies of frames that wait for the channel to the host. Holds no packet buffers, so that a slow
// channel cannot starve the network under test; what does not fit is dropped and counted.
//
//   ring   | record header | first `snaplen` bytes of the frame | record header | ...
#pragma once

#include <cstdint>

#include "agent/frame_taps.h"
#include "protocol/messages/capture.h"
#include "stack/base/executor.h"
#include "stack/base/ring_buffer.h"

namespace agent {

class CaptureRing : private FrameObserver {
 public:
  // `storage` outlives the ring.
  CaptureRing(base::ByteSpan storage, FrameTaps& taps, base::Executor& executor);

  // kBusy: a capture runs already. kInvalidArgument: `snaplen` is not 14 to protocol::kMaxFrame.
  base::Status Start(const stack::NetIf& netif, uint16_t snaplen);
  // Takes no more frames; what it has can still be popped.
  void Pause() { taps_.Remove(*this); }
  void Stop();
  bool running() const { return netif_ != nullptr; }
  static bool IsSnaplen(uint16_t snaplen);

  // The oldest frame. False when none is waiting.
  bool Pop(protocol::CapturedFrameInfo& frame);
  // Frames seen and frames dropped since Start.
  const protocol::CaptureTotals& totals() const { return totals_; }
  // Frames that were popped but did not reach the host.
  void CountLost(uint32_t frames) { totals_.dropped += frames; }
  // Raised by each frame that was kept.
  base::Signal& changed() { return changed_; }
  size_t capacity() const { return ring_.capacity(); }

 private:
  void OnFrame(const stack::NetIf& netif, stack::Direction direction, const base::Pbuf& frame,
               base::Instant when) override;

  base::RingBuffer ring_;
  FrameTaps& taps_;
  base::Signal changed_;
  const stack::NetIf* netif_ = nullptr;  // nullptr: no capture runs
  uint16_t snaplen_ = 0;
  protocol::CaptureTotals totals_;
};

}  // namespace agent
