// Ring buffers in the target's RAM that a debug probe reads and writes while the core runs, in the
// layout known as RTT: a control block with an id, then the descriptors of the up rings (target to
// host), then those of the down rings. All words are 32-bit little-endian, as the core has them.
//
// An up ring's write_offset belongs to the target and its read_offset to the host; a down ring's
// the other way round. A ring is empty when both are equal and holds one byte less than its size.
// Data first, then the offset: who moves an offset has finished with the bytes before it. Both
// sides check what the other one wrote before they use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/fields.h"

namespace protocol {

struct RttRing {
  uint32_t name = 0;    // address of a text with a zero behind it
  uint32_t buffer = 0;  // address
  uint32_t size = 0;    // bytes
  uint32_t write_offset = 0;
  uint32_t read_offset = 0;
  uint32_t flags = 0;  // what a full up ring does to its writer: 0 drops what does not fit

  static constexpr auto kFields = base::FieldList{
      base::Field{"name", &RttRing::name},
      base::Field{"buffer", &RttRing::buffer},
      base::Field{"size", &RttRing::size},
      base::Field{"write_offset", &RttRing::write_offset},
      base::Field{"read_offset", &RttRing::read_offset},
      base::Field{"flags", &RttRing::flags},
  };
  bool operator==(const RttRing&) const = default;
};

// Rings of the agent, in both directions.
enum RttChannel : uint8_t {
  kRttText = 0,    // "Terminal": what any RTT viewer shows
  kRttFrames = 1,  // "netctl": the bytes of the control channel, as a UART carries them
  kRttChannels,
};

// As many down rings as up rings: OpenOCD checks the index of a down ring against the number of up
// rings.
struct RttControlBlock {
  std::array<uint8_t, 16> id{};  // written last, and never as one text in the image
  uint32_t up_rings = 0;
  uint32_t down_rings = 0;
  std::array<RttRing, kRttChannels> up{};
  std::array<RttRing, kRttChannels> down{};

  bool operator==(const RttControlBlock&) const = default;
};
static_assert(base::kWireSize<RttRing> == sizeof(RttRing));
static_assert(sizeof(RttControlBlock) == 24 + 2 * kRttChannels * sizeof(RttRing));

// Every byte of the id, inverted: no image holds the id itself, so that a search finds the control
// block and not somebody's constant.
inline constexpr std::array<uint8_t, 16> kRttIdInverted = [] {
  std::array<uint8_t, 16> inverted{};
  constexpr char kId[] = "SEGGER RTT";
  for (size_t i = 0; i < inverted.size(); ++i) {
    inverted[i] = static_cast<uint8_t>(~(i < sizeof(kId) ? kId[i] : 0));
  }
  return inverted;
}();

// The linker symbol that every RTT tool looks for.
inline constexpr char kRttSymbol[] = "_SEGGER_RTT";
// A search in RAM needs to look at these addresses only.
inline constexpr uint32_t kRttAlignment = 16;

}  // namespace protocol
