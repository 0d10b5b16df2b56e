// How much may be in flight: slow start and congestion avoidance (RFC 5681) with byte counting
// (RFC 3465), and the window of fast recovery (RFC 6582). When to recover is decided in
// recovery.cc.
#pragma once

#include <algorithm>
#include <cstdint>

namespace stack {

// All sizes in bytes.
class Congestion {
 public:
  // RFC 6928: ten segments, bounded for large ones.
  static constexpr uint32_t InitialWindow(uint32_t mss) {
    return std::min(10 * mss, std::max(2 * mss, uint32_t{14600}));
  }

  // At the end of the handshake. `syn_lost`: one segment then (RFC 5681 3.1).
  void Start(uint32_t mss, bool syn_lost);
  // A smaller path MTU (RFC 1191); the window keeps its size.
  void SetMss(uint32_t mss) { mss_ = mss; }

  // `acked` new bytes outside of recovery. `flight`: what was in flight before; a sender that did
  // not use its window learns nothing about the path and gets no larger one (RFC 7661 4.1).
  void OnAck(uint32_t acked, uint32_t flight) {
    if (flight + mss_ > window_) {
      Grow(acked);
    }
  }
  // The third duplicate ACK, with `flight` bytes outstanding.
  void EnterRecovery(uint32_t flight);
  // One more duplicate ACK in recovery: a segment has left the network. Bounded by the segments
  // that were in flight, so that forged ones do not open the window.
  void Inflate();
  // An ACK in recovery that leaves a gap.
  void Deflate(uint32_t acked);
  // The ACK that ends recovery; `flight` is what is outstanding still.
  void ExitRecovery(uint32_t flight);
  // The retransmission timer. `first`: not a retransmission of a retransmission.
  void OnTimeout(uint32_t flight, bool first);
  // After an idle time longer than the retransmission timeout (RFC 5681 4.1).
  void OnIdle() { window_ = std::min(window_, InitialWindow(mss_)); }

  uint32_t window() const { return window_; }
  uint32_t threshold() const { return threshold_; }

 private:
  void Grow(uint32_t acked);

  uint32_t mss_ = 536;
  uint32_t window_ = 0;
  uint32_t threshold_ = 0x7fffffff;
  uint32_t counted_ = 0;     // bytes acknowledged since the window last grew (avoidance)
  uint32_t inflatable_ = 0;  // what duplicate ACKs may add to the window still
};

}  // namespace stack
