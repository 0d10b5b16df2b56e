// Packet buffers for tests: as many as a small board has, or as many as the test says.
#pragma once

#include <array>
#include <cstdint>

#include "stack/base/pbuf_pool.h"

namespace test {

template <uint16_t kSmall, uint16_t kLarge, size_t kParts>
class PoolsStorage {
 public:
  base::PbufPools& pools() { return pools_; }
  // Buffers that are not in their pool, and spare parts likewise.
  size_t in_use() const {
    return size_t{pools_.pools()[0]->stats().in_use} + pools_.pools()[1]->stats().in_use +
           pools_.part_stats().in_use;
  }

 private:
  base::PbufPoolStorage<256, kSmall> small_;
  base::PbufPoolStorage<1536, kLarge> large_;
  std::array<base::PbufPart, kParts> parts_;
  std::array<base::PbufPool*, 2> list_{&small_.pool(), &large_.pool()};
  base::PbufPools pools_{list_, parts_};
};

using TestPools = PoolsStorage<64, 128, 256>;

}  // namespace test
