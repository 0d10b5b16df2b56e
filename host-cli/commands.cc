// THE table of all commands. A row without a binder carries the help of its subcommands.
#include "host-cli/command.h"
#include "host-cli/commands/binders.h"

namespace netctl {
namespace {

constexpr char kBoard[] = "Board";
constexpr char kLink[] = "Link and PHY";
constexpr char kNetwork[] = "Network";
constexpr char kTraffic[] = "Traffic";
constexpr char kInsight[] = "Insight";
constexpr char kTarget[] = "Targets";
constexpr char kShell[] = "Shell";

// clang-format off
constexpr Command kCommands[] = {
    // name           group      help                                               binder, examples
    {"info",          kBoard,   "what the board is: hardware, limits, version",     BindInfo,
     "netctl info\nnetctl -t /dev/ttyACM0 info --json"},
    {"bringup",       kBoard,   "every step from channel to HTTP, in order",        BindBringup,
     "netctl bringup\nnetctl -t bench bringup --junit report.xml"},
    {"flash",         kBoard,   "the agent into the board's flash, with OpenOCD",   BindFlash,
     "netctl flash --board stm32f4-rmii\nnetctl flash my.elf --board stm32f4-rmii --no-check"},
    {"reset",         kBoard,   "restart the board and wait for its agent",         BindReset,
     "netctl reset\nnetctl -t probe: reset --hard\nnetctl -t probe: reset --halt"},
    {"mem",           kBoard,   "memory of the target, through its debug probe",    nullptr,
     "netctl -t probe: mem read 0x20000000 64"},
    {"mem read",      "",       "show memory, or write it to a file",               BindMemRead,
     "netctl -t probe: mem read 0xe000ed00\nnetctl -t probe: mem read 0x20000000 128k -o ram.bin"},
    {"mem write",     "",       "write values, or a file",                          BindMemWrite,
     "netctl -t probe: mem write 0x20000000 0x12345678\n"
     "netctl -t probe: mem write 0x20000100 --input table.bin"},
    {"console",       kBoard,   "what the board prints, and keys for it",           BindConsole,
     "netctl -t /dev/ttyACM0 console\nnetctl -t bench console --until 'login:' --timeout 20s"},
    {"channel",       kBoard,   "the path between this host and the board",         nullptr,
     "netctl -t /dev/ttyACM0 channel test"},
    {"channel test",  "",       "latency, throughput and errors, both ways",        BindChannelTest,
     "netctl channel test\nnetctl -t probe: channel test --bytes 5M --count 1000"},
    {"link",          kLink,    "state, settings and tests of the link",            nullptr,
     "netctl link\nnetctl link test"},
    {"link show",     "",       "what PHY and partner agreed on",                   BindLinkShow,
     "netctl link show"},
    {"link watch",    "",       "print every change of the link",                   BindLinkWatch,
     "netctl link watch --timeout 60s"},
    {"link set",      "",       "negotiate, or force speed and duplex",             BindLinkSet,
     "netctl link set 100full\nnetctl link set auto"},
    {"link test",     "",       "frames through the loopbacks and over the wire",   BindLinkTest,
     "netctl link test\nnetctl link test --path wire --partner 192.168.1.7 -n 100"},
    {"phy",           kLink,    "registers of the PHY",                             nullptr,
     "netctl phy\nnetctl phy scan"},
    {"phy scan",      "",       "PHYs that answer on MDIO",                         BindPhyScan,
     "netctl phy scan"},
    {"phy show",      "",       "all registers, decoded",                           BindPhyShow,
     "netctl phy show\nnetctl phy show --phy 3 --all"},
    {"phy read",      "",       "one register",                                     BindPhyRead,
     "netctl phy read bmsr\nnetctl phy read 31"},
    {"phy write",     "",       "write one register",                               BindPhyWrite,
     "netctl phy write bmcr 0x1200"},
    {"phy bench",     "",       "read one register again and again",                BindPhyBench,
     "netctl phy bench -n 100000"},
    {"phy cable",     "",       "find breaks and shorts in the cable",              BindPhyCable,
     "netctl phy cable\nnetctl phy cable --json"},
    {"ip",            kNetwork, "address, gateway and name servers",                nullptr,
     "netctl ip\nnetctl ip set 192.168.0.20/24 --gateway 192.168.0.1"},
    {"ip show",       "",       "what the board uses now",                          BindIpShow,
     "netctl ip show"},
    {"ip set",        "",       "set them by hand",                                 BindIpSet,
     "netctl ip set 192.168.0.20/24 --gateway 192.168.0.1 --dns 192.168.0.1"},
    {"ip dhcp",       "",       "have them set by DHCP",                            BindIpDhcp,
     "netctl ip dhcp"},
    {"dhcp",          kNetwork, "a fresh lease, with the timing of each exchange",  BindDhcp,
     "netctl dhcp"},
    {"dns",           kNetwork, "look a name up with the board's resolver",         BindDns,
     "netctl dns example.org\nnetctl dns example.org --server 9.9.9.9"},
    {"arp",           kNetwork, "who has which address",                            nullptr,
     "netctl arp probe 192.168.1.1\nnetctl arp scan"},
    {"arp probe",     "",       "ask for one address, as arping does",              BindArpProbe,
     "netctl arp probe 192.168.1.1\nnetctl arp probe 192.168.1.20 --dad"},
    {"arp scan",      "",       "ask for a whole subnet",                           BindArpScan,
     "netctl arp scan\nnetctl arp scan 192.168.1.0/24"},
    {"arp table",     "",       "what the board has learnt",                        BindArpTable,
     "netctl arp table"},
    {"arp flush",     "",       "forget it",                                        BindArpFlush,
     "netctl arp flush"},
    {"ping",          kNetwork, "ICMP echo from the board, with ping's output",     BindPing,
     "netctl ping 192.168.1.1 -c 5\nnetctl ping 192.168.1.1 --sweep 0 1472 64"},
    {"perf",          kTraffic, "throughput",                                       nullptr,
     "netctl perf tcp"},
    {"perf tcp",      "",       "TCP between the board and this host",              BindPerfTcp,
     "netctl perf tcp -d both\nnetctl perf tcp -d receive --min-mbit 50"},
    {"http",          kTraffic, "HTTP from the board",                              nullptr,
     "netctl http get http://192.168.1.1/"},
    {"http get",      "",       "fetch a URL: size, SHA-256, times",                BindHttpGet,
     "netctl http get http://192.168.1.1/\nnetctl http get http://192.168.1.1:8000/a.bin -o a.bin"},
    {"stats",         kInsight, "every counter of every layer",                     BindStats,
     "netctl stats tcp\nnetctl stats '*drop*' --watch\nnetctl stats --reset"},
    {"pbuf",          kInsight, "packet buffer pools, and who holds the buffers",   BindPbuf,
     "netctl pbuf"},
    {"conn",          kInsight, "connections and sockets, as ss shows them",        BindConn,
     "netctl conn"},
    {"capture",       kInsight, "frames that the board receives and sends",         BindCapture,
     "netctl capture -w board.pcapng\nnetctl capture -w - | wireshark -k -i -"},
    {"inject",        kInsight, "frames into the board, or out on its wire",        nullptr,
     "netctl inject rx --random 10000 --seed 1"},
    {"inject rx",     "",       "as if the MAC had received them",                  BindInjectRx,
     "netctl inject rx seen.pcapng\nnetctl inject rx --random 10000 --seed 1"},
    {"inject tx",     "",       "out on the wire",                                  BindInjectTx,
     "netctl inject tx ffffffffffff0200000000010806...\nnetctl inject tx seen.pcapng"},
    {"targets",       kTarget,  "the targets that -t may name",                     BindTargets,
     "netctl targets"},
    {"probes",        kTarget,  "debug probes and serial ports that are plugged in",    BindProbes,
     "netctl probes\nnetctl probes --json"},
    {"target",        kTarget,  "keep a target running between commands",           nullptr,
     "netctl target start qemu\nnetctl target list --json\nnetctl target stop qemu"},
    {"target start",  "",       "open the target and share it",                     BindTargetStart,
     "netctl target start qemu"},
    {"target stop",   "",       "end it, QEMU included",                            BindTargetStop,
     "netctl target stop qemu"},
    {"target list",   "",       "targets that run: process, socket, clients",       BindTargetList,
     "netctl target list"},
    {"completion",    kShell,   "completion script for a shell",                    BindCompletion,
     "source <(netctl completion bash)"},
    {"version",       kShell,   "this program: version, protocol, schema",          BindVersion,
     "netctl version --json"},
};
// clang-format on

}  // namespace

std::span<const Command> AllCommands() { return kCommands; }

}  // namespace netctl
