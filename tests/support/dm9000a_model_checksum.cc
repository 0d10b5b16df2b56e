#include "tests/support/dm9000a_model_checksum.h"

#include <optional>

#include "stack/base/checksum.h"

namespace test::dm9000a_model {
namespace {

constexpr size_t kIp = 14;  // where the IP header starts
constexpr uint8_t kTcp = 6;
constexpr uint8_t kUdp = 17;

struct Place {
  size_t ip_end = 0;  // of the header
  size_t end = 0;     // of the datagram
  uint8_t protocol = 0;
  bool is_fragment = false;
};

uint32_t Octet(base::ConstByteSpan bytes, size_t at) {
  return std::to_integer<uint32_t>(bytes[at]);
}
uint32_t Word(base::ConstByteSpan bytes, size_t at) {
  return Octet(bytes, at) << 8 | Octet(bytes, at + 1);
}

// Not a VLAN tag, not IPv6.
std::optional<Place> FindIpv4(base::ConstByteSpan frame) {
  if (frame.size() < kIp + 20 || Word(frame, 12) != 0x0800 || Octet(frame, kIp) >> 4 != 4) {
    return std::nullopt;
  }
  const size_t header = (Octet(frame, kIp) & 0xf) * 4;
  const size_t length = Word(frame, kIp + 2);
  if (header < 20 || length < header || kIp + length > frame.size()) {
    return std::nullopt;
  }
  return Place{.ip_end = kIp + header,
               .end = kIp + length,
               .protocol = static_cast<uint8_t>(Octet(frame, kIp + 9)),
               .is_fragment = (Word(frame, kIp + 6) & 0x3fff) != 0};
}

size_t FieldOf(const Place& place) { return place.ip_end + (place.protocol == kTcp ? 16 : 6); }

bool HasTransport(const Place& place) {
  const bool is_known = place.protocol == kTcp || place.protocol == kUdp;
  return is_known && !place.is_fragment && FieldOf(place) + 2 <= place.end;
}

base::Sum TransportSum(base::ConstByteSpan frame, const Place& place) {
  const base::Sum addresses = base::SumBytes(frame.subspan(kIp + 12, 8));
  const base::Sum rest =
      base::AddSums(base::WordToSum(place.protocol),
                    base::WordToSum(static_cast<uint16_t>(place.end - place.ip_end)));
  const base::Sum data = base::SumBytes(frame.subspan(place.ip_end, place.end - place.ip_end));
  return base::AddSums(base::AddSums(addresses, rest), data);
}

void PutChecksum(ByteVector& frame, size_t at, base::Sum sum) {
  const auto value = static_cast<uint16_t>(~sum);
  frame[at] = static_cast<std::byte>(value);
  frame[at + 1] = static_cast<std::byte>(value >> 8);
}

uint32_t Crc(base::ConstByteSpan bytes) {
  uint32_t crc = 0xffff'ffff;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb8'8320 : 0);
    }
  }
  return crc;
}

}  // namespace

uint8_t ChecksumStatus(base::ConstByteSpan frame) {
  const auto place = FindIpv4(frame);
  if (!place) {
    return 0;
  }
  uint8_t status = 0x04;
  if (base::SumBytes(frame.subspan(kIp, place->ip_end - kIp)) != 0xffff) {
    status |= 0x20;
  }
  if (!HasTransport(*place)) {
    return status;
  }
  const bool is_tcp = place->protocol == kTcp;
  const bool is_unused = !is_tcp && Word(frame, FieldOf(*place)) == 0;
  status |= is_tcp ? 0x08 : 0x10;
  if (!is_unused && TransportSum(frame, *place) != 0xffff) {
    status |= is_tcp ? 0x40 : 0x80;
  }
  return status;
}

void InsertChecksums(ByteVector& frame, uint8_t control) {
  const auto place = FindIpv4(frame);
  if (!place) {
    return;
  }
  if ((control & 1) != 0) {
    PutChecksum(frame, kIp + 10, 0xffff);
    PutChecksum(frame, kIp + 10,
                base::SumBytes(base::ConstByteSpan(frame).subspan(kIp, place->ip_end - kIp)));
  }
  const uint8_t bit = place->protocol == kTcp ? 2 : 4;
  if (HasTransport(*place) && (control & bit) != 0) {
    PutChecksum(frame, FieldOf(*place), 0xffff);
    PutChecksum(frame, FieldOf(*place), TransportSum(frame, *place));
  }
}

uint32_t FrameCheckSequence(base::ConstByteSpan frame) { return ~Crc(frame); }

uint32_t HashBit(base::ConstByteSpan address) { return Crc(address) & 0x3f; }

}  // namespace test::dm9000a_model
