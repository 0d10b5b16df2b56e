// Cuts a batch of memory accesses into packets of transfers to a MEM-AP (ADIv5.2 chapter C2).
//
// Each packet sets the address register itself before it uses it, so one that follows a packet that
// failed still goes where it should, and every packet may be sent again.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host-cli/probe/dap.h"
#include "host-cli/probe/target_memory.h"

namespace netctl {

// How far a batch is.
struct AccessCursor {
  size_t access = 0;
  size_t offset = 0;  // bytes of that access
  bool operator==(const AccessCursor&) const = default;
};

struct AccessPacket {
  // Where the bytes of a word that was read belong.
  struct Read {
    std::byte* to = nullptr;
    uint8_t first = 0;  // byte of the word
    uint8_t count = 0;
  };
  AccessCursor begin;
  AccessCursor end;
  uint32_t address = 0;  // of the first access
  bool writes = false;
  std::vector<DapTransfer> transfers;
  std::vector<Read> reads;
};

// Registers of a MEM-AP, bank 0.
inline constexpr uint8_t kApCsw = 0x0;
inline constexpr uint8_t kApTar = 0x4;
inline constexpr uint8_t kApDrw = 0xc;

// CSW value that is in no access port: the next packet sets it.
inline constexpr uint32_t kUnknownCsw = 0xffff'ffff;

class AccessPlanner {
 public:
  // `csw_base`: CSW for accesses of 8 bits; `csw`: what is in the access port now.
  AccessPlanner(std::span<const MemoryAccess> accesses, size_t packet_size, uint32_t csw_base,
                uint32_t csw)
      : accesses_(accesses), packet_size_(packet_size), csw_base_(csw_base), csw_(csw) {}

  // The packet that begins at `cursor`; empty transfers: nothing is left.
  AccessPacket Next(AccessCursor cursor);
  // What CSW is once the last packet is done.
  uint32_t csw() const { return csw_; }

 private:
  // One bus access: 1, 2 or 4 bytes at a multiple of their number.
  struct Beat {
    uint32_t address = 0;
    uint8_t width = 4;
    bool write = false;
    uint8_t first = 0;    // byte of the word that the bytes of the access begin with
    uint8_t covered = 0;  // bytes of the access
  };

  // Past accesses without bytes.
  AccessCursor Skip(AccessCursor cursor) const;
  Beat BeatAt(AccessCursor cursor) const;
  uint32_t ValueOf(AccessCursor cursor, const Beat& beat) const;
  // Appends `beat`; false when the packet has no room for it.
  bool Append(AccessPacket& packet, AccessCursor cursor, const Beat& beat);

  std::span<const MemoryAccess> accesses_;
  size_t packet_size_;
  uint32_t csw_base_;
  uint32_t csw_;
  // Of the packet that is being built.
  bool tar_known_ = false;
  uint32_t tar_ = 0;
  size_t request_bytes_ = 0;
};

}  // namespace netctl
