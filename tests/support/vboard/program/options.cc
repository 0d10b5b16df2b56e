#include "tests/support/vboard/program/options.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace test {
namespace {

void SetSeed(VboardOptions& options, const std::string& text) {
  uint32_t& seed = options.settings.seed;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error(fmt::format("'{}' is no seed: a number of 32 bits", text));
  }
}

void AddForward(VboardOptions& options, const std::string& text) {
  const auto forward = agent::sim::ParsePortForward(text.c_str());
  if (!forward) {
    throw std::runtime_error(
        fmt::format("'{}' is no forward: (tcp|udp):[ADDRESS]:PORT-:BOARDPORT", text));
  }
  options.forwards.push_back(*forward);
}

struct Option {
  std::string_view name;
  std::string_view value;  // empty: the option takes none
  std::string_view help;
  void (*set)(VboardOptions& options, const std::string& text);
};

// clang-format off
constexpr Option kOptions[] = {
    {"--image", "ELF", "the firmware (BOARD/agent.elf in the folder of firmware)",
     [](VboardOptions& o, const std::string& text) { o.settings.image = text; }},
    {"--tap", "NAME", "the cable leads to this TAP device, else to a user-mode network",
     [](VboardOptions& o, const std::string& text) { o.tap = text; }},
    {"--forward", "RULE", "a port of this host leads to the board, see below; several times", AddForward},
    {"--fault", "NAME", "something is wrong with the board, see --list; several times",
     [](VboardOptions& o, const std::string& text) { o.faults.push_back(text); }},
    {"--seed", "N", "of RAM after power-on and of faults (1)", SetSeed},
    {"--control", "PATH", "unix socket for commands while it runs, see below",
     [](VboardOptions& o, const std::string& text) { o.control = text; }},
    {"--strict", "", "exit status 1 when the firmware did what a manual forbids (so it is)",
     [](VboardOptions& o, const std::string&) { o.is_strict = true; }},
    {"--lenient", "", "exit status 0 even then",
     [](VboardOptions& o, const std::string&) { o.is_strict = false; }},
    {"--list", "", "the boards, with BOARD its faults",
     [](VboardOptions& o, const std::string&) { o.wants_list = true; }},
    {"--help", "", "this text", [](VboardOptions& o, const std::string&) { o.wants_help = true; }},
};
// clang-format on

constexpr std::string_view kUsage =
    "Usage: vboard BOARD [OPTION]...\n"
    "       vboard --list [BOARD]\n"
    "\n"
    "Runs the unmodified firmware image of a board on register-level models of its chips, in real\n"
    "time. Standard input and output are its serial line; it ends when the other end is gone.\n"
    "What the firmware did that a manual forbids stands on standard error at the end.\n"
    "\n"
    "Exit status: 0, 1 when the firmware did such things, 2 when the command line makes no sense\n"
    "or a file or a device is missing.\n"
    "\n"
    "Options:\n";

constexpr std::string_view kRest =
    R"(
RULE is (tcp|udp):[ADDRESS]:PORT-:BOARDPORT, as with QEMU; the board is 10.0.2.15.

The image is looked for in $NETCTL_FIRMWARE_DIR/BOARD, then in ../firmware/BOARD beside the program.

Commands on the control socket, one per line, one line of answer each (ok, error: ..., or JSON):
  fault NAME on|off, faults, power, unplug, plug, violations, counters

Examples:
  vboard --list stm32f4-rmii
  netctl -t vboard:stm32f4-rmii bringup
  netctl -t 'vboard:stm32f4-rmii?fault=no-ref-clk' bringup
  netctl -t 'exec:vboard stm32f4-rmii --tap tap0' ping 192.168.7.1
  vboard stm32f4-rmii --image build/agent.elf --forward tcp::8080-:80 --control /tmp/board
)";

const Option& FindOption(const std::string& name) {
  const auto* const option = std::ranges::find(kOptions, name, &Option::name);
  if (option == std::end(kOptions)) {
    throw std::runtime_error("no option " + name);
  }
  return *option;
}

void Check(const VboardOptions& options) {
  if (options.wants_help || options.wants_list) {
    return;
  }
  if (options.board.empty()) {
    throw std::runtime_error("which board? vboard --list names them");
  }
  if (!options.tap.empty() && !options.forwards.empty()) {
    throw std::runtime_error("--forward belongs to the user-mode network, not to --tap");
  }
}

}  // namespace

std::string VboardHelp() {
  std::string text(kUsage);
  for (const Option& option : kOptions) {
    text +=
        fmt::format("  {:<16} {}\n", fmt::format("{} {}", option.name, option.value), option.help);
  }
  return text.append(kRest);
}

VboardOptions ParseVboardOptions(const std::vector<std::string>& arguments) {
  VboardOptions options;
  for (auto next = arguments.begin(); next != arguments.end(); ++next) {
    if (!next->starts_with("-")) {
      if (!options.board.empty()) {
        throw std::runtime_error("one board only, not also " + *next);
      }
      options.board = *next;
      continue;
    }
    const size_t equals = std::min(next->find('='), next->size());
    const Option& option = FindOption(next->substr(0, equals));
    std::string value = equals < next->size() ? next->substr(equals + 1) : "";
    if (!option.value.empty() && equals == next->size()) {
      if (++next == arguments.end()) {
        throw std::runtime_error(fmt::format("{} needs {}", option.name, option.value));
      }
      value = *next;
    }
    option.set(options, value);
  }
  Check(options);
  return options;
}

}  // namespace test
