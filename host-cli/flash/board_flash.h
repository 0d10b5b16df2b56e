// What netctl knows about the flash of its boards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host-cli/flash/image.h"

namespace netctl {

struct BoardFlash {
  std::string_view board;
  std::string_view chip;
  AddressRange code;        // where its image belongs
  bool has_flash = true;    // QEMU loads its image itself
  uint32_t id_address = 0;  // of DBGMCU_IDCODE; 0: there is none
  uint32_t device_id = 0;   // its DEV_ID
};

// Null for a board that netctl does not know.
const BoardFlash* FindBoardFlash(std::string_view board);

// "STM32F407 (0x413)" for a DEV_ID of ST's; "an unknown chip (0x123)" for others.
std::string DescribeDevice(uint32_t device_id);

// Whether `image` can be meant for `board`. kFlash names the board that it is for, where there is
// one.
Expected<void> CheckFits(const FlashImage& image, const BoardFlash& board);

}  // namespace netctl
