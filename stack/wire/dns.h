// Domain Name System messages (RFC 1035 4).
#pragma once

#include <cstdint>
#include <string_view>

#include "stack/base/bounded.h"
#include "stack/base/bytes.h"
#include "stack/base/fields.h"
#include "stack/base/result.h"

namespace wire {

inline constexpr uint16_t kDnsPort = 53;
inline constexpr uint16_t kDnsTypeA = 1;
inline constexpr uint16_t kDnsTypeCname = 5;
inline constexpr uint16_t kDnsClassInternet = 1;
inline constexpr size_t kDnsMaxName = 253;  // as text without the last dot (RFC 1035 2.3.4)
inline constexpr size_t kDnsMaxLabel = 63;

// Values of DnsHeader::response_code().
inline constexpr uint8_t kDnsNoError = 0;
inline constexpr uint8_t kDnsNameError = 3;  // no such name
inline constexpr uint8_t kDnsRefused = 5;

struct DnsHeader {
  static constexpr uint16_t kResponse = 0x8000;
  static constexpr uint16_t kOpcodeMask = 0x7800;
  static constexpr uint16_t kTruncated = 0x0200;
  static constexpr uint16_t kRecursionDesired = 0x0100;

  uint16_t id = 0;
  uint16_t flags = 0;
  uint16_t question_count = 0;
  uint16_t answer_count = 0;
  uint16_t authority_count = 0;
  uint16_t additional_count = 0;

  constexpr bool has(uint16_t flag) const { return (flags & flag) != 0; }
  constexpr uint8_t response_code() const { return static_cast<uint8_t>(flags & 0xf); }
  constexpr bool operator==(const DnsHeader&) const = default;
  static constexpr auto kFields =
      base::FieldList{base::Field{"id", &DnsHeader::id},
                      base::Field{"flags", &DnsHeader::flags},
                      base::Field{"question_count", &DnsHeader::question_count},
                      base::Field{"answer_count", &DnsHeader::answer_count},
                      base::Field{"authority_count", &DnsHeader::authority_count},
                      base::Field{"additional_count", &DnsHeader::additional_count}};
};
inline constexpr size_t kDnsHeaderSize = base::kWireSize<DnsHeader>;
static_assert(kDnsHeaderSize == 12);

// What follows the name in a question.
struct DnsQuestion {
  uint16_t type = 0;
  uint16_t klass = 0;
  constexpr bool operator==(const DnsQuestion&) const = default;
  static constexpr auto kFields = base::FieldList{base::Field{"type", &DnsQuestion::type},
                                                  base::Field{"class", &DnsQuestion::klass}};
};
static_assert(base::kWireSize<DnsQuestion> == 4);

// What follows the name in a resource record.
struct DnsRecord {
  uint16_t type = 0;
  uint16_t klass = 0;
  uint32_t ttl = 0;
  uint16_t size = 0;  // of the data behind it
  constexpr bool operator==(const DnsRecord&) const = default;
  static constexpr auto kFields = base::FieldList{
      base::Field{"type", &DnsRecord::type}, base::Field{"class", &DnsRecord::klass},
      base::Field{"ttl", &DnsRecord::ttl}, base::Field{"size", &DnsRecord::size}};
};
static_assert(base::kWireSize<DnsRecord> == 10);

// A name as lower-case text with dots between the labels; the root is empty.
using DnsName = base::Text<kDnsMaxName>;

// `text` in lower case, a dot at its end cut off. kInvalidArgument: an empty label, one above 63
// bytes, or more than 253 bytes in all.
base::Result<DnsName> MakeDnsName(std::string_view text);

// Writes `name` as labels; returns the size. kResourceExhausted: `out` is too small.
base::Result<size_t> WriteDnsName(const DnsName& name, base::ByteSpan out);

// Reads the name at `offset` of `message`, following compression pointers, and moves `offset`
// behind it. kDataLoss: a label or pointer outside of the message, a pointer that does not point
// backwards behind the header, a reserved label type, or a name that is too long (RFC 9267).
base::Result<DnsName> ReadDnsName(base::ConstByteSpan message, size_t& offset);

}  // namespace wire
