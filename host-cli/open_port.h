// From a target to a port: through the broker that runs for it, or with a channel of its own.
#pragma once

#include <memory>

#include "host-cli/channels/channel.h"
#include "host-cli/context.h"
#include "host-cli/message_port.h"

namespace netctl {

// kBusy: the board's lock is held, with the holder. Else what the channel, the session or the
// broker fails with.
Expected<std::unique_ptr<MessagePort>> OpenPort(const Target& target, const GlobalOptions& options,
                                                base::Instant deadline, MessagePort::TextSink sink);

// The channel of `target`, which holds the board's lock for as long as it lives. kBusy: the lock is
// held, with the holder. Else what the channel fails with.
Expected<std::unique_ptr<Channel>> OpenLockedChannel(const Target& target,
                                                     const GlobalOptions& options,
                                                     base::Instant deadline);

}  // namespace netctl
