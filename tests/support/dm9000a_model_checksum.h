// What a DM9000A does about the checksums of IPv4, TCP and UDP (datasheet: TCSCR, RCSCSR).
#pragma once

#include <cstdint>

#include "tests/support/bytes.h"

namespace test::dm9000a_model {

// RCSCSR 7:2: UDP, TCP and IP checksum failed; UDP, TCP, IP packet. A fragment has only the IP
// bits.
uint8_t ChecksumStatus(base::ConstByteSpan frame);

// Fills what TCSCR asks for: bit 0 IPv4 header, 1 TCP, 2 UDP. The field's content counts as zero.
void InsertChecksums(ByteVector& frame, uint8_t control);

// The FCS that stands behind a frame, least significant byte first (IEEE 802.3 3.2.9).
uint32_t FrameCheckSequence(base::ConstByteSpan frame);

// The bit of MAR0 to MAR7 for a group address: the low 6 bits of the CRC register.
uint32_t HashBit(base::ConstByteSpan address);

}  // namespace test::dm9000a_model
