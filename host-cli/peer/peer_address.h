// Which address of this host the board can reach: where the host's end of a test listens, and what
// the board is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stack/base/address.h"

namespace netctl {

struct PeerAddress {
  base::Ipv4Address bind;     // here we listen
  base::Ipv4Address reached;  // this the board connects to
};

// What is known about the board's network.
struct BoardNetwork {
  base::Ipv4Address address;
  base::Ipv4Address mask;
  base::Ipv4Address gateway;
  bool user_mode =
      false;  // QEMU's or our own user-mode network: its gateway leads to this host's loopback
};

// `chosen` is what the user named (--peer or the target's `peer`); empty: guess. Without a value:
// `why` says what is missing and what to do.
std::optional<PeerAddress> FindPeerAddress(const BoardNetwork& board,
                                           std::optional<base::Ipv4Address> chosen,
                                           std::string& why);

}  // namespace netctl
