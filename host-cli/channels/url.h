// One text names a channel.
//
//   /dev/ttyACM0                            serial port, 115200 baud
//   serial:///dev/ttyUSB0?baud=921600&rtscts=1
//   socket://host:port                      TCP; ser2net's raw mode
//   unix:///path
//   probe:VID:PID:SERIAL?elf=IMAGE          SWD by a CMSIS-DAP probe; probe: is the only one
//   openocd://host:port                     SWD by an OpenOCD that runs, its Tcl port
//   openocd:CONFIG?probe=SERIAL             SWD by an OpenOCD of netctl's own
//   exec:COMMAND                            stdin and stdout of a shell command
//   qemu:BOARD?nic=...&kernel=...           boots the agent in QEMU
//   sim:OPTIONS                             the agent as a native process
//   vboard:BOARD?fault=...&tap=...          the agent on models of the board's chips
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "host-cli/error.h"

namespace netctl {

struct ChannelUrl {
  enum class Kind : uint8_t {
    kSerial,
    kSocket,
    kUnix,
    kExec,
    kQemu,
    kSim,
    kVboard,
    kProbe,
    kOpenOcd
  };
  Kind kind = Kind::kSerial;
  std::string text;  // as written
  std::string path;  // device, socket, command, board, options, selector or configuration
  std::string host;  // of kSocket, and of kOpenOcd when one is to be attached to
  uint16_t port = 0;
  std::map<std::string, std::string> options;  // behind '?', percent-decoded

  // Option `name` as a number; `fallback` when it is not there. kUsage outside 0 to `maximum`.
  Expected<uint32_t> Number(const std::string& name, uint32_t fallback, uint32_t maximum) const;
  std::string Option(const std::string& name) const;  // empty when it is not there
};

// kUsage; the message quotes the text and names the column.
Expected<ChannelUrl> ParseChannelUrl(std::string_view text);

// `value` as it is written behind '=' of an option.
std::string EncodeOption(std::string_view value);

// Whether a target's name cannot be meant: it has a colon or a slash.
bool LooksLikeUrl(std::string_view text);

}  // namespace netctl
