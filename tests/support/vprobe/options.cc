#include "tests/support/vprobe/options.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace test {
namespace {

uint64_t Number(const std::string& text, uint64_t least, uint64_t most, int base = 0) {
  char* end = nullptr;
  errno = 0;
  const uint64_t value = std::strtoull(text.c_str(), &end, base);
  if (text.empty() || *end != '\0' || errno != 0 || value < least || value > most) {
    throw std::runtime_error(fmt::format("'{}' is no number from {} to {}", text, least, most));
  }
  return value;
}

void SetPacketSize(VprobeOptions& options, const std::string& text) {
  options.session.probe.packet_size = static_cast<uint16_t>(Number(text, 64, 1024));
}

void SetWrap(VprobeOptions& options, const std::string& text) {
  const uint64_t wrap = Number(text, 1024, 1 << 16);
  if ((wrap & (wrap - 1)) != 0) {
    throw std::runtime_error("--tar-wrap takes a power of two");
  }
  options.session.probe.address_wrap = static_cast<uint32_t>(wrap);
}

void SetIds(VprobeOptions& options, const std::string& text) {
  const size_t colon = std::min(text.find(':'), text.size());
  UsbIdentity& identity = options.session.probe.identity;
  identity.vendor_id = static_cast<uint16_t>(Number(text.substr(0, colon), 0, 0xffff, 16));
  identity.product_id =
      static_cast<uint16_t>(Number(text.substr(std::min(colon + 1, text.size())), 0, 0xffff, 16));
}

void SetSeed(VprobeOptions& options, const std::string& text) {
  // Plans stay where they are, wherever --seed stands.
  options.session.faults.Seed(Number(text, 0, UINT64_MAX));
}

void AddFault(VprobeOptions& options, const std::string& text) {
  if (!options.session.faults.Set(text)) {
    throw std::runtime_error("--fault takes KIND[:EVERY[:COUNT]], not " + text);
  }
}

struct Option {
  std::string_view name;
  std::string_view value;  // empty: the option takes none
  std::string_view help;
  void (*set)(VprobeOptions& options, const std::string& text);
};

// clang-format off
constexpr Option kOptions[] = {
    {"--serial", "TEXT", "serial number of the probe (V0001; empty: none)",
     [](VprobeOptions& o, const std::string& text) { o.session.probe.identity.serial = text; }},
    {"--vid-pid", "VVVV:PPPP", "USB ids (0d28:0204)", SetIds},
    {"--product", "TEXT", "product name (netctl virtual CMSIS-DAP)",
     [](VprobeOptions& o, const std::string& text) { o.session.probe.identity.product = text; }},
    {"--probes", "N", "more of the same kind on the bus, with serial TEXT-2, ... and no target",
     [](VprobeOptions& o, const std::string& text) { o.session.probes = static_cast<int>(Number(text, 0, 8)); }},
    {"--packet-size", "BYTES", "of the probe, 64 to 1024 (1024); USB packets have 512", SetPacketSize},
    {"--packet-count", "N", "packets the probe buffers (4)",
     [](VprobeOptions& o, const std::string& text) { o.session.probe.packet_count = static_cast<uint8_t>(Number(text, 1, 255)); }},
    {"--v1", "", "a CMSIS-DAP v1 probe: HID, packets of 64 bytes",
     [](VprobeOptions& o, const std::string&) {
       o.session.probe.identity.hid = true;
       o.session.probe.identity.interface = "CMSIS-DAP v1";
     }},
    {"--no-permission", "", "nobody may open the probe",
     [](VprobeOptions& o, const std::string&) { o.session.permission = false; }},
    {"--busy", "", "another program has the probe",
     [](VprobeOptions& o, const std::string&) { o.session.probe.busy = true; }},
    {"--idcode", "WORD", "DPIDR of the target (0x2ba01477)",
     [](VprobeOptions& o, const std::string& text) { o.session.probe.idcode = static_cast<uint32_t>(Number(text, 0, UINT32_MAX)); }},
    {"--tar-wrap", "BYTES", "where the access port's address increment wraps (4096)", SetWrap},
    {"--locked", "", "the access port refuses everything",
     [](VprobeOptions& o, const std::string&) { o.session.probe.locked = true; }},
    {"--fault", "FAULT", "see below; may be given several times", AddFault},
    {"--seed", "N", "of the faults (1)", SetSeed},
    {"--control", "PATH", "unix socket for commands while it runs, see below",
     [](VprobeOptions& o, const std::string& text) { o.session.control = text; }},
    {"--nic", "ARGUMENTS", "-nic of QEMU (user,model=lan9118)",
     [](VprobeOptions& o, const std::string& text) { o.target_settings.nic = text; }},
    {"--help", "", "this text", [](VprobeOptions& o, const std::string&) { o.help = true; }},
};
// clang-format on

constexpr std::string_view kUsage =
    "Usage: vprobe [OPTION]... TARGET -- COMMAND...\n"
    "\n"
    "Runs COMMAND with a virtual CMSIS-DAP debug probe plugged in, for it and what it starts.\n"
    "Programs that use libusb (OpenOCD, netctl) find it as they would find a real one. The exit\n"
    "status is the command's, 128 + N after signal N; 125 when vprobe itself fails.\n";

constexpr std::string_view kRest =
    R"(
FAULT is KIND[:EVERY[:COUNT]]: it happens at one in EVERY (1) chances, COUNT times (no limit).
  wait, fault, noack  an SWD transfer is answered WAIT, FAULT (with the sticky bit), or not at all
  parity              the data of an SWD read are damaged
  short, slow         a USB answer is cut to half, or late by 1000 us (slow=MICROSECONDS)
  unplug              the probe is pulled out before it answers (once)

Commands on the control socket, one per line, one line of answer each (ok, error: ..., or JSON):
  fault KIND [EVERY [COUNT]], clear, reset, power off|on, unplug, plug, counters
COMMAND finds its path in VPROBE_CONTROL.

Examples:
  vprobe array -- netctl probes
  vprobe array -- openocd -f interface/cmsis-dap.cfg -c "transport select swd" \
    -c "swd newdap chip cpu -expected-id 0x2ba01477" \
    -c "dap create chip.dap -chain-position chip.cpu" \
    -c "target create chip.cpu cortex_m -dap chip.dap; init; echo [mdw 0x20000000 4]; shutdown"
  vprobe qemu -- bash                        a shell where the probe is plugged in
  vprobe --fault wait:100 --seed 7 qemu:build/firmware/qemu-mps2-an386/agent.elf -- netctl ...
)";

}  // namespace

