// How time passes on the chip.
#include <algorithm>
#include <chrono>

#include "tests/support/vboard/s3c2416/s3c2416.h"

namespace test::s3c2416 {
namespace {

// How the two kinds of time are brought together.
constexpr VirtualTime kMostCatchUp = 20 * kMillisecond;
constexpr VirtualTime kCatchUpStep = 100 * kMicrosecond;
constexpr VirtualTime kLongestCall = kMillisecond;
constexpr uint64_t kMostInstructions = 20'000;

VirtualTime RealTime() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count() * 1000;
}

}  // namespace

VirtualTime S3c2416::now() const {
  // The instruction in execution has not taken its time yet.
  const uint64_t executed = core_.cpu().executed();
  const VirtualTime core =
      in_slice_ && executed > 0 ? DurationOf(executed - 1, clocks_.armclk()) : 0;
  return slice_start_ + core + stalled_;
}

void S3c2416::Advance() {
  for (const Block& block : blocks_) {
    block.peripheral->Advance();
  }
  if (device_ != nullptr) {
    device_->Advance();
  }
}

void S3c2416::DriveLines() {
  if (device_ != nullptr) {
    ports_.DriveEint7(device_->interrupt_level());
  }
  interrupts_.SetLevel(InterruptController::kEint4To7, ports_.asks_eint4_to_7());
  interrupts_.SetLevel(InterruptController::kEint8To23, ports_.asks_eint8_to_23());
  const bool receive = uart_.asks_receive();
  const bool transmit = uart_.asks_transmit();
  if (receive && !asked_receive_) {
    interrupts_.PulseSub(InterruptController::kSubReceive0);
  }
  if (transmit && !asked_transmit_) {
    interrupts_.PulseSub(InterruptController::kSubTransmit0);
  }
  asked_receive_ = receive;
  asked_transmit_ = transmit;
  interrupts_.SetSubLevel(InterruptController::kSubReceive0, receive && uart_.is_receive_level());
  interrupts_.SetSubLevel(InterruptController::kSubTransmit0,
                          transmit && uart_.is_transmit_level());
  interrupts_.SetSubLevel(InterruptController::kSubError0, uart_.asks_error());
}

VirtualTime S3c2416::next_event() const {
  VirtualTime next = device_ != nullptr ? device_->next_event() : kNever;
  for (const Block& block : blocks_) {
    next = std::min(next, block.peripheral->next_event());
  }
  return next;
}

// To the next event, or until something happens that changes what the next event is.
void S3c2416::RunOnce(VirtualTime end) {
  Advance();
  DriveLines();
  core_.SetLines(interrupts_.irq(), interrupts_.fiq());
  const VirtualTime next = std::min(end, next_event());
  if (core_.is_halted() || !core_.WakesUp()) {
    slice_start_ = std::max(next, slice_start_ + 1);
  } else {
    const uint32_t hertz = clocks_.armclk();
    const VirtualTime left = std::max<VirtualTime>(next - slice_start_, 0);
    in_slice_ = true;
    const uint64_t executed =
        core_.Run(std::clamp<uint64_t>(TicksIn(left, hertz) + 1, 1, kMostInstructions));
    in_slice_ = false;
    // A fault takes time, too.
    slice_start_ += DurationOf(std::max<uint64_t>(executed, 1), hertz) + stalled_;
    stalled_ = 0;
  }
  if (watchdog_.TakeBite()) {
    violations_.Add("the watch-dog has reset the chip");
    Boot(ResetCause::kWatchdog);
  } else if (clocks_.TakeResetRequest()) {
    Boot(ResetCause::kSoftware);
  }
}

void S3c2416::RunFor(VirtualTime duration) {
  const VirtualTime end = slice_start_ + duration;
  while (slice_start_ < end) {
    RunOnce(end);
  }
  paced_to_ = slice_start_;
}

bool S3c2416::RunSlice() {
  const VirtualTime start = RealTime();
  paced_to_ += real_ == 0 ? 0 : std::min(start - real_, kMostCatchUp);
  real_ = start;
  while (slice_start_ < paced_to_) {
    if (RealTime() - start >= kLongestCall) {
      paced_to_ = slice_start_;
      break;
    }
    const VirtualTime step_end = std::min(paced_to_, slice_start_ + kCatchUpStep);
    while (slice_start_ < step_end) {
      RunOnce(step_end);
    }
  }
  return !core_.is_halted() && !core_.is_asleep();
}

}  // namespace test::s3c2416
