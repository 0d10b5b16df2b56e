// Where coroutine frames live: a bounded arena over memory of the composition root.
//
//   memory  |hdr|frame      |hdr|frame  |hdr| hole          |hdr|frame |hdr| hole |
//                                        ^ holes form a list in address order
//
// First fit; a frame that ends leaves a hole that joins its neighbours. The number of steps of
// both operations is bounded by the number of frames alive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/fields.h"

namespace stack {

struct FrameArenaStats {
  uint32_t capacity = 0;       // bytes, headers included; so are the next two
  uint32_t in_use = 0;         //
  uint32_t in_use_peak = 0;    //
  uint32_t allocated = 0;      // frames so far
  uint32_t exhausted = 0;      // frames that did not fit
  uint32_t largest_frame = 0;  // bytes asked for, whether it fitted or not
  static constexpr auto kFields =
      base::FieldList{base::Field{"capacity", &FrameArenaStats::capacity},
                      base::Field{"in_use", &FrameArenaStats::in_use},
                      base::Field{"in_use_peak", &FrameArenaStats::in_use_peak},
                      base::Field{"allocated", &FrameArenaStats::allocated},
                      base::Field{"exhausted", &FrameArenaStats::exhausted},
                      base::Field{"largest_frame", &FrameArenaStats::largest_frame}};
};

class FrameArena {
 public:
  static constexpr size_t kAlignment = alignof(std::max_align_t);

  // `memory` is aligned to kAlignment and outlives the arena, and the arena its frames.
  explicit FrameArena(base::ByteSpan memory);
  FrameArena(const FrameArena&) = delete;
  FrameArena& operator=(const FrameArena&) = delete;
  ~FrameArena();

  // `size` bytes aligned to kAlignment; nullptr, counted as exhausted, when no hole is that large.
  void* Allocate(size_t size) noexcept;

  // Gives a frame of any arena back to its own.
  static void Free(void* frame) noexcept;

  const FrameArenaStats& stats() const { return stats_; }

 private:
  // In front of every frame and at the start of every hole.
  struct alignas(kAlignment) Header {
    size_t size;  // of the header and what it heads
    union {
      FrameArena* owner;  // of a frame
      Header* next;       // hole
    };
  };

  Header** FindHole(size_t size);
  void Return(Header& block);
  static bool Touch(const Header& low, const Header& high);

  base::ByteSpan memory_;
  Header* holes_ = nullptr;
  FrameArenaStats stats_;
};

// An arena with its memory.
template <size_t kSize>
class FrameArenaStorage {
 public:
  FrameArena& arena() { return arena_; }

 private:
  alignas(FrameArena::kAlignment) std::array<std::byte, kSize> memory_;
  FrameArena arena_{memory_};
};

}  // namespace stack
