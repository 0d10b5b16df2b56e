// THE table of all commands. A row without a binder carries the help of its subcommands.
#include "host-cli/command.h"
#include "host-cli/commands/binders.h"

namespace netctl {
namespace {

constexpr char kBoard[] = "Board";

// clang-format off
constexpr Command kCommands[] = {
    // name            group    help                                            examples, binder
    {"info",           kBoard,  "what the board is: hardware, limits, version", "netctl info\nnetctl -t /dev/ttyACM0 info --json", BindInfo},
};
// clang-format on

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

}  // namespace netctl
