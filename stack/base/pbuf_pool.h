// Where packet buffers come from. The composition root owns the memory (PbufPoolStorage,
// PbufPartStorage).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "stack/base/fields.h"
#include "stack/base/pbuf.h"

namespace base {

// Counters of one pool. `held` counts parts by holder: a shared buffer counts once for each of its
// holders.
struct PbufPoolStats {
  uint16_t buffer_size = 0;  // bytes of data and headroom in one buffer; 0 for the pool of parts
  uint16_t count = 0;
  uint16_t in_use = 0;
  uint16_t in_use_peak = 0;
  uint32_t allocated = 0;
  uint32_t exhausted = 0;  // allocations that this pool could not serve
  std::array<uint16_t, kHolderCount> held{};

  static constexpr auto kFields = FieldList{Field{"buffer_size", &PbufPoolStats::buffer_size},
                                            Field{"count", &PbufPoolStats::count},
                                            Field{"in_use", &PbufPoolStats::in_use},
                                            Field{"in_use_peak", &PbufPoolStats::in_use_peak},
                                            Field{"allocated", &PbufPoolStats::allocated},
                                            Field{"exhausted", &PbufPoolStats::exhausted},
                                            Field{"held", &PbufPoolStats::held}};
};

// Buffers of one size.
class PbufPool {
 public:
  // `storage` holds buffers.size() times `buffer_size` bytes and outlives the pool.
  PbufPool(std::span<PbufBuffer> buffers, ByteSpan storage, uint16_t buffer_size);

  uint16_t buffer_size() const { return stats_.buffer_size; }
  const PbufPoolStats& stats() const { return stats_; }
  std::span<const PbufBuffer> buffers() const { return buffers_; }

 private:
  friend class Pbuf;
  friend class PbufPools;

  PbufBuffer* Take();
  void GiveBack(PbufBuffer& buffer);

  std::span<PbufBuffer> buffers_;
  PbufBuffer* free_ = nullptr;
  PbufPoolStats stats_;
};

// All pools of one program, and the spare parts for shares and for memory of others.
class PbufPools {
 public:
  // `pools` in ascending buffer size; both spans outlive this object.
  PbufPools(std::span<PbufPool* const> pools, std::span<PbufPart> parts);

  // A packet of zero bytes in one buffer with `headroom` in front and at least `room` behind, from
  // the smallest pool that has one. kResourceExhausted (counted in each pool that was empty),
  // kInvalidArgument when no pool's buffers are that large.
  Result<Pbuf> Allocate(size_t headroom, size_t room, Holder holder);

  // A packet that looks at memory of the caller, which stays valid and unchanged until the last
  // holder lets go. `bytes` is at most 65535 long. kResourceExhausted when no part is left.
  Result<Pbuf> Wrap(ConstByteSpan bytes, Holder holder);

  // A copy of `bytes` with its sum, in as many buffers as it takes, the first with `headroom`.
  // kResourceExhausted, kInvalidArgument as Allocate.
  Result<Pbuf> AllocateCopy(size_t headroom, ConstByteSpan bytes, Holder holder);

  // An empty buffer with `headroom` in front of `packet`, for packets whose own bytes in front are
  // not theirs. `packet` is gone when that fails. kResourceExhausted, kInvalidArgument as Allocate.
  Result<Pbuf> AllocateFront(size_t headroom, Pbuf&& packet);

  std::span<PbufPool* const> pools() const { return pools_; }
  const PbufPoolStats& part_stats() const { return part_stats_; }

  // Test hook: the n-th allocation from now on fails (1 is the next), 0 switches it off.
  void FailAllocation(uint32_t n) { fail_in_ = n; }

 private:
  friend class Pbuf;

  PbufPart* TakePart();
  void GiveBackPart(PbufPart& part);
  bool FailsNow();

  std::span<PbufPool* const> pools_;
  PbufPart* free_parts_ = nullptr;
  PbufPoolStats part_stats_;
  uint32_t fail_in_ = 0;
};

// The memory of a pool of kCount buffers with kSize bytes each.
template <uint16_t kSize, uint16_t kCount>
class PbufPoolStorage {
 public:
  static_assert(kSize % 4 == 0, "receive FIFOs are read in words");
  PbufPool& pool() { return pool_; }

 private:
  alignas(4) std::array<std::byte, size_t{kSize} * kCount> storage_;
  std::array<PbufBuffer, kCount> buffers_;
  PbufPool pool_{buffers_, storage_, kSize};
};

}  // namespace base
