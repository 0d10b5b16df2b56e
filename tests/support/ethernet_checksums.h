// What a MAC computes over a frame: frame check sequence, hash of the address filter, and the
// checksums of IP, ICMP, UDP and TCP that it puts in or verifies.
#pragma once

#include <cstdint>

#include "tests/support/bytes.h"

namespace test {

// IEEE 802.3 3.2.9.
uint32_t Crc32(base::ConstByteSpan bytes);
void AppendFcs(ByteVector& frame, bool is_good = true);
// Of a frame that ends with its frame check sequence.
bool HasGoodFcs(base::ConstByteSpan frame);
// RM0090 33.5.5: the upper six bits of the reversed CRC of a destination address.
uint32_t EthernetHash(base::ConstByteSpan address);

struct ChecksumInsertion {
  bool header_error = false;
  bool payload_error = false;
  bool icmp_field_not_zero = false;
};
// RM0090 33.5.2. `mode` is TDES0.CIC: 1 the IPv4 header, 2 the payload too with the sum of the
// pseudo-header already in its field, 3 without.
ChecksumInsertion InsertIpChecksums(ByteVector& frame, uint32_t mode);

struct IpExamination {
  uint32_t extended = 0;  // RDES4
  uint32_t basic = 0;     // bits 7 and 0 of RDES0 in a normal descriptor
};
// RM0090 33.5.3. `frame` has no frame check sequence.
IpExamination ExamineIp(base::ConstByteSpan frame);

}  // namespace test
