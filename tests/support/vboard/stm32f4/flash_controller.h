// The flash memory of the STM32F405/407 and its interface (RM0090 chapter 3): keys, sector and mass
// erase, programming with AND semantics, error flags. Erasing takes a fraction of the real time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "tests/support/vboard/board_clock.h"
#include "tests/support/vboard/peripheral.h"
#include "tests/support/vboard/violations.h"

namespace test {

class FlashController final : public Peripheral {
 public:
  static constexpr uint32_t kBase = 0x0800'0000;
  static constexpr uint32_t kSize = 1024 * 1024;
  static constexpr uint32_t kSectors = 12;

  FlashController(const BoardClock& clock, Violations& violations, std::span<std::byte> memory)
      : clock_(clock), violations_(violations), memory_(memory) {}

  // 4 of 16 KiB, 1 of 64 KiB, 7 of 128 KiB (table 5). `sector` < kSectors.
  static std::span<std::byte> SectorOf(std::span<std::byte> memory, uint32_t sector);

  void Reset() override;
  uint32_t Read(uint32_t offset) override;
  void Write(uint32_t offset, uint32_t value) override;

  // A store to the memory, `offset` from its start.
  void Program(uint32_t offset, uint32_t width, uint32_t value);

  uint32_t latency() const { return access_control_ & 7; }
  // Offsets of the bytes that may have changed since the last call: code translated from them is
  // stale.
  struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  Range TakeChanged() { return std::exchange(changed_, {}); }

 private:
  bool is_busy() const { return clock_.now() < busy_until_; }
  bool is_locked() const;
  void WriteKey(uint32_t value);
  void WriteControl(uint32_t value);
  void Erase();
  void Finish(Range changed, VirtualTime duration);

  const BoardClock& clock_;
  Violations& violations_;
  std::span<std::byte> memory_;
  uint32_t access_control_ = 0;
  uint32_t status_ = 0;
  uint32_t control_ = 0;
  uint32_t option_control_ = 0;
  uint32_t option_key_step_ = 0;
  uint32_t key_step_ = 0;
  bool is_locked_up_ = false;  // a wrong key, until the next reset
  Range changed_;
  VirtualTime busy_until_ = 0;
};

}  // namespace test
