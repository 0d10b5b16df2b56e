// Tests of the channel between host and board: what a request costs, how much it carries, and
// whether all of it arrives.
#pragma once

#include <cstdint>

#include "protocol/method.h"

namespace protocol {

inline constexpr uint16_t kMaxBlock = 1400;  // bytes

struct BlockRequest {
  base::Bytes<kMaxBlock> data{};
  static constexpr auto kFields = base::FieldList{Field{"data", &BlockRequest::data}};
};
struct BlockCheck {
  uint32_t crc = 0;  // CRC-32C over the block
  static constexpr auto kFields = base::FieldList{Field{"crc", &BlockCheck::crc}};
};

struct BlocksRequest {
  uint64_t bytes = 0;
  uint32_t seed = 0;  // of RepeatableRandom, which fills one block after the other
  static constexpr auto kFields =
      base::FieldList{Field{"bytes", &BlocksRequest::bytes}, Field{"seed", &BlocksRequest::seed}};
};

using CheckBlock = Method<0x0070, BlockRequest, BlockCheck>;
// Sends so many bytes, in blocks of kMaxBlock and a last one of what remains.
using SendBlocks = Job<0x0071, BlocksRequest>;

using BlockSent = Event<0x0070, BlockRequest>;

}  // namespace protocol
