// Silicon errata of the ENC28J60 (DS80349C, revisions B1 to B7), each decided by a pure function;
// the numbers are those of the document.
#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace drivers::enc28j60 {

// EREVID of B1, B4, B5 and B7 (DS80349C, table 1). Anything else is no ENC28J60, or a bus that does
// not work.
constexpr bool IsKnownRevision(uint8_t revision) {
  return revision == 2 || revision == 4 || revision == 5 || revision == 6;
}
static_assert(IsKnownRevision(6) && !IsKnownRevision(0) && !IsKnownRevision(3));
static_assert(!IsKnownRevision(0xff));

// Erratum 1: on B1 and B4, MAC and MII registers are written unreliably when the SPI clock is
// slower than 8 MHz. No revision takes more than 20 MHz (DS39662E, table 16-6).
constexpr bool Erratum1SpiRateIsSafe(uint8_t revision, uint32_t spi_hz) {
  const uint32_t slowest = revision <= 4 ? 8'000'000 : 0;
  return spi_hz >= slowest && spi_hz <= 20'000'000;
}
static_assert(Erratum1SpiRateIsSafe(4, 8'000'000) && !Erratum1SpiRateIsSafe(4, 7'999'999));
static_assert(Erratum1SpiRateIsSafe(5, 1'000'000) && !Erratum1SpiRateIsSafe(6, 20'000'001));

// Erratum 2: ESTAT.CLKRDY stays set through a soft reset although the clock stops. What counts is
// 1 ms of waiting. A chip in power save takes no reset and gets as much time to leave it.
inline constexpr base::Duration kErratum2ResetTime{1'000};

// Erratum 5: whatever is written to ERXST, the receiver may start at 0000h. So that is where the
// ring starts.
inline constexpr uint16_t kErratum5RingStart = 0;

// Erratum 12: after an aborted transmission the next one may stall for ever, so each begins with a
// reset of the transmitter. The longest fair transmission is one of 16 attempts with a back-off of
// 366 ms in all (IEEE 802.3 4.2.3.2.5); what takes longer than this is stalled.
inline constexpr base::Duration kErratum12StallTime{500'000};

// Erratum 13: link pulses of some partners are taken for late collisions, so that a frame is lost
// without one. Sending it again is right in half duplex alone.
inline constexpr uint8_t kErratum13MaxAttempts = 16;
constexpr bool Erratum13SendAgain(bool late_collision, uint8_t attempts) {
  return late_collision && attempts < kErratum13MaxAttempts;
}
static_assert(Erratum13SendAgain(true, 15) && !Erratum13SendAgain(true, 16));
static_assert(!Erratum13SendAgain(false, 1));

// Erratum 14: an even ERXRDPT corrupts the ring. Frames start at even addresses, so the byte before
// the next frame to be read is odd; before the first one that is the end of the ring.
constexpr uint16_t Erratum14ReadPointer(uint16_t next_frame, uint16_t ring_end) {
  return next_frame == kErratum5RingStart ? ring_end : static_cast<uint16_t>(next_frame - 1);
}
static_assert(Erratum14ReadPointer(0, 0x13ff) == 0x13ff);
static_assert(Erratum14ReadPointer(0x40, 0x13ff) == 0x3f);

}  // namespace drivers::enc28j60
