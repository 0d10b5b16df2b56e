#include "tests/support/ethernet_checksums.h"

#include <array>

#include "stack/base/checksum.h"
#include "tests/support/stm32_eth_model_registers.h"

namespace test {
namespace {

using namespace stm32_eth;

constexpr size_t kFcsBytes = 4;
constexpr size_t kEthernetBytes = 14;
constexpr uint32_t kPolynomial = 0xedb8'8320;
constexpr uint32_t kResidue = 0x2144'df1c;  // of a frame with its right check sequence
constexpr uint32_t kTypeIpv4 = 0x0800;
constexpr uint32_t kTypeIpv6 = 0x86dd;

// Four bytes at a time.
constexpr auto kTables = [] {
  std::array<std::array<uint32_t, 256>, 4> tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = value >> 1 ^ ((value & 1) != 0 ? kPolynomial : 0);
    }
    tables[0][i] = value;
  }
  for (uint32_t i = 0; i < 256; ++i) {
    for (size_t table = 1; table < tables.size(); ++table) {
      const uint32_t before = tables[table - 1][i];
      tables[table][i] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}();

uint32_t Word16(base::ConstByteSpan bytes, size_t at) {
  return std::to_integer<uint32_t>(bytes[at]) << 8 | std::to_integer<uint32_t>(bytes[at + 1]);
}
void PutWord16(base::ByteSpan bytes, size_t at, uint32_t value) {
  bytes[at] = static_cast<std::byte>(value >> 8);
  bytes[at + 1] = static_cast<std::byte>(value);
}

// An IP datagram in a frame.
struct Datagram {
  bool is_ipv4 = false;
  bool is_ipv6 = false;
  bool header_error = false;
  bool is_fragment = false;
  bool is_short = false;  // less payload arrived than the header promises
  size_t header_size = 0;
  size_t payload_at = 0;  // in the frame
  size_t payload_size = 0;
  uint32_t protocol = 0;

  size_t addresses_at() const { return kEthernetBytes + (is_ipv4 ? 12 : 8); }
  size_t addresses_size() const { return is_ipv4 ? 8 : 32; }
};

void FindPayload(Datagram& datagram, base::ConstByteSpan frame, size_t promised) {
  datagram.payload_at = kEthernetBytes + datagram.header_size;
  const size_t there = frame.size() - datagram.payload_at;
  datagram.is_short = there < promised;
  datagram.payload_size = std::min(there, promised);
}

void ParseIpv4(Datagram& datagram, base::ConstByteSpan frame) {
  const base::ConstByteSpan ip = frame.subspan(kEthernetBytes);
  const size_t header = ip.empty() ? 0 : 4 * (std::to_integer<size_t>(ip[0]) & 0xf);
  const bool is_version4 = !ip.empty() && (ip[0] >> 4) == std::byte{4};
  if (!is_version4 || header < 20 || ip.size() < header || Word16(ip, 2) < header) {
    datagram.header_error = true;
    return;
  }
  datagram.header_size = header;
  datagram.is_fragment = (Word16(ip, 6) & 0x3fff) != 0;
  datagram.protocol = std::to_integer<uint32_t>(ip[9]);
  FindPayload(datagram, frame, Word16(ip, 2) - header);
}

// Without extension headers, behind which the engine does not look for this.
void ParseIpv6(Datagram& datagram, base::ConstByteSpan frame) {
  constexpr size_t kHeader = 40;
  const base::ConstByteSpan ip = frame.subspan(kEthernetBytes);
  if (ip.size() < kHeader || (ip[0] >> 4) != std::byte{6}) {
    datagram.header_error = true;
    return;
  }
  datagram.header_size = kHeader;
  datagram.protocol = std::to_integer<uint32_t>(ip[6]);
  FindPayload(datagram, frame, Word16(ip, 4));
}

Datagram ParseIp(base::ConstByteSpan frame) {
  Datagram datagram;
  if (frame.size() < kEthernetBytes) {
    return datagram;
  }
  const uint32_t type = Word16(frame, 12);
  datagram.is_ipv4 = type == kTypeIpv4;
  datagram.is_ipv6 = type == kTypeIpv6;
  if (datagram.is_ipv4) {
    ParseIpv4(datagram, frame);
  } else if (datagram.is_ipv6) {
    ParseIpv6(datagram, frame);
  }
  return datagram;
}

// What the engine knows about a payload.
struct Payload {
  uint32_t type = 0;  // RDES4.IPPT
  size_t field = 0;   // of the checksum
  size_t shortest = 0;
  bool has_pseudo_header = true;
};

Payload PayloadOf(const Datagram& datagram) {
  switch (datagram.protocol) {
    case 6:
      return {.type = kRxTcp, .field = 16, .shortest = 20};
    case 17:
      return {.type = kRxUdp, .field = 6, .shortest = 8};
    case 1:
      return datagram.is_ipv4
                 ? Payload{.type = kRxIcmp, .field = 2, .shortest = 4, .has_pseudo_header = false}
                 : Payload{};
    case 58:
      return datagram.is_ipv6 ? Payload{.type = kRxIcmp, .field = 2, .shortest = 4} : Payload{};
    default:
      return {};
  }
}

base::Sum PseudoHeaderSum(const Datagram& datagram, base::ConstByteSpan frame) {
  base::Sum sum = base::SumBytes(frame.subspan(datagram.addresses_at(), datagram.addresses_size()));
  sum = base::AddSums(sum, base::WordToSum(static_cast<uint16_t>(datagram.protocol)));
  return base::AddSums(sum, base::LongToSum(static_cast<uint32_t>(datagram.payload_size)));
}

}  // namespace

uint32_t Crc32(base::ConstByteSpan bytes) {
  uint32_t crc = ~0u;
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    uint32_t word;
    std::memcpy(&word, &bytes[i], sizeof word);
    crc ^= word;
    crc = kTables[3][crc & 0xff] ^ kTables[2][crc >> 8 & 0xff] ^ kTables[1][crc >> 16 & 0xff] ^
          kTables[0][crc >> 24];
  }
  for (; i < bytes.size(); ++i) {
    crc = crc >> 8 ^ kTables[0][(crc ^ std::to_integer<uint32_t>(bytes[i])) & 0xff];
  }
  return ~crc;
}