std::string VprobeHelp() {
  std::string text(kUsage);
  text += "\nTargets:\n";
  for (const TargetKind& kind : TargetKinds()) {
    text += fmt::format("  {:<24} {}\n", kind.usage, kind.help);
  }
  text += "\nOptions:\n";
  for (const Option& option : kOptions) {
    text +=
        fmt::format("  {:<24} {}\n", fmt::format("{} {}", option.name, option.value), option.help);
  }
  return text.append(kRest);
}

VprobeOptions ParseVprobeOptions(const std::vector<std::string>& arguments) {
  VprobeOptions options;
  auto next = arguments.begin();
  for (; next != arguments.end() && *next != "--"; ++next) {
    if (!next->starts_with("-")) {
      if (!options.target.empty()) {
        throw std::runtime_error("one target only, then -- and the command; not " + *next);
      }
      options.target = *next;
      continue;
    }
    const size_t equals = std::min(next->find('='), next->size());
    const auto option = std::ranges::find(kOptions, next->substr(0, equals), &Option::name);
    if (option == std::end(kOptions)) {
      throw std::runtime_error("no option " + *next);
    }
    std::string value = equals < next->size() ? next->substr(equals + 1) : "";
    if (!option->value.empty() && equals == next->size()) {
      if (++next == arguments.end()) {
        throw std::runtime_error(fmt::format("{} needs {}", option->name, option->value));
      }
      value = *next;
    }
    option->set(options, value);
  }
  if (next != arguments.end()) {
    options.command.assign(next + 1, arguments.end());
  }
  if (!options.help && (options.target.empty() || options.command.empty())) {
    throw std::runtime_error("a target, -- and a command are needed");
  }
  return options;
}

}  // namespace test
