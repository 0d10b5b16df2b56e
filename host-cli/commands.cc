// THE table of all commands. A row without a binder carries the help of its subcommands.
#include "host-cli/command.h"
#include "host-cli/commands/binders.h"

namespace netctl {
namespace {

constexpr char kBoard[] = "Board";
constexpr char kTarget[] = "Targets";
constexpr char kOther[] = "Other";

// clang-format off
constexpr Command kCommands[] = {
    // name            group     help                                            examples, binder
    {"info",           kBoard,   "what the board is: hardware, limits, version", "netctl info\nnetctl -t /dev/ttyACM0 info --json", BindInfo},
    {"reset",          kBoard,   "restart the board and wait for its agent",     "netctl reset", BindReset},
    {"console",        kBoard,   "what the board prints, and keys for it",       "netctl -t /dev/ttyACM0 console\nnetctl -t bench console --until 'login:' --timeout 20s", BindConsole},
    {"targets",        kTarget,  "the targets that -t may name",                 "netctl targets", BindTargets},
    {"target",         kTarget,  "keep a target running between commands",       "netctl target start qemu\nnetctl target list --json\nnetctl target stop qemu", nullptr},
    {"target start",   "",       "open the target and share it",                 "netctl target start qemu", BindTargetStart},
    {"target stop",    "",       "end it, QEMU included",                        "netctl target stop qemu", BindTargetStop},
    {"target list",    "",       "targets that run: process, socket, clients",   "netctl target list", BindTargetList},
    {"completion",     kOther,   "completion script for a shell",                "source <(netctl completion bash)", BindCompletion},
    {"version",        kOther,   "this program: version, protocol, schema",      "netctl version --json", BindVersion},
};
// clang-format on

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

}  // namespace netctl
