#include "host-cli/flash/flasher.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "host-cli/clock.h"
#include "host-cli/format.h"
#include "host-cli/openocd/startup_errors.h"
#include "host-cli/openocd/tcl.h"

namespace netctl {
namespace {

constexpr base::Duration kHaltTimeout = std::chrono::seconds(10);
constexpr base::Duration kReadTimeout = std::chrono::seconds(3);
// Datasheets: a sector of 128 KiB takes up to 4 s at 1.8 V; a word 100 us at most.
constexpr base::Duration kSectorTimeout = std::chrono::seconds(20);
constexpr base::Duration kProgramTimeout = std::chrono::seconds(30);
constexpr uint64_t kSlowestBytesPerSecond = 2000;

constexpr uint32_t kDeviceIdMask = 0xfff;

base::Duration TimeFor(uint64_t bytes) {
  return kProgramTimeout + std::chrono::seconds(bytes / kSlowestBytesPerSecond);
}

// The hexadecimal number behind `mark`, with 0x.
std::optional<uint32_t> NumberBehind(std::string_view text, std::string_view mark) {
  const size_t found = text.find(mark);
  if (found == std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(found + mark.size());
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::string_view HintFor(std::string_view reason) {
  struct Row {
    std::string_view text;
    std::string_view hint;
  };
  constexpr std::array kRows = {
      Row{"protect", "lift the protection: openocd ... -c 'flash protect 0 0 last off'"},
      Row{"no flash bank found", "the configuration knows no flash there; see --config"},
      Row{"working area", "the flash loader needs RAM: see WORKAREASIZE in the configuration"},
      Row{"algorithm", "try again at a lower adapter speed; is the supply stable?"},
      Row{"checksum mismatch", "flash again; if it stays, lower the adapter speed"},
      Row{"halted", "hold reset while connecting, or switch the board off and on"},
  };
  for (const Row& row : kRows) {
    if (reason.find(row.text) != std::string_view::npos) {
      return row.hint;
    }
  }
  return "netctl -v flash ... shows everything OpenOCD said";
}

}  // namespace

std::vector<Flasher::Sector> ParseSectors(std::string_view text, uint32_t base) {
  std::vector<Flasher::Sector> sectors;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    // "\t#  3: 0x0000c000 (0x4000 16kB) not protected"
    const auto offset = NumberBehind(line, ": 0x");
    const auto size = NumberBehind(line, " (0x");
    if (!offset || !size || *size == 0) {
      continue;
    }
    const uint32_t begin = base + *offset;
    sectors.push_back({.range = {begin, uint64_t{begin} + *size},
                       .is_protected = line.find("protected") != std::string::npos &&
                                       line.find("not protected") == std::string::npos});
  }
  return sectors;
}

Expected<std::string> Flasher::Call(std::string_view what, const std::string& script,
                                    base::Duration timeout) {
  openocd_.log->Clear();
  auto answer = openocd_.rpc.Call(script, std::min(deadline_, Now() + timeout));
  if (!answer) {
    return std::unexpected(Explain(what, answer.error()));
  }
  return std::move(*answer);
}

Error Flasher::Explain(std::string_view what, const RpcError& error) const {
  if (error.kind == RpcError::Kind::kTimeout && Now() >= deadline_) {
    return {ExitCode::kTimeout, fmt::format("{}: not finished by --timeout", what), {}, {}};
  }
  if (error.kind == RpcError::Kind::kInterrupted) {
    return {ExitCode::kFlash, fmt::format("{}: {}", what, error.message),
            "the flash may be incomplete: flash again", std::nullopt};
  }
  if (error.kind == RpcError::Kind::kLost) {
    return ExplainLog(openocd_.log->text(), openocd_.name).In(what);
  }
  if (auto known = KnownError(openocd_.log->text())) {
    return std::move(*known).In(what);
  }
  std::string reason = LastErrorLine(openocd_.log->text());
  if (reason.empty() || error.kind == RpcError::Kind::kTimeout) {
    reason = EscapeText(error.message);
  }
  return {ExitCode::kFlash, fmt::format("{}: {}", what, reason), std::string(HintFor(reason)),
          std::nullopt};
}

// "FILE 0x08000000 bin", as flash write_image and verify_image take them.
std::string Flasher::ImageWords(const FlashImage& image) const {
  const std::string file = TclQuote(std::filesystem::absolute(image.path).string());
  switch (image.format) {
    case FlashImage::Format::kElf:
      return file + " 0 elf";
    case FlashImage::Format::kIhex:
      return file + " 0 ihex";
    case FlashImage::Format::kBin:
      break;
  }
  return fmt::format("{} {:#x} bin", file, image.ranges[0].begin);
}

Expected<void> Flasher::Halt() {
  if (auto halted = Call("reset", "reset init", kHaltTimeout); !halted) {
    // A target that cannot be stopped is no matter of its flash.
    Error error = halted.error();
    error.code = error.code == ExitCode::kFlash ? ExitCode::kChannel : error.code;
    return std::unexpected(error);
  }
  return ReadSectors();
}

Expected<void> Flasher::ReadSectors() {
  const auto banks = Call("flash", "llength [flash list]", kReadTimeout);
  if (!banks) {
    return std::unexpected(banks.error());
  }
  if (*banks == "0") {
    return Fail(ExitCode::kFlash, fmt::format("{} knows no flash of this chip", openocd_.name),
                "choose a configuration with a flash bank: --config target/...");
  }
  const auto info = Call("flash", "flash info 0", kReadTimeout);
  if (!info) {
    return std::unexpected(info.error());
  }
  flash_.begin = NumberBehind(*info, " at 0x").value_or(0);
  flash_.end = uint64_t{flash_.begin} + NumberBehind(*info, "size 0x").value_or(0);
  sectors_ = ParseSectors(*info, flash_.begin);
  if (sectors_.empty()) {
    return Fail(ExitCode::kFlash, fmt::format("{} does not recognise the flash", openocd_.name),
                std::string(HintFor({})));
  }
  return {};
}

Expected<uint32_t> Flasher::CheckChip(const BoardFlash& board) {
  if (board.id_address == 0) {
    return 0;
  }
  const auto text =
      Call("chip", fmt::format("read_memory {:#x} 32 1", board.id_address), kReadTimeout);
  if (!text) {
    return std::unexpected(text.error());
  }
  const uint32_t id = NumberBehind(*text, "0x").value_or(0) & kDeviceIdMask;
  if (id != board.device_id) {
    return Fail(ExitCode::kFlash,
                fmt::format("the chip is {}, but {} has an {}", DescribeDevice(id), board.board,
                            DescribeDevice(board.device_id)),
                "is this the right board? --config for another one");
  }
  return id;
}

Expected<void> Flasher::CheckRoom(const FlashImage& image) const {
  for (const AddressRange& range : image.ranges) {
    if (!flash_.Contains(range)) {
      return Fail(ExitCode::kFlash,
                  fmt::format("{} does not fit: it has bytes at {}, the flash is {}",
                              image.path.string(), RangeText(range), RangeText(flash_)));
    }
    for (size_t i = 0; i < sectors_.size(); ++i) {
      if (sectors_[i].is_protected && sectors_[i].range.Overlaps(range)) {
        return Fail(
            ExitCode::kFlash,
            fmt::format("sector {} at {} is write-protected", i, RangeText(sectors_[i].range)),
            std::string(HintFor("protect")));
      }
    }
  }
  return {};
}

Expected<bool> Flasher::Holds(const FlashImage& image) {
  // Tcl's own word for it: an error of the target is another one.
  const auto text = Call("compare",
                         fmt::format("if {{[catch {{verify_image_checksum {}}} netctl_why]}} {{set "
                                     "netctl_why other}} else {{set netctl_why same}}",
                                     ImageWords(image)),
                         TimeFor(image.size()));
  if (!text) {
    return std::unexpected(text.error());
  }
  return *text == "same";
}

Expected<uint64_t> Flasher::Erase(const FlashImage* image) {
  std::vector<size_t> chosen;
  uint64_t total = 0;
  for (size_t i = 0; i < sectors_.size(); ++i) {
    const AddressRange& sector = sectors_[i].range;
    if (image == nullptr ||
        std::ranges::any_of(image->ranges, [&sector](const AddressRange& range) {
          return sector.Overlaps(range);
        })) {
      chosen.push_back(i);
      total += sector.end - sector.begin;
    }
  }
  uint64_t done = 0;
  for (const size_t i : chosen) {
    progress_("erase", done, total);
    const auto erased =
        Call("erase", fmt::format("flash erase_sector 0 {} {}", i, i), kSectorTimeout);
    if (!erased) {
      return std::unexpected(erased.error());
    }
    done += sectors_[i].range.end - sectors_[i].range.begin;
  }
  progress_("erase", total, total);
  return total;
}

Expected<void> Flasher::Program(const FlashImage& image) {
  progress_("program", 0, image.size());
  const auto written =
      Call("program", "flash write_image " + ImageWords(image), TimeFor(image.size()));
  if (!written) {
    return std::unexpected(written.error());
  }
  progress_("program", image.size(), image.size());
  return {};
}

Expected<void> Flasher::Verify(const FlashImage& image) {
  progress_("verify", 0, image.size());
  const auto verified = Call("verify", "verify_image " + ImageWords(image), TimeFor(image.size()));
  if (!verified) {
    Error error = verified.error();
    if (const std::string reason = LastErrorLine(openocd_.log->text());
        error.code == ExitCode::kFlash && reason.find("mismatch") != std::string::npos) {
      error.message =
          fmt::format("verify: the flash does not hold what was written (OpenOCD: {})", reason);
    }
    return std::unexpected(error);
  }
  progress_("verify", image.size(), image.size());
  return {};
}

Expected<void> Flasher::Start() {
  const auto started = Call("reset", "reset run", kHaltTimeout);
  return started ? Expected<void>() : std::unexpected(started.error());
}

}  // namespace netctl
