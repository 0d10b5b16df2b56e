// Writes an image into a chip's flash with OpenOCD, step by step.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host-cli/flash/board_flash.h"
#include "host-cli/flash/image.h"
#include "host-cli/openocd/process.h"

namespace netctl {

class Flasher {
 public:
  struct Sector {
    AddressRange range;
    bool is_protected = false;
  };
  // `stage` is "erase", "program" or "verify"; `total` 0 when nobody knows.
  using ProgressSink = std::function<void(std::string_view stage, uint64_t done, uint64_t total)>;

  // Nothing waits beyond `deadline`.
  Flasher(OpenOcd& openocd, base::Instant deadline, ProgressSink progress)
      : openocd_(openocd), deadline_(deadline), progress_(std::move(progress)) {}

  // Each of these: kChannel when OpenOCD, the probe or the target is gone, kTimeout at the
  // deadline, and kFlash with OpenOCD's reason.

  // Resets the target and stops it; reads what its flash is made of.
  Expected<void> Halt();
  // kFlash: it is another chip than `board` has. Returns the chip's DEV_ID, 0 where it has none.
  Expected<uint32_t> CheckChip(const BoardFlash& board);
  // kFlash: beyond the chip's flash, or in a sector that is protected.
  Expected<void> CheckRoom(const FlashImage& image) const;
  // Whether the flash holds all of `image`.
  Expected<bool> Holds(const FlashImage& image);
  // The sectors that `image` touches, or all of them. Returns the number of bytes.
  Expected<uint64_t> Erase(const FlashImage* image);
  Expected<void> Program(const FlashImage& image);
  Expected<void> Verify(const FlashImage& image);
  // Lets the target run from its reset vector.
  Expected<void> Start();

 private:
  Expected<std::string> Call(std::string_view what, const std::string& script,
                             base::Duration timeout);
  Error Explain(std::string_view what, const RpcError& error) const;
  std::string ImageWords(const FlashImage& image) const;
  Expected<void> ReadSectors();

  OpenOcd& openocd_;
  base::Instant deadline_;
  ProgressSink progress_;
  AddressRange flash_;
  std::vector<Sector> sectors_;
};

// From what OpenOCD's `flash info` prints; `base` is the address of the first one.
std::vector<Flasher::Sector> ParseSectors(std::string_view text, uint32_t base);

}  // namespace netctl
