// What several commands need of the board's network: its interface, its address, names, and the
// host's end.
#pragma once

#include <optional>
#include <string>

#include "host-cli/context.h"
#include "host-cli/peer/peer_address.h"
#include "protocol/methods.h"

namespace CLI {
class App;
}

namespace netctl {

// -I, --interface: a name (eth0) or an index.
void AddInterface(CLI::App& app, uint8_t& interface);

// The command's verdict when a job ended with `status`: "HTTP fetch: connection refused".
Error JobError(base::Status status, std::string_view what);

// The interface's settings once it has an address. Waits for DHCP, at most `limit`. kFailed when
// the link is down or no address came, with what to try.
Expected<protocol::IpStatus> WaitForAddress(Context& context, uint8_t interface,
                                            base::Duration limit = std::chrono::seconds(20));

// An address as it stands, or a name that the board's resolver looks up.
Expected<base::IpAddress> ResolveHost(Context& context, const std::string& host);

// True for targets whose board sits in a user-mode network, where the gateway leads to this host:
// emulated ones, and boards with the addresses that QEMU gives there (10.0.2.2, DNS 10.0.2.3).
bool IsUserModeNetwork(const Target& target, const protocol::IpSettings& settings);

// Where the host's end of a test listens and what the board is told. `peer` is --peer; empty: the
// target's, or a guess.
Expected<PeerAddress> FindPeer(Context& context, const protocol::IpStatus& board,
                               const std::string& peer);

// "100 Mbit/s full duplex" or "down".
std::string LinkModeText(const base::LinkMode& link);

}  // namespace netctl
