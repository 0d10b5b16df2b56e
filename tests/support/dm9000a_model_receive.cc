// The DM9000A model's way in: filter, receive ring, overflow, pauses.
#include <algorithm>

#include "stack/base/address.h"
#include "tests/support/dm9000a_model.h"
#include "tests/support/dm9000a_model_checksum.h"

namespace test {
namespace {

using namespace dm9000a_model;

constexpr uint32_t kHeaderSize = 4;
constexpr size_t kFcsSize = 4;
constexpr size_t kSmallestFrame = 60;
constexpr size_t kLongestFrame = 1518;  // 1522 with the FCS
constexpr size_t kMostOnWire = 512;
constexpr uint8_t kCounterOverflow = 0x80;  // ROCR.RXFU
constexpr std::byte kReady{0x01};
constexpr std::byte kNonsense{0xa4};
constexpr uint32_t kNonsenseEvery = 20;
constexpr uint32_t kDamagedEvery = 8;  // frames at the wrong duplex mode

bool IsPause(base::ConstByteSpan frame) {
  constexpr std::array<uint8_t, 6> kTo = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x01};
  constexpr std::array<uint8_t, 4> kType = {0x88, 0x08, 0x00, 0x01};
  const auto matches = [&](size_t at, const auto& octets) {
    return std::ranges::equal(frame.subspan(at, octets.size()), octets, {},
                              [](std::byte b) { return std::to_integer<uint8_t>(b); });
  };
  return frame.size() >= 18 && matches(0, kTo) && matches(12, kType);
}

}  // namespace

bool Dm9000aModel::IsWanted(base::ConstByteSpan frame, uint8_t status) const {
  const uint8_t control = registers_[kRcr];
  if ((control & kRcrEnable) == 0 || frame.size() < base::MacAddress{}.octets.size()) {
    return false;
  }
  if (((status & kRsrCrc) != 0 && (control & kRcrNoBadCrc) != 0) ||
      (frame.size() > kLongestFrame && (control & kRcrNoLong) != 0) ||
      (frame.size() < kSmallestFrame && (control & kRcrRunt) == 0)) {
    return false;
  }
  if ((control & kRcrPromiscuous) != 0) {
    return true;
  }
  const base::ConstByteSpan to = frame.first(6);
  if ((to[0] & std::byte{1}) == std::byte{0}) {
    return std::ranges::equal(to, std::span(registers_).subspan(kPar, 6), {},
                              [](std::byte b) { return std::to_integer<uint8_t>(b); });
  }
  const uint32_t bit = HashBit(to);  // of the broadcast address: 63
  return (control & kRcrAllMulticast) != 0 || (registers_[kMar + bit / 8] >> (bit % 8) & 1) != 0;
}

bool Dm9000aModel::DeliverWith(base::ConstByteSpan frame, uint8_t status) {
  Advance();
  if (faults_.no_chip || clock_.now() < reset_until_ || !mode().is_up() ||
      (registers_[kNcr] & kNcrLoopback) != 0 || arrivals_.size() >= kMostOnWire) {
    return false;
  }
  Arrival arrival{.at = 0, .frame = ToVector(frame), .status = status};
  arrival.frame.resize(std::max(frame.size(), (status & kRsrRunt) != 0 ? 0 : kSmallestFrame));
  if (TakePause(arrival.frame)) {
    return true;
  }
  if (!IsWanted(arrival.frame, status)) {
    return false;
  }
  if (!options_.paces_wire) {
    return Store(arrival);
  }
  wire_free_ = std::max(wire_free_, clock_.now()) + WireTime(arrival.frame.size());
  arrival.at = wire_free_;
  arrivals_.push_back(std::move(arrival));
  return true;
}

uint32_t Dm9000aModel::rx_used() const {
  const uint32_t from = std::max(mrr_, kRxStart);  // nobody has set it before
  return (rwpa_ + kRxSize - from) % kRxSize;
}

void Dm9000aModel::Put(std::byte value) {
  memory_[rwpa_] = value;
  rwpa_ = rwpa_ + 1 == kMemorySize ? kRxStart : rwpa_ + 1;
}

