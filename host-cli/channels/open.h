// From a channel's URL to the channel.
#pragma once

#include <memory>

#include "host-cli/channels/channel.h"
#include "host-cli/channels/url.h"

namespace netctl {

// kChannel: cannot be opened, the message says why. kBusy: another program has it. kUsage: an
// option does not fit. Waits at most until `deadline` (a TCP connection).
Expected<std::unique_ptr<Channel>> OpenChannel(const ChannelUrl& url, base::Instant deadline);

// What two users of one channel have in common: the tty behind links, host and port. Empty when
// every user gets a board of his own (qemu, sim, vboard, exec).
std::string LockKey(const ChannelUrl& url);

Expected<std::unique_ptr<Channel>> OpenSerial(const ChannelUrl& url);
Expected<std::unique_ptr<Channel>> OpenTcp(const ChannelUrl& url, base::Instant deadline);
Expected<std::unique_ptr<Channel>> OpenUnix(const ChannelUrl& url);
Expected<std::unique_ptr<Channel>> OpenExec(const ChannelUrl& url);
Expected<std::unique_ptr<Channel>> OpenSim(const ChannelUrl& url);
Expected<std::unique_ptr<Channel>> OpenQemu(const ChannelUrl& url);
Expected<std::unique_ptr<Channel>> OpenVboard(const ChannelUrl& url);
// By a debug probe, direct or by way of OpenOCD.
Expected<std::unique_ptr<Channel>> OpenRtt(const ChannelUrl& url, base::Instant deadline);

}  // namespace netctl
