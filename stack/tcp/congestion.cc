#include "stack/tcp/congestion.h"

namespace stack {
namespace {

// Above what any window without scaling can use: keeps sums far from 2^32.
constexpr uint32_t kMaxCongestionWindow = 1u << 30;

}  // namespace

void Congestion::Start(uint32_t mss, bool syn_lost) {
  mss_ = mss;
  window_ = syn_lost ? mss : InitialWindow(mss);
}

void Congestion::Grow(uint32_t acked) {
  if (window_ < threshold_) {
    window_ =
        std::min(window_ + std::min(acked, 2 * mss_), kMaxCongestionWindow);  // RFC 3465 2.2, L = 2
    return;
  }
  counted_ += acked;
  if (counted_ >= window_) {
    counted_ -= window_;
    window_ = std::min(window_ + mss_, kMaxCongestionWindow);
  }
}

void Congestion::EnterRecovery(uint32_t flight) {
  threshold_ = std::max(flight / 2, 2 * mss_);
  window_ = threshold_ + 3 * mss_;
  inflatable_ = flight > 3 * mss_ ? flight - 3 * mss_ : 0;
  counted_ = 0;
}

void Congestion::Inflate() {
  const uint32_t step = std::min(mss_, inflatable_);
  inflatable_ -= step;
  window_ += step;
}

void Congestion::Deflate(uint32_t acked) {
  window_ -= std::min(acked, window_ - mss_);
  if (acked >= mss_) {
    window_ += mss_;
  }
}

void Congestion::ExitRecovery(uint32_t flight) {
  window_ = std::min(threshold_, std::max(flight, mss_) + mss_);  // RFC 6582 3.2 (3), option 1
  counted_ = 0;
}

void Congestion::OnTimeout(uint32_t flight, bool first) {
  if (first) {
    threshold_ = std::max(flight / 2, 2 * mss_);
  }
  window_ = mss_;
  counted_ = 0;
}

}  // namespace stack
