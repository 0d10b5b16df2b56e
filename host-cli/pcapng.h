// Writes pcapng (draft-ietf-opsawg-pcapng): what `netctl capture -w` produces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/address.h"
#include "stack/base/bytes.h"

namespace netctl {

struct CaptureInterface {
  std::string name;         // "eth0"
  std::string description;  // "LAN9118 on qemu-mps2-an386"
  base::MacAddress mac;
  uint64_t speed_bits = 0;  // bits per second; 0: not known
  uint16_t snaplen = 0;
};

struct CapturedPacket {
  uint64_t time_ns = 0;  // since 1970-01-01 UTC
  bool outbound = false;
  uint32_t original_size = 0;
  uint32_t dropped = 0;  // frames lost between the packet before and this one
  base::ConstByteSpan data;
};

// Blocks are written whole and flushed, so that a reader at the other end of a pipe sees each
// packet at once.
class PcapngWriter {
 public:
  // `out` stays open and belongs to the caller.
  PcapngWriter(std::FILE* out, const CaptureInterface& interface, std::string_view application);

  void Write(const CapturedPacket& packet);
  // Interface statistics, the last block.
  void Finish(uint64_t received, uint64_t dropped, uint64_t time_ns);

  // False once the file could not be written; errno says why.
  bool ok() const { return ok_; }

 private:
  void WriteBlock(uint32_t type, const std::vector<std::byte>& body);

  std::FILE* out_;
  bool ok_ = true;
};

}  // namespace netctl
