// The DM9000A model's way out: two packets in turn (datasheet 9.3), results, pauses.
#include <algorithm>
#include <cstring>

#include "tests/support/dm9000a_model.h"
#include "tests/support/dm9000a_model_checksum.h"

namespace test {
namespace {

using namespace dm9000a_model;

constexpr size_t kSmallestFrame = 60;
constexpr size_t kFcsSize = 4;
constexpr uint32_t kLargestPacket = 1536;
constexpr size_t kPreambleAndGap = 8 + 12;
constexpr uint32_t kCollisionEvery = 4;  // frames at the wrong duplex mode

}  // namespace

uint32_t Dm9000aModel::tx_used() const { return filled_; }

VirtualTime Dm9000aModel::WireTime(size_t bytes) {
  const uint32_t hertz = mode().speed_mbit == 10 ? 10'000'000 : 100'000'000;
  return DurationOf(8 * (std::max(bytes, kSmallestFrame) + kFcsSize + kPreambleAndGap), hertz);
}

void Dm9000aModel::RequestTransmit() {
  if (tx_.is_busy) {
    violations_.Add("DM9000A: TCR.TXREQ set while the packet before is sent (9.3)");
    return;
  }
  const uint32_t length = uint32_t{registers_[kTxplh]} << 8 | registers_[kTxpll];
  const uint32_t stored = (length + options_.bus_bytes - 1) & ~(options_.bus_bytes - 1);
  if (length == 0 || length > kLargestPacket) {
    violations_.Add("DM9000A: TCR.TXREQ with TXPL " + std::to_string(length));
    return;
  }
  if (filled_ != stored) {
    violations_.Add("DM9000A: TXPL is " + std::to_string(length) + ", but " +
                    std::to_string(filled_) + " bytes were written");
    filled_ = stored;
  }
  const VirtualTime now = clock_.now();
  const VirtualTime start =
      (registers_[kFcr] & kFcrEnable) != 0 ? std::max(now, paused_until_) : now;
  tx_ = {.is_busy = true,
         .is_second = next_is_second_,
         .length = length,
         .end = faults_.tx_stall ? kNever : start + WireTime(length)};
  next_is_second_ = !next_is_second_;
  registers_[kTcr] |= kTcrRequest;
}

void Dm9000aModel::FinishTransmit() {
  ByteVector frame(tx_.length);
  for (uint32_t i = 0; i < tx_.length; ++i) {
    frame[i] = memory_[(trpa_ + i) % kRxStart];
  }
  const uint32_t stored = (tx_.length + options_.bus_bytes - 1) & ~(options_.bus_bytes - 1);
  trpa_ = (trpa_ + stored) % kRxStart;
  filled_ -= std::min(filled_, stored);
  const bool is_second = tx_.is_second;
  tx_ = {};
  registers_[kTcr] &= static_cast<uint8_t>(~kTcrRequest);

  const int shift = is_second ? 2 : 0;
  if ((registers_[kTcr] & kTcrNoPad1 << shift) == 0 && frame.size() < kSmallestFrame) {
    frame.resize(kSmallestFrame);
  }
  bool is_whole = frame.size() >= kSmallestFrame;
  InsertChecksums(frame, registers_[kTcscr]);
  if ((registers_[kTcr] & kTcrNoCrc1 << shift) != 0) {
    uint32_t fcs = 0;
    is_whole = is_whole && frame.size() >= kSmallestFrame + kFcsSize;
    if (is_whole) {
      std::memcpy(&fcs, &frame[frame.size() - kFcsSize], kFcsSize);
      frame.resize(frame.size() - kFcsSize);
      is_whole = fcs == FrameCheckSequence(frame);
    }
  }
  uint8_t status = 0;
  if (is_whole) {
    Launch(std::move(frame), status);
  }
  registers_[is_second ? kTsr2 : kTsr1] = status;
  registers_[kNsr] |= is_second ? kNsrTx2End : kNsrTx1End;
  registers_[kIsr] |= kIsrSent;
}

void Dm9000aModel::Launch(ByteVector frame, uint8_t& status) {
  if (fail_ != 0) {
    --fail_;
    status = fail_status_;
    return;
  }
  const uint8_t loopback = registers_[kNcr] & kNcrLoopback;
  const bool turns_in_phy = loopback == kLoopbackPhy || phy_.loopback();
  if (loopback == kLoopbackMac || (turns_in_phy && is_phy_powered())) {
    if (IsWanted(frame, 0)) {
      Store({.at = 0, .frame = std::move(frame), .status = 0});
    }
    return;
  }
  const base::LinkMode link = mode();
  if (!link.is_up()) {
    status = kTsrNoCarrier;
    return;
  }
  if (faults_.duplex_mismatch && link.duplex == base::Duplex::kHalf &&
      ++collided_ % kCollisionEvery == 0) {
    status = kTsrLateCollision;
    return;
  }
  sent_.push_back(std::move(frame));
}

}  // namespace test
