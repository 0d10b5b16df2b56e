// Registers of the STM32F4's Ethernet MAC, MMC and DMA (RM0090 rev 18, 33.8): a type each, with
// named bits.
#pragma once

#include <cstdint>

#include "stack/base/address.h"

namespace drivers::stm32_eth {

// Types rather than a table of numbers, so that no value goes to another register.
template <uint32_t kOffset>
struct EthRegister {
  static constexpr uint32_t kAddress = kOffset;
  uint32_t raw = 0;
  constexpr bool has(uint32_t bit) const { return (raw & bit) != 0; }
};

struct MacControl : EthRegister<0x0000> {          // ETH_MACCR
  static constexpr uint32_t kReserved = 1u << 15;  // keeps its reset value
  static constexpr uint32_t kSpeed100 = 1u << 14;
  static constexpr uint32_t kIgnoreOwn = 1u << 13;  // ROD
  static constexpr uint32_t kLoopback = 1u << 12;
  static constexpr uint32_t kFullDuplex = 1u << 11;
  static constexpr uint32_t kVerifyChecksums = 1u << 10;  // IPCO
  static constexpr uint32_t kTransmit = 1u << 3;
  static constexpr uint32_t kReceive = 1u << 2;
};

struct MacFilter : EthRegister<0x0004> {  // ETH_MACFFR
  static constexpr uint32_t kAllMulticast = 1u << 4;
  static constexpr uint32_t kPromiscuous = 1u << 0;
};

struct MiiAddress : EthRegister<0x0010> {  // ETH_MACMIIAR
  static constexpr uint32_t kWrite = 1u << 1;
  static constexpr uint32_t kBusy = 1u << 0;
  static constexpr MiiAddress Make(uint8_t phy, uint8_t reg, uint32_t clock) {
    return {uint32_t{phy} << 11 | uint32_t{reg} << 6 | clock << 2};
  }
};
struct MiiData : EthRegister<0x0014> {};  // ETH_MACMIIDR

// The divider of HCLK for MDC, which is to stay at or below 2.5 MHz (33.8.1, ETH_MACMIIAR.CR).
constexpr uint32_t MiiClockRange(uint32_t hclk_hz) {
  constexpr uint32_t kMegahertz = 1'000'000;
  if (hclk_hz < 35 * kMegahertz) {
    return 2;  // by 16
  }
  if (hclk_hz < 60 * kMegahertz) {
    return 3;  // by 26
  }
  if (hclk_hz < 100 * kMegahertz) {
    return 0;  // by 42
  }
  return hclk_hz < 150 * kMegahertz ? 1 : 4;  // by 62, by 102
}
static_assert(MiiClockRange(16'000'000) == 2 && MiiClockRange(34'999'999) == 2);
static_assert(MiiClockRange(35'000'000) == 3 && MiiClockRange(59'999'999) == 3);
static_assert(MiiClockRange(60'000'000) == 0 && MiiClockRange(99'999'999) == 0);
static_assert(MiiClockRange(100'000'000) == 1 && MiiClockRange(149'999'999) == 1);
static_assert(MiiClockRange(150'000'000) == 4 && MiiClockRange(168'000'000) == 4);

struct MacFlow : EthRegister<0x0018> {             // ETH_MACFCR
  static constexpr uint32_t kObeyPause = 1u << 2;  // RFCE
};

struct MacDebug : EthRegister<0x0034> {  // ETH_MACDBGR
  static constexpr uint32_t kTransmitActive = 1u << 16;
  static constexpr uint32_t kReceiveActive = 1u << 0;
};

struct MacInterruptMask : EthRegister<0x003c> {         // ETH_MACIMR
  static constexpr uint32_t kNone = 1u << 9 | 1u << 3;  // time stamp and wake-up masked
};

struct MacAddressHigh : EthRegister<0x0040> {
  static constexpr uint32_t kAlwaysOne = 1u << 31;
};
struct MacAddressLow : EthRegister<0x0044> {};

// The address as the two registers hold it: the first octet lowest.
constexpr MacAddressLow LowPartOf(const base::MacAddress& address) {
  const auto& o = address.octets;
  return {o[0] | uint32_t{o[1]} << 8 | uint32_t{o[2]} << 16 | uint32_t{o[3]} << 24};
}
constexpr MacAddressHigh HighPartOf(const base::MacAddress& address) {
  return {MacAddressHigh::kAlwaysOne | address.octets[4] | uint32_t{address.octets[5]} << 8};
}

// MMC counters run from reset on, and wrap. Each would interrupt when it is half full.
struct MmcReceiveMask : EthRegister<0x010c> {
  static constexpr uint32_t kNone = 1u << 17 | 1u << 6 | 1u << 5;
};
struct MmcTransmitMask : EthRegister<0x0110> {
  static constexpr uint32_t kNone = 1u << 21 | 1u << 15 | 1u << 14;
};
struct MmcSentFrames : EthRegister<0x0168> {};       // ETH_MMCTGFCR
struct MmcCrcErrors : EthRegister<0x0194> {};        // ETH_MMCRFCECR
struct MmcAlignmentErrors : EthRegister<0x0198> {};  // ETH_MMCRFAECR
struct MmcUnicastFrames : EthRegister<0x01c4> {};    // ETH_MMCRGUFCR

struct BusMode : EthRegister<0x1000> {  // ETH_DMABMR
  static constexpr uint32_t kSoftReset = 1u << 0;
  // Bursts of 32 in both directions, aligned to their size (AAL, USP, RDP, FB, PBL), descriptors of
  // eight words (EDFE), which the checksum offload needs (33.6.8).
  static constexpr uint32_t kWorking =
      1u << 25 | 1u << 23 | 32u << 17 | 1u << 16 | 32u << 8 | 1u << 7;
};

struct TransmitPollDemand : EthRegister<0x1004> {};
struct ReceivePollDemand : EthRegister<0x1008> {};
struct ReceiveList : EthRegister<0x100c> {};
struct TransmitList : EthRegister<0x1010> {};

// ETH_DMASR: cleared by writing one. The bits below 17 are those of ETH_DMAIER.
struct DmaStatus : EthRegister<0x1014> {
  static constexpr uint32_t kNormal = 1u << 16;
  static constexpr uint32_t kAbnormal = 1u << 15;
  static constexpr uint32_t kBusError = 1u << 13;
  static constexpr uint32_t kReceived = 1u << 6;
  static constexpr uint32_t kTransmitted = 1u << 0;
  // All that stands for an event; of the bus error only the reset may let go.
  static constexpr uint32_t kEvents = 0x0001'dfff;
};

struct OperationMode : EthRegister<0x1018> {               // ETH_DMAOMR
  static constexpr uint32_t kKeepBadChecksums = 1u << 26;  // DTCEFD: the stack counts them by layer
  static constexpr uint32_t kReceiveWhole = 1u << 25;      // RSF
  static constexpr uint32_t kTransmitWhole = 1u << 21;     // TSF
  static constexpr uint32_t kFlushTransmit = 1u << 20;     // FTF
  static constexpr uint32_t kStartTransmit = 1u << 13;
  static constexpr uint32_t kForwardErrors = 1u << 7;  // FEF: to count them by cause
  static constexpr uint32_t kForwardShort = 1u << 6;   // FUGF: likewise
  static constexpr uint32_t kSecondFrame = 1u << 2;    // OSF
  static constexpr uint32_t kStartReceive = 1u << 1;
  static constexpr uint32_t kWorking = kKeepBadChecksums | kReceiveWhole | kTransmitWhole |
                                       kStartTransmit | kForwardErrors | kForwardShort |
                                       kSecondFrame | kStartReceive;
};

struct InterruptEnable : EthRegister<0x101c> {};  // ETH_DMAIER

// ETH_DMAMFBOCR: reading clears it, so the driver alone reads it.
struct MissedFrames : EthRegister<0x1020> {
  // Frames without a descriptor; bit 16: the counter wrapped.
  constexpr uint32_t no_descriptor() const { return raw & 0x1'ffff; }
  // Frames that found the FIFO full; bit 28: the counter wrapped, at bit 28 - 17 = 11.
  constexpr uint32_t fifo_full() const { return raw >> 17 & 0xfff; }
};
static_assert(MissedFrames{0xf000'0000}.no_descriptor() == 0);
static_assert(MissedFrames{0x0001'ffff}.no_descriptor() == 0x1'ffff);
static_assert(MissedFrames{0x1ffe'0000}.fifo_full() == 0xfff);

}  // namespace drivers::stm32_eth