bool Dm9000aModel::Store(const Arrival& arrival) {
  uint8_t status = arrival.status;
  if (faults_.duplex_mismatch && mode().duplex == base::Duplex::kHalf &&
      ++collided_ % kDamagedEvery == 0) {
    status |= kRsrCrc;
  }
  if (!IsWanted(arrival.frame, status)) {
    return false;
  }
  const bool checks = (registers_[kRcscsr] & 2) != 0;
  const uint8_t checksums = checks ? ChecksumStatus(arrival.frame) : 0;
  if ((registers_[kRcscsr] & 1) != 0 && (checksums & 0xe0) != 0) {
    return false;
  }
  const auto length = static_cast<uint32_t>(arrival.frame.size() + kFcsSize);
  const uint32_t pad = options_.bus_bytes == 2 ? length & 1 : 0;
  // The next header has to fit, too: its ready byte says that nothing follows.
  if (is_overflow_stuck_ || rx_used() + 2 * kHeaderSize + length + pad >= kRxSize) {
    CountOverflow();
    return false;
  }
  if ((arrival.frame[0] & std::byte{1}) != std::byte{0}) {
    status |= kRsrMulticast;
  }
  const bool is_lost = faults_.rx_pointer_lost && stored_++ % kNonsenseEvery == 0;
  Put(is_lost ? kNonsense : kReady | static_cast<std::byte>(checksums));
  Put(static_cast<std::byte>(status));
  Put(static_cast<std::byte>(length));
  Put(static_cast<std::byte>(length >> 8));
  std::ranges::for_each(arrival.frame, [this](std::byte byte) { Put(byte); });
  const uint32_t fcs = FrameCheckSequence(arrival.frame) ^ ((status & kRsrCrc) != 0 ? 1 : 0);
  for (uint32_t i = 0; i < kFcsSize; ++i) {
    Put(static_cast<std::byte>(fcs >> (8 * i)));
  }
  if (pad != 0) {
    Put(std::byte{0xee});
  }
  memory_[rwpa_] = std::byte{0};
  registers_[kRcscsr] = static_cast<uint8_t>((registers_[kRcscsr] & 3) | checksums);
  registers_[kRsr] = status;
  registers_[kNsr] &= static_cast<uint8_t>(~kNsrRxOverflow);
  registers_[kIsr] |= kIsrReceived;
  SendPauses();
  return true;
}

void Dm9000aModel::CountOverflow() {
  ++overflows_;
  is_overflow_stuck_ = is_overflow_stuck_ || faults_.rx_overflow_stuck;
  registers_[kNsr] |= kNsrRxOverflow;
  registers_[kIsr] |= kIsrOverflow;
  uint8_t& counter = registers_[kRocr];
  if ((counter & 0x7f) == 0x7f) {
    counter |= kCounterOverflow;
    registers_[kIsr] |= kIsrCounterOverflow;
    return;
  }
  ++counter;
}

// A pause frame from the partner ends in the MAC (IEEE 802.3 annex 31B).
bool Dm9000aModel::TakePause(base::ConstByteSpan frame) {
  if ((registers_[kFcr] & kFcrEnable) == 0 || !IsPause(frame) ||
      mode().duplex != base::Duplex::kFull) {
    return false;
  }
  const auto quanta =
      std::to_integer<uint32_t>(frame[16]) << 8 | std::to_integer<uint32_t>(frame[17]);
  const uint32_t hertz = mode().speed_mbit == 10 ? 10'000'000 : 100'000'000;
  paused_until_ = clock_.now() + DurationOf(uint64_t{quanta} * 512, hertz);
  registers_[kFcr] |= kFcrPaused;
  return true;
}

// FCTR: pause at less than HWOT KiB, go on at more than LWOT KiB of free ring.
void Dm9000aModel::SendPauses() {
  const uint8_t both = kFcrPauseEnable | kFcrEnable;
  if ((registers_[kFcr] & both) != both) {
    return;
  }
  const uint32_t free = (kRxSize - rx_used()) / 1024;
  const uint32_t high = registers_[kFctr] >> 4;
  const uint32_t low = registers_[kFctr] & 0xf;
  const bool is_time = has_paused_partner_ ? free > low : free < high;
  if (is_time && mode().duplex == base::Duplex::kFull) {
    has_paused_partner_ = !has_paused_partner_;
    ++pauses_sent_;
  }
}

}  // namespace test
