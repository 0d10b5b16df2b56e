#include "host-cli/openocd/startup_errors.h"

#include <array>

#include <fmt/format.h>

#include "host-cli/format.h"

namespace netctl {
namespace {

struct Row {
  std::string_view text;  // in OpenOCD's log
  std::string_view message;
  std::string_view hint;
};

constexpr std::string_view kPlugIn = "is it plugged in, and does lsusb show it?";
constexpr std::string_view kRules =
    "install OpenOCD's udev rules (60-openocd.rules), join the group plugdev, and plug the probe "
    "in again";
constexpr std::string_view kWires =
    "is the board powered, are SWDIO, SWCLK and GND connected, is the clock too fast for the "
    "wires?";
constexpr std::string_view kUnlock =
    "readout protection is set: unlocking erases the whole flash; in OpenOCD: stm32f2x unlock 0";

// The first row that fits counts: causes stand before their consequences.
// clang-format off
constexpr std::array kRows = {
    Row{"LIBUSB_ERROR_ACCESS", "no permission to use the probe", kRules},
    Row{"Permission denied", "no permission to use the probe", kRules},
    Row{"insufficient permissions", "no permission to use the probe", kRules},
    Row{"LIBUSB_ERROR_BUSY", "another program uses the probe", "end the other OpenOCD, IDE or netctl; fuser /dev/bus/usb/*/* names it"},
    Row{"could not claim interface", "another program uses the probe", "end the other OpenOCD, IDE or netctl; fuser /dev/bus/usb/*/* names it"},
    Row{"claim interface failed", "another program uses the probe", "end the other OpenOCD, IDE or netctl; fuser /dev/bus/usb/*/* names it"},
    Row{"LIBUSB_ERROR_NO_DEVICE", "the probe was unplugged", kPlugIn},
    Row{"No such device (it may have been disconnected)", "the probe was unplugged", kPlugIn},
    Row{"Multiple devices found", "there are several probes", "name one by its serial number: openocd:CONFIG?probe=SERIAL, or flash --probe SERIAL"},
    Row{"serial mismatch", "no probe with this serial number", kPlugIn},
    Row{"No device matches the serial string", "no probe with this serial number", kPlugIn},
    Row{"unable to find a matching CMSIS-DAP device", "no CMSIS-DAP probe found", kPlugIn},
    Row{"No J-Link device found", "no J-Link found", kPlugIn},
    Row{"no device found", "no probe found", kPlugIn},
    Row{"open failed", "no probe found", kPlugIn},
    Row{"unable to open ftdi device", "no FTDI adapter found", kPlugIn},
    Row{"unable to open CMSIS-DAP device", "the probe cannot be opened", kRules},
    Row{"target voltage may be too low", "the target has no power", "switch the board on; the probe measures VTref"},
    Row{"Target voltage too low", "the target has no power", "switch the board on; the probe measures VTref"},
    Row{"UNEXPECTED idcode", "another chip than the configuration says", "choose the board's own configuration: --config, scripts/openocd/*.cfg"},
    Row{"IDCODE mismatch", "another chip than the configuration says", "choose the board's own configuration: --config, scripts/openocd/*.cfg"},
    Row{"Cannot identify target", "another chip than the configuration says", "choose the board's own configuration: --config, scripts/openocd/*.cfg"},
    Row{"readout protection", "the core is locked", kUnlock},
    Row{"Device Security Bit Set", "the core is locked", kUnlock},
    Row{"cannot read IDR", "the target does not answer on SWD", kWires},
    Row{"init mode failed", "the target does not answer on SWD", kWires},
    Row{"SWD ack not OK", "the target does not answer on SWD", kWires},
    Row{"Error connecting DP", "the target does not answer on SWD", kWires},
    Row{"Target not examined yet", "the target answers, but its core does not", "hold its reset while connecting, or switch it off and on"},
    Row{"Could not find MEM-AP", "the core is locked, or held in reset: the debug port answers, the access port does not", kUnlock},
    Row{"Debug adapter does not support 'swd'", "the adapter does not speak SWD", "choose another adapter or transport in the configuration"},
    Row{"Debug adapter doesn't support any transports", "the adapter does not speak SWD", "choose another adapter or transport in the configuration"},
    Row{"adapter driver", "the configuration names no adapter", "put the interface first: --config interface/cmsis-dap.cfg,target/stm32f4x.cfg"},
};
// clang-format on

constexpr std::string_view kErrorMark = "Error: ";

}  // namespace

std::string LastErrorLine(std::string_view log) {
  std::string_view last;
  std::string_view last_error;
  while (!log.empty()) {
    const size_t end = std::min(log.find('\n'), log.size());
    const std::string_view line = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    if (line.starts_with(kErrorMark)) {
      last_error = line.substr(kErrorMark.size());
    } else if (!line.empty()) {
      last = line;
    }
  }
  return EscapeText(last_error.empty() ? last : last_error);
}

std::optional<Error> KnownError(std::string_view log) {
  for (const Row& row : kRows) {
    if (log.find(row.text) != std::string_view::npos) {
      return Error{ExitCode::kChannel,
                   fmt::format("{} (OpenOCD: {})", row.message, LastErrorLine(log)),
                   std::string(row.hint), std::nullopt};
    }
  }
  return std::nullopt;
}

Error ExplainLog(std::string_view log, std::string_view config) {
  constexpr std::string_view kMissing = "Can't find ";
  if (const size_t found = log.find(kMissing); found != std::string_view::npos) {
    const std::string_view rest = log.substr(found + kMissing.size());
    return {ExitCode::kChannel,
            fmt::format("OpenOCD finds no configuration {}",
                        EscapeText(rest.substr(0, rest.find('\n')))),
            "a path, a name of scripts/openocd, or of OpenOCD's own: board/..., target/...",
            std::nullopt};
  }
  if (auto known = KnownError(log)) {
    return std::move(*known);
  }
  const std::string line = LastErrorLine(log);
  return {ExitCode::kChannel,
          line.empty() ? fmt::format("OpenOCD ended without a word (configuration {})", config)
                       : fmt::format("OpenOCD does not start: {}", line),
          "-v shows everything it said", std::nullopt};
}

}  // namespace netctl
