#include "tests/support/vboard/program/uplink.h"

#include <chrono>

#include "agent/board.h"

// What the user-mode network of the simulated board asks for the time.
base::Instant agent::Now() { return test::HostNow(); }

namespace test {
namespace {

constexpr size_t kMostWaiting = 256;  // frames
constexpr uint32_t kBitRate = 100'000'000;
// Between two looks at the board this much of its time may pass, and the cable is not idle in it.
constexpr VirtualTime kLongestLag = 2 * kMillisecond;
// Preamble, frame check sequence and gap (IEEE 802.3 4.4.2), and the shortest frame.
constexpr size_t kFrameOverhead = 8 + 4 + 12;
constexpr size_t kShortestFrame = 60;

VirtualTime TimeOnCable(size_t bytes) {
  return DurationOf(8 * (std::max(bytes, kShortestFrame) + kFrameOverhead), kBitRate);
}

}  // namespace

base::Instant HostNow() {
  return base::Instant(std::chrono::duration_cast<base::Duration>(
      std::chrono::steady_clock::now().time_since_epoch()));
}

Uplink::Uplink(VirtualBoard& board, const std::string& tap,
               std::span<const agent::sim::PortForward> forwards)
    : board_(board) {
  if (!tap.empty()) {
    tap_.Open(tap.c_str(), *this);
    wire_ = &tap_;
  } else {
    slirp_.Open(*this);
    for (const agent::sim::PortForward& forward : forwards) {
      slirp_.Forward(forward);
    }
    wire_ = &slirp_;
  }
  PlugIn();
}

void Uplink::PlugIn() {
  is_plugged_ = true;
  board_.network().PlugIn({});
}

void Uplink::Unplug() {
  is_plugged_ = false;
  counters_.unplugged += waiting_.size();
  waiting_.clear();
  board_.network().Unplug();
}

void Uplink::OnFrame(base::ConstByteSpan frame) {
  if (!is_plugged_) {
    ++counters_.unplugged;
    return;
  }
  if (waiting_.size() == kMostWaiting) {
    ++counters_.overrun;
    return;
  }
  waiting_.emplace_back(frame.begin(), frame.end());
}

void Uplink::Exchange() {
  NetworkPort& port = board_.network();
  const VirtualTime now = board_.now();
  free_at_ = std::max(free_at_, now - kLongestLag);
  while (!waiting_.empty() && free_at_ <= now) {
    free_at_ += TimeOnCable(waiting_.front().size());
    ++(port.Deliver(waiting_.front()) ? counters_.to_board : counters_.refused);
    waiting_.pop_front();
  }
  for (; !port.sent().empty(); port.sent().pop_front()) {
    if (!is_plugged_) {
      ++counters_.unplugged;
      continue;
    }
    ++counters_.from_board;
    wire_->Send(port.sent().front());
  }
}

}  // namespace test
