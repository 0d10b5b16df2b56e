// The DM9000A model's memory commands (datasheet 6.36 and following, 9.2).
#include "tests/support/dm9000a_model.h"

namespace test {

using namespace dm9000a_model;

void Dm9000aModel::CheckWidth(uint32_t width) {
  if (width < options_.bus_bytes) {
    violations_.Add("DM9000A: 8-bit access to the packet memory on a 16-bit bus");
  }
}

uint16_t Dm9000aModel::Load(uint32_t address) const {
  const auto low = std::to_integer<uint16_t>(memory_[address]);
  if (options_.bus_bytes == 1) {
    return low;
  }
  const auto high = std::to_integer<uint16_t>(memory_[(address + 1) % kMemorySize]);
  return static_cast<uint16_t>(low | high << 8);
}

// IMR.PAR makes the pointers turn at the ends of their areas.
uint32_t Dm9000aModel::Advanced(uint32_t pointer, uint32_t start, uint32_t end) const {
  const uint32_t next = pointer + options_.bus_bytes;
  if ((registers_[kImr] & kImrWrap) != 0 && next >= end) {
    return start;
  }
  return next % kMemorySize;
}

uint16_t Dm9000aModel::ReadMemory(uint8_t command, uint32_t width) {
  const uint16_t value = fetched_;
  if (command == kMrcmdx1) {
    return value;
  }
  if (command == kMrcmdx) {
    // What comes out is what was fetched before. Only the first read behind a write of the index
    // fetches: who polls without it sees the same byte forever.
    if (!is_refetched_) {
      fetched_ = Load(mrr_);
      is_fetched_ = true;
      is_refetched_ = true;
    }
    return width == 1 ? value & 0xff : value;
  }
  CheckWidth(width);
  if (!is_fetched_) {
    violations_.Add("DM9000A: MRCMD read without MRCMDX first: the byte before comes out (9.2)");
  }
  mrr_ = Advanced(mrr_, kRxStart, kMemorySize);
  fetched_ = Load(mrr_);
  is_fetched_ = true;
  SendPauses();
  return width == 1 ? value & 0xff : value;
}

void Dm9000aModel::WriteMemory(uint8_t command, uint32_t width, uint16_t value) {
  CheckWidth(width);
  memory_[mwr_] = static_cast<std::byte>(value);
  if (options_.bus_bytes == 2) {
    memory_[(mwr_ + 1) % kMemorySize] = static_cast<std::byte>(value >> 8);
  }
  if (command == kMwcmdx) {
    return;
  }
  if (mwr_ >= kRxStart) {
    violations_.Add("DM9000A: MWCMD writes into the receive ring");
  }
  if (tx_used() + options_.bus_bytes > kRxStart) {
    violations_.Add("DM9000A: MWCMD overwrites a packet that waits to be sent");
  }
  mwr_ = Advanced(mwr_, 0, kRxStart);
  filled_ += options_.bus_bytes;
}

}  // namespace test
