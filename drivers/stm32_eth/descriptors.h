// What driver and DMA share in memory: enhanced descriptors in two rings (RM0090 33.6.7, 33.6.8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "stack/base/pbuf.h"

namespace drivers {
namespace stm32_eth {

// RDES0.
struct RxStatus {
  static constexpr uint32_t kOwn = 1u << 31;
  static constexpr uint32_t kTruncated = 1u
                                         << 14;  // DE: ran into a descriptor that is not the DMA's
  static constexpr uint32_t kOverflow = 1u << 11;
  static constexpr uint32_t kFirst = 1u << 9;
  static constexpr uint32_t kLast = 1u << 8;
  static constexpr uint32_t kLateCollision = 1u << 6;
  static constexpr uint32_t kWatchdog = 1u << 4;
  static constexpr uint32_t kMiiError = 1u << 3;
  static constexpr uint32_t kCrcError = 1u << 1;
  static constexpr uint32_t kExtended = 1u << 0;  // RDES4 says something
  // Not the error summary: it may also stand for a wrong checksum.
  static constexpr uint32_t kErrors =
      kTruncated | kOverflow | kLateCollision | kWatchdog | kMiiError | kCrcError;

  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
  constexpr uint32_t length() const { return raw >> 16 & 0x3fff; }  // with the frame check sequence
};

// RDES4: what the checksum offload found.
struct RxChecksums {
  static constexpr uint32_t kIpv4 = 1u << 6;
  static constexpr uint32_t kBypassed = 1u << 5;
  static constexpr uint32_t kPayloadError = 1u << 4;
  static constexpr uint32_t kHeaderError = 1u << 3;
  static constexpr uint32_t kUdp = 1;
  static constexpr uint32_t kTcp = 2;
  static constexpr uint32_t kIcmp = 3;

  uint32_t raw = 0;
  constexpr bool has(uint32_t bits) const { return (raw & bits) != 0; }
  constexpr uint32_t payload() const { return raw & 7; }
};

// TDES0.
struct TxStatus {
  static constexpr uint32_t kOwn = 1u << 31;
  static constexpr uint32_t kInterrupt = 1u << 30;
  static constexpr uint32_t kLast = 1u << 29;
  static constexpr uint32_t kFirst = 1u << 28;
  static constexpr uint32_t kEndOfRing = 1u << 21;
  static constexpr uint32_t kError = 1u << 15;
  static constexpr uint32_t kLossOfCarrier = 1u << 11;
  static constexpr uint32_t kNoCarrier = 1u << 10;
  static constexpr uint32_t kLateCollision = 1u << 9;
  static constexpr uint32_t kExcessiveCollisions = 1u << 8;
  static constexpr uint32_t kExcessiveDeferral = 1u << 2;
  static constexpr uint32_t kUnderrun = 1u << 1;

  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
  constexpr uint32_t collisions() const { return raw >> 3 & 0xf; }
};

// Both directions have the same shape; names of the words as in TDES0 to TDES7 and RDES0 to RDES7.
struct Descriptor {
  static constexpr uint32_t kRxEndOfRing = 1u << 15;  // RDES1
  static constexpr uint32_t Sizes(uint32_t first, uint32_t second) { return first | second << 16; }

  volatile uint32_t status = 0;
  volatile uint32_t sizes = 0;
  volatile uint32_t buffer1 = 0;
  volatile uint32_t buffer2 = 0;
  volatile uint32_t extended = 0;
  volatile uint32_t reserved = 0;
  volatile uint32_t time_low = 0;
  volatile uint32_t time_high = 0;
};
static_assert(sizeof(Descriptor) == 32);

}  // namespace stm32_eth

// The rings as the driver takes them. `rx_frames` are the buffers that the DMA may write to;
// `tx_frames[i]` is the frame that ends in descriptor i.
struct Stm32EthRings {
  std::span<stm32_eth::Descriptor> rx;
  std::span<stm32_eth::Descriptor> tx;
  std::span<base::Pbuf> rx_frames;  // as many as rx
  std::span<base::Pbuf> tx_frames;  // as many as tx
};

// Their memory, which lies where the DMA reaches it. Outlives the driver.
template <size_t kRx, size_t kTx>
class Stm32EthStorage {
 public:
  static_assert(kRx >= 2 && kTx >= 2);
  Stm32EthRings rings() { return {rx_, tx_, rx_frames_, tx_frames_}; }

 private:
  // Of the bus: bursts do not cross a descriptor.
  alignas(32) std::array<stm32_eth::Descriptor, kRx> rx_;
  std::array<stm32_eth::Descriptor, kTx> tx_;
  std::array<base::Pbuf, kRx> rx_frames_;
  std::array<base::Pbuf, kTx> tx_frames_;
};

}  // namespace drivers
