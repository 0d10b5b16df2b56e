// Receiving: the DMA has filled the buffer of a descriptor. The frame takes the buffer along.
#include <cstring>
#include <utility>

#include "drivers/stm32_eth/errata.h"
#include "drivers/stm32_eth/registers.h"
#include "drivers/stm32_eth/stm32_eth.h"

namespace drivers {
namespace {

using namespace stm32_eth;

constexpr size_t kEthernetHeader = 14;
constexpr size_t kShortestFrame = 64;  // with frame check sequence, IEEE 802.3 4.4.2
constexpr size_t kLongestFrame = 1518;

// Where things stand in an IPv4 packet without options, behind the Ethernet header.
constexpr size_t kIpHeader = 20;
constexpr size_t kUdpChecksum = kIpHeader + 6;

uint32_t LoadHalf(const std::byte* from) {
  uint16_t half;
  std::memcpy(&half, from, sizeof(half));
  return half;
}

// The sum of source, destination, protocol and payload size (RFC 793 3.1).
base::Sum PseudoHeaderSum(const std::byte* ip, size_t payload) {
  const uint32_t addresses =
      LoadHalf(ip + 12) + LoadHalf(ip + 14) + LoadHalf(ip + 16) + LoadHalf(ip + 18);
  const auto protocol = std::to_integer<uint16_t>(ip[9]);
  return base::FoldSum(addresses + base::WordToSum(protocol) +
                       base::WordToSum(static_cast<uint16_t>(payload)));
}

}  // namespace

base::Result<base::Pbuf> Stm32Eth::DoReceive() {
  const size_t slot = rx_next_;
  const Descriptor& descriptor = rings_.rx[slot];
  const RxStatus status{descriptor.status};
  if (status.has(RxStatus::kOwn)) {
    ResumeReceive();
    return std::unexpected(base::Status::kUnavailable);
  }
  DmaBarrier();
  rx_next_ = slot + 1 == rings_.rx.size() ? 0 : slot + 1;
  rx_armed_ = true;
  constexpr uint32_t kWhole = RxStatus::kFirst | RxStatus::kLast;
  const size_t length = status.length();
  if ((status.raw & (kWhole | RxStatus::kErrors)) != kWhole || length < kShortestFrame ||
      length > kLongestFrame) {
    Arm(slot);
    return DropBad(status);
  }
  const RxChecksums found{status.has(RxStatus::kExtended) ? descriptor.extended : 0};
  base::Pbuf frame = std::move(rings_.rx_frames[slot]);
  if (!Refill(slot)) {
    rings_.rx_frames[slot] = std::move(frame);
    Arm(slot);
    ++counters().rx_no_buffer;
    return std::unexpected(base::Status::kResourceExhausted);
  }
  frame.Append(length - kFrameCheckSequence);
  frame.set_holder(base::Holder::kStack);
  SetVerifiedSum(frame, found);
  return frame;
}

// Puts a fresh buffer into the slot and gives it to the DMA. False when there is none.
bool Stm32Eth::Refill(size_t slot) {
  auto fresh = pools().Allocate(kReceiveHeadroom, kReceiveBuffer - kReceiveHeadroom,
                                base::Holder::kDriverReceive);
  if (!fresh) {
    return false;
  }
  // 33.6.4: the size counts from the word that the address is in. The DMA writes that whole word,
  // so the headroom is not to be kept.
  const std::byte* const start = fresh->data() - kReceiveHeadroom;
  const uint32_t address = config_.memory.AddressOf(start, kReceiveBuffer);
  if (address == 0) {
    return false;
  }
  rings_.rx[slot].buffer1 = address + kReceiveHeadroom;
  rings_.rx_frames[slot] = std::move(*fresh);
  Arm(slot);
  return true;
}

void Stm32Eth::Arm(size_t slot) {
  DmaBarrier();
  rings_.rx[slot].status = RxStatus::kOwn;
}

// A DMA that found no descriptor sleeps until the next frame comes, or until it is told to look
// (33.6.6); telling one that is awake does nothing.
void Stm32Eth::ResumeReceive() {
  if (rx_armed_) {
    rx_armed_ = false;
    DmaBarrier();
    bus_.Write(ReceivePollDemand::kAddress, 0);
  }
}

// What the MAC verified adds up with its pseudo header to ones' complement zero, and so does the IP
// header: the sum of the frame is known without a look at its payload.
void Stm32Eth::SetVerifiedSum(base::Pbuf& frame, RxChecksums found) {
  if (!MayBelieveChecksums(found)) {
    details_.rx_bad_checksums +=
        found.has(RxChecksums::kPayloadError | RxChecksums::kHeaderError) ? 1 : 0;
    return;
  }
  const std::byte* const ip = frame.data() + kEthernetHeader;
  const size_t size = frame.size() - kEthernetHeader;
  constexpr auto kPlainHeader = std::byte{0x45};
  // Tags, options and padding are left to the stack.
  if (base::LoadBe16(ip - 2) != 0x0800 || ip[0] != kPlainHeader || base::LoadBe16(ip + 2) != size) {
    return;
  }
  switch (found.payload()) {
    case RxChecksums::kIcmp:
      return frame.set_sum(0xffff);
    case RxChecksums::kUdp:
      if (LoadHalf(ip + kUdpChecksum) == 0) {
        return;  // the sender computed none (RFC 768)
      }
      break;
    case RxChecksums::kTcp:
      break;
    default:
      return;
  }
  frame.set_sum(static_cast<base::Sum>(~PseudoHeaderSum(ip, size - kIpHeader)));
}

std::unexpected<base::Status> Stm32Eth::DropBad(RxStatus status) {
  constexpr auto kDropped = std::unexpected(base::Status::kDataLoss);
  if (!status.has(RxStatus::kFirst)) {
    return kDropped;  // the rest of a frame that was counted with its first piece
  }
  if (!status.has(RxStatus::kLast)) {
    ++counters().rx_too_long;
    return kDropped;
  }
  if (!status.has(RxStatus::kErrors)) {
    if (status.length() > kLongestFrame) {
      ++counters().rx_too_long;
    } else {
      ++counters().rx_errors;
      ++details_.rx_runts;
    }
    return kDropped;
  }
  // CRC errors are counted by the MMC.
  ++counters().rx_errors;
  details_.rx_mii_errors += status.has(RxStatus::kMiiError);
  details_.rx_watchdog += status.has(RxStatus::kWatchdog);
  details_.rx_late_collisions += status.has(RxStatus::kLateCollision);
  details_.rx_overflows += status.has(RxStatus::kOverflow);
  details_.rx_truncated += status.has(RxStatus::kTruncated);
  return kDropped;
}

}  // namespace drivers