void AppendFcs(ByteVector& frame, bool is_good) {
  const uint32_t crc = Crc32(frame) ^ (is_good ? 0 : 1u);
  for (size_t i = 0; i < kFcsBytes; ++i) {
    frame.push_back(static_cast<std::byte>(crc >> (8 * i)));
  }
}

bool HasGoodFcs(base::ConstByteSpan frame) { return Crc32(frame) == kResidue; }

uint32_t EthernetHash(base::ConstByteSpan address) {
  // Crc32() takes the bits in the order of the wire; the reversed value has the last one first.
  uint32_t crc = Crc32(address);
  uint32_t hash = 0;
  for (int i = 0; i < 6; ++i, crc >>= 1) {
    hash = hash << 1 | (crc & 1);
  }
  return hash;
}

ChecksumInsertion InsertIpChecksums(ByteVector& frame, uint32_t mode) {
  ChecksumInsertion done;
  const Datagram datagram = ParseIp(frame);
  if (!datagram.is_ipv4 && !datagram.is_ipv6) {
    return done;
  }
  if (datagram.header_error) {
    done.header_error = true;
    return done;
  }
  const base::ByteSpan bytes = frame;
  if (datagram.is_ipv4) {
    constexpr size_t kField = kEthernetBytes + 10;
    PutWord16(bytes, kField, 0);
    PutWord16(
        bytes, kField,
        base::FinishChecksum(base::SumBytes(bytes.subspan(kEthernetBytes, datagram.header_size))));
  }
  const Payload payload = PayloadOf(datagram);
  if (mode < 2 || payload.type == 0 || datagram.is_fragment) {
    return done;
  }
  if (datagram.is_short || datagram.payload_size < payload.shortest) {
    done.payload_error = true;
    return done;
  }
  const size_t field = datagram.payload_at + payload.field;
  done.icmp_field_not_zero = !payload.has_pseudo_header && Word16(bytes, field) != 0;
  base::Sum sum = 0;
  if (mode == 3 && payload.has_pseudo_header) {
    PutWord16(bytes, field, 0);
    sum = PseudoHeaderSum(datagram, bytes);
  }
  sum =
      base::AddSums(sum, base::SumBytes(bytes.subspan(datagram.payload_at, datagram.payload_size)));
  const uint16_t checksum = base::FinishChecksum(sum);
  PutWord16(bytes, field, checksum == 0 && payload.type == kRxUdp ? 0xffff : checksum);
  return done;
}

IpExamination ExamineIp(base::ConstByteSpan frame) {
  const Datagram datagram = ParseIp(frame);
  const bool is_type = frame.size() >= kEthernetBytes && Word16(frame, 12) >= 0x600;
  if (!datagram.is_ipv4 && !datagram.is_ipv6) {
    return {.extended = kRxBypassed, .basic = is_type ? kRdHeaderChecksum : 0};
  }
  IpExamination found{.extended = datagram.is_ipv4 ? kRxIpv4 : kRxIpv6};
  const bool header_is_good =
      !datagram.header_error &&
      (datagram.is_ipv6 ||
       base::SumIsGood(base::SumBytes(frame.subspan(kEthernetBytes, datagram.header_size))));
  if (!header_is_good) {
    found.extended |= kRxHeaderError;
    found.basic |= kRdHeaderChecksum;
    return found;
  }
  const Payload payload = PayloadOf(datagram);
  if (datagram.is_fragment || payload.type == 0) {
    found.basic |= payload.type == 0 ? kRdExtended : 0;
    return found;
  }
  found.extended |= payload.type;
  bool is_good = !datagram.is_short && datagram.payload_size >= payload.shortest;
  const bool has_none = payload.type == kRxUdp && datagram.is_ipv4 && is_good &&
                        Word16(frame, datagram.payload_at + payload.field) == 0;
  if (is_good && !has_none) {
    const base::Sum own = base::SumBytes(frame.subspan(datagram.payload_at, datagram.payload_size));
    is_good = base::SumIsGood(
        payload.has_pseudo_header ? base::AddSums(own, PseudoHeaderSum(datagram, frame)) : own);
  }
  found.extended |= is_good ? 0 : kRxPayloadError;
  found.basic |= is_good ? 0 : kRdExtended;
  return found;
}

}  // namespace test
