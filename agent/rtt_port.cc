#include "agent/rtt_port.h"

#include <algorithm>
#include <atomic>
#include <span>

namespace agent {
namespace {

using protocol::RttControlBlock;
using protocol::RttRing;

constexpr RttMemory::Name kTextName{"Terminal"};
constexpr RttMemory::Name kFramesName{"netctl"};

uint32_t AddressOf(const void* object) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(object));
}

RttRing MakeRing(const RttMemory::Name& name, base::ConstByteSpan buffer) {
  return {.name = AddressOf(name.data()),
          .buffer = AddressOf(buffer.data()),
          .size = static_cast<uint32_t>(buffer.size())};
}

// The control block of empty rings, without the id.
RttControlBlock MakeControlBlock(const RttMemory& memory) {
  const auto& [text, frames] = memory.names;
  return {.id = {},
          .up_rings = protocol::kRttChannels,
          .down_rings = protocol::kRttChannels,
          .up = {MakeRing(text, memory.text_up), MakeRing(frames, memory.frames_up)},
          .down = {MakeRing(text, memory.text_down), MakeRing(frames, memory.frames_down)}};
}

bool HasId(const RttControlBlock& control) {
  return std::ranges::equal(control.id, protocol::kRttIdInverted, [](uint8_t a, uint8_t inverted) {
    return a == static_cast<uint8_t>(~inverted);
  });
}

// The same ring, wherever its offsets stand inside it.
bool IsSameRing(RttRing found, const RttRing& made) {
  if (found.write_offset >= made.size || found.read_offset >= made.size) {
    return false;
  }
  found.write_offset = made.write_offset;
  found.read_offset = made.read_offset;
  return found == made;
}

constexpr std::array<RttMemory::Name, protocol::kRttChannels> kNames{kTextName, kFramesName};

bool SurvivedReset(const RttMemory& memory, const RttControlBlock& made) {
  const RttControlBlock& found = memory.control;
  return HasId(found) && memory.names == kNames && found.up_rings == made.up_rings &&
         found.down_rings == made.down_rings && std::ranges::equal(found.up, made.up, IsSameRing) &&
         std::ranges::equal(found.down, made.down, IsSameRing);
}

// A probe that looks meanwhile finds a whole control block or none.
void Publish(RttMemory& memory, const RttControlBlock& made) {
  RttControlBlock& control = memory.control;
  const std::span<volatile uint8_t> id = control.id;
  std::ranges::fill(id, uint8_t{0});
  std::atomic_thread_fence(std::memory_order_release);
  memory.names = kNames;
  control.up_rings = made.up_rings;
  control.down_rings = made.down_rings;
  control.up = made.up;
  control.down = made.down;
  std::atomic_thread_fence(std::memory_order_release);
  std::ranges::transform(protocol::kRttIdInverted, id.begin(),
                         [](uint8_t inverted) { return static_cast<uint8_t>(~inverted); });
}

}  // namespace

RttPort::RttPort(RttMemory& memory)
    : text_up_(memory.control.up[protocol::kRttText], memory.text_up,
               rtt_stats_.rtt_text_up_bad_offset),
      text_down_(memory.control.down[protocol::kRttText], memory.text_down,
                 rtt_stats_.rtt_text_down_bad_offset),
      frames_up_(memory.control.up[protocol::kRttFrames], memory.frames_up,
                 rtt_stats_.rtt_up_bad_offset),
      frames_down_(memory.control.down[protocol::kRttFrames], memory.frames_down,
                   rtt_stats_.rtt_down_bad_offset) {
  const RttControlBlock made = MakeControlBlock(memory);
  if (!SurvivedReset(memory, made)) {
    Publish(memory, made);
  }
}

size_t RttPort::Read(base::ByteSpan out) {
  text_down_.Drop();
  const size_t count = frames_down_.Read(out);
  stats_.rx_octets += count;
  return count;
}

size_t RttPort::Write(base::ConstByteSpan data) {
  const size_t count = frames_up_.Write(data);
  stats_.tx_octets += count;
  return count;
}

void RttPort::TakeLine(std::string_view line) {
  if (text_up_.room() < line.size()) {
    ++rtt_stats_.rtt_text_no_room;
    return;
  }
  text_up_.Write(base::AsBytes(line));
}

}  // namespace agent
