#include "host-cli/flash/board_flash.h"

#include <algorithm>
#include <array>

#include <elf.h>
#include <fmt/format.h>

namespace netctl {
namespace {

constexpr uint32_t kStm32F4Id = 0xe0042000;  // RM0090 38.6.1

// clang-format off
constexpr std::array kBoards = {
    BoardFlash{"stm32f4-rmii", "STM32F407", {0x08000000, 0x08100000}, true, kStm32F4Id, 0x413},
    BoardFlash{"qemu-mps2-an386", "MPS2 AN386", {0x00000000, 0x00400000}, false, 0, 0},
};

struct Device {
  uint32_t id;  // DEV_ID, bits 11:0 of DBGMCU_IDCODE
  std::string_view name;
};
constexpr std::array kDevices = {
    Device{0x410, "STM32F10x medium density"}, Device{0x411, "STM32F2x"},
    Device{0x413, "STM32F405/407/415/417"},    Device{0x414, "STM32F10x high density"},
    Device{0x418, "STM32F105/107"},            Device{0x419, "STM32F42x/43x"},
    Device{0x421, "STM32F446"},                Device{0x423, "STM32F401xB/C"},
    Device{0x431, "STM32F411"},                Device{0x433, "STM32F401xD/E"},
    Device{0x434, "STM32F469/479"},            Device{0x441, "STM32F412"},
    Device{0x449, "STM32F74x/75x"},            Device{0x450, "STM32H74x/75x"},
    Device{0x451, "STM32F76x/77x"},            Device{0x463, "STM32F413/423"},
};
// clang-format on

bool FitsInto(const FlashImage& image, const BoardFlash& board) {
  return std::ranges::all_of(
      image.ranges, [&board](const AddressRange& range) { return board.code.Contains(range); });
}

}  // namespace

const BoardFlash* FindBoardFlash(std::string_view board) {
  const auto* found = std::ranges::find(kBoards, board, &BoardFlash::board);
  return found == kBoards.end() ? nullptr : found;
}

std::string DescribeDevice(uint32_t device_id) {
  const auto* found = std::ranges::find(kDevices, device_id, &Device::id);
  return fmt::format("{} ({:#05x})", found == kDevices.end() ? "an unknown chip" : found->name,
                     device_id);
}

Expected<void> CheckFits(const FlashImage& image, const BoardFlash& board) {
  const std::string name = image.path.string();
  if (image.machine && *image.machine != EM_ARM) {
    return Fail(ExitCode::kFlash,
                fmt::format("{} is no ARM program (ELF machine {}), but {} has an {}", name,
                            *image.machine, board.board, board.chip));
  }
  if (FitsInto(image, board)) {
    return {};
  }
  const auto* other = std::ranges::find_if(
      kBoards, [&image](const BoardFlash& row) { return FitsInto(image, row); });
  if (other != kBoards.end()) {
    return Fail(ExitCode::kFlash,
                fmt::format("{} is an image for {} ({}), not for {} ({})", name, other->board,
                            other->chip, board.board, board.chip),
                fmt::format("leave IMAGE out: netctl has its own for {}", board.board));
  }
  const auto outside = std::ranges::find_if(
      image.ranges, [&board](const AddressRange& range) { return !board.code.Contains(range); });
  return Fail(ExitCode::kFlash,
              fmt::format("{} does not fit: it has bytes at {}, the flash of {} is {}", name,
                          RangeText(*outside), board.board, RangeText(board.code)),
              "was it linked for another chip, or with another linker script?");
}

}  // namespace netctl
