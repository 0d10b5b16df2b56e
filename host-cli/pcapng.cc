#include "host-cli/pcapng.h"

#include <array>
#include <cstring>
#include <span>

namespace netctl {
namespace {

constexpr uint32_t kSectionHeader = 0x0a0d0d0a;
constexpr uint32_t kInterfaceDescription = 1;
constexpr uint32_t kInterfaceStatistics = 5;
constexpr uint32_t kEnhancedPacket = 6;
constexpr uint16_t kLinkTypeEthernet = 1;
constexpr std::byte kNanoseconds{9};  // if_tsresol: 10^-9 s

// Builds the body of one block in the writer's byte order; the section header says which that is.
class Body {
 public:
  template <typename T>
  Body& Put(T value) {
    return PutBytes(std::as_bytes(std::span(&value, 1)));
  }
  Body& PutBytes(base::ConstByteSpan bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  // Bytes, padded with zeros to 32 bits.
  Body& PutPadded(base::ConstByteSpan bytes) {
    PutBytes(bytes);
    bytes_.resize((bytes_.size() + 3) & ~size_t{3});
    return *this;
  }
  Body& Option(uint16_t code, base::ConstByteSpan value) {
    return Put(code).Put(static_cast<uint16_t>(value.size())).PutPadded(value);
  }
  Body& Option(uint16_t code, std::string_view text) {
    return Option(code, std::as_bytes(std::span(text)));
  }
  template <typename T>
    requires std::is_integral_v<T>
  Body& Option(uint16_t code, T value) {
    return Option(code, std::as_bytes(std::span(&value, 1)));
  }
  Body& EndOfOptions() { return Put(uint32_t{0}); }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// Time stamps and 64-bit counters of statistics are stored high word first.
void PutTime(Body& body, uint64_t time_ns) {
  body.Put(static_cast<uint32_t>(time_ns >> 32)).Put(static_cast<uint32_t>(time_ns));
}

}  // namespace

PcapngWriter::PcapngWriter(std::FILE* out, const CaptureInterface& interface,
                           std::string_view application)
    : out_(out) {
  Body section;
  section.Put(uint32_t{0x1a2b3c4d}).Put(uint16_t{1}).Put(uint16_t{0}).Put(int64_t{-1});
  section.Option(2, interface.description).Option(4, application).EndOfOptions();
  WriteBlock(kSectionHeader, section.bytes());

  Body description;
  description.Put(kLinkTypeEthernet).Put(uint16_t{0}).Put(uint32_t{interface.snaplen});
  description.Option(2, interface.name).Option(3, interface.description);
  description.Option(6, std::as_bytes(std::span(interface.mac.octets)));
  if (interface.speed_bits != 0) {
    description.Option(8, interface.speed_bits);
  }
  description.Option(9, base::ConstByteSpan(&kNanoseconds, 1)).EndOfOptions();
  WriteBlock(kInterfaceDescription, description.bytes());
}

void PcapngWriter::Write(const CapturedPacket& packet) {
  Body body;
  body.Put(uint32_t{0});
  PutTime(body, packet.time_ns);
  body.Put(static_cast<uint32_t>(packet.data.size()))
      .Put(packet.original_size)
      .PutPadded(packet.data);
  body.Option(2, packet.outbound ? uint32_t{2} : uint32_t{1});  // epb_flags: 1 inbound, 2 outbound
  body.Option(4, uint64_t{packet.dropped});
  body.EndOfOptions();
  WriteBlock(kEnhancedPacket, body.bytes());
}

void PcapngWriter::Finish(uint64_t received, uint64_t dropped, uint64_t time_ns) {
  Body body;
  body.Put(uint32_t{0});
  PutTime(body, time_ns);
  body.Option(4, received).Option(5, dropped).EndOfOptions();
  WriteBlock(kInterfaceStatistics, body.bytes());
}

void PcapngWriter::WriteBlock(uint32_t type, const std::vector<std::byte>& body) {
  const auto length = static_cast<uint32_t>(body.size() + 12);
  Body block;
  block.Put(type).Put(length).PutBytes(body).Put(length);
  const auto& bytes = block.bytes();
  ok_ = ok_ && std::fwrite(bytes.data(), 1, bytes.size(), out_) == bytes.size() &&
        std::fflush(out_) == 0;
}

}  // namespace netctl
