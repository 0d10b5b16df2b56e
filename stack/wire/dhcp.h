// Dynamic Host Configuration Protocol (RFC 2131, options RFC 2132).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "stack/base/address.h"
#include "stack/base/bytes.h"
#include "stack/base/fields.h"

namespace wire {

inline constexpr uint16_t kDhcpServerPort = 67;
inline constexpr uint16_t kDhcpClientPort = 68;

inline constexpr uint8_t kBootRequest = 1;
inline constexpr uint8_t kBootReply = 2;
inline constexpr uint16_t kDhcpBroadcastFlag = 0x8000;
inline constexpr uint32_t kDhcpCookie = 0x63825363;

enum class DhcpMessageType : uint8_t {
  kDiscover = 1,
  kOffer = 2,
  kRequest = 3,
  kDecline = 4,
  kAck = 5,
  kNak = 6,
  kRelease = 7,
  kInform = 8,
};

// Option codes.
inline constexpr uint8_t kDhcpPad = 0;
inline constexpr uint8_t kDhcpSubnetMask = 1;
inline constexpr uint8_t kDhcpRouters = 3;
inline constexpr uint8_t kDhcpDnsServers = 6;
inline constexpr uint8_t kDhcpHostName = 12;
inline constexpr uint8_t kDhcpDomainName = 15;
inline constexpr uint8_t kDhcpInterfaceMtu = 26;
inline constexpr uint8_t kDhcpBroadcastAddress = 28;
inline constexpr uint8_t kDhcpNtpServers = 42;
inline constexpr uint8_t kDhcpRequestedAddress = 50;
inline constexpr uint8_t kDhcpLeaseTime = 51;
inline constexpr uint8_t kDhcpOverload = 52;
inline constexpr uint8_t kDhcpMessageTypeOption = 53;
inline constexpr uint8_t kDhcpServerIdentifier = 54;
inline constexpr uint8_t kDhcpParameterRequest = 55;
inline constexpr uint8_t kDhcpMaxMessageSize = 57;
inline constexpr uint8_t kDhcpRenewalTime = 58;
inline constexpr uint8_t kDhcpRebindingTime = 59;
inline constexpr uint8_t kDhcpClientIdentifier = 61;
inline constexpr uint8_t kDhcpEnd = 255;

struct DhcpHeader {
  uint8_t op = 0;
  uint8_t hardware_type = 1;
  uint8_t hardware_size = 6;
  uint8_t hops = 0;
  uint32_t xid = 0;
  uint16_t secs = 0;
  uint16_t flags = 0;
  base::Ipv4Address client_address;   // ciaddr
  base::Ipv4Address your_address;     // yiaddr
  base::Ipv4Address next_server;      // siaddr
  base::Ipv4Address gateway_address;  // giaddr
  base::MacAddress client_mac;        // the first bytes of chaddr
  std::array<uint8_t, 10> client_mac_rest{};
  std::array<uint8_t, 64> server_name{};
  std::array<uint8_t, 128> boot_file{};
  uint32_t cookie = kDhcpCookie;

  constexpr bool operator==(const DhcpHeader&) const = default;
  static constexpr auto kFields =
      base::FieldList{base::Field{"op", &DhcpHeader::op},
                      base::Field{"hardware_type", &DhcpHeader::hardware_type},
                      base::Field{"hardware_size", &DhcpHeader::hardware_size},
                      base::Field{"hops", &DhcpHeader::hops},
                      base::Field{"xid", &DhcpHeader::xid},
                      base::Field{"secs", &DhcpHeader::secs},
                      base::Field{"flags", &DhcpHeader::flags},
                      base::Field{"client_address", &DhcpHeader::client_address},
                      base::Field{"your_address", &DhcpHeader::your_address},
                      base::Field{"next_server", &DhcpHeader::next_server},
                      base::Field{"gateway_address", &DhcpHeader::gateway_address},
                      base::Field{"client_mac", &DhcpHeader::client_mac},
                      base::Field{"client_mac_rest", &DhcpHeader::client_mac_rest},
                      base::Field{"server_name", &DhcpHeader::server_name},
                      base::Field{"boot_file", &DhcpHeader::boot_file},
                      base::Field{"cookie", &DhcpHeader::cookie}};
};
inline constexpr size_t kDhcpHeaderSize = base::kWireSize<DhcpHeader>;
static_assert(kDhcpHeaderSize == 240);
// Where the two fields are that option 52 may fill with options.
inline constexpr size_t kDhcpServerNameOffset = 44;
inline constexpr size_t kDhcpBootFileOffset = 108;
// BOOTP's fixed size; relays and servers may drop shorter messages (RFC 1542 2.1).
inline constexpr size_t kDhcpMinMessage = 300;

struct DhcpOption {
  uint8_t code = 0;
  base::ConstByteSpan value;
};

// Walks the options of a whole message: the options field, then the boot file and server name
// fields where option 52 says that they hold options. A missing END is the end of a field.
class DhcpOptionReader {
 public:
  // `message` is at least kDhcpHeaderSize long.
  explicit DhcpOptionReader(base::ConstByteSpan message);

  // The next option that is not PAD, END or option 52; nothing at the end or behind a malformed
  // one. Every call moves forward.
  std::optional<DhcpOption> Next();
  // An option ran over the end of its field.
  bool malformed() const { return malformed_; }

 private:
  bool NextField();

  base::ConstByteSpan message_;
  base::ConstByteSpan rest_;
  uint8_t fields_left_ = 0;  // bit 0: boot file, bit 1: server name (values of option 52)
  bool overload_seen_ = false;
  bool malformed_ = false;
};

// Appends options to a buffer. What does not fit is left out and overflowed() says so.
class DhcpOptionWriter {
 public:
  explicit DhcpOptionWriter(base::ByteSpan out) : out_(out) {}

  void Add(uint8_t code, base::ConstByteSpan value);
  void AddByte(uint8_t code, uint8_t value);
  void AddU16(uint8_t code, uint16_t value);
  void AddAddress(uint8_t code, base::Ipv4Address value);
  void End();
  size_t size() const { return size_; }
  bool overflowed() const { return overflowed_; }

 private:
  base::ByteSpan out_;
  size_t size_ = 0;
  bool overflowed_ = false;
};

}  // namespace wire
