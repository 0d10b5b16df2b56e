// Channels that go through the target's debug port: probe: and openocd:.
#pragma once

#include <memory>

#include "host-cli/channels/url.h"
#include "host-cli/probe/rtt_search.h"
#include "host-cli/probe/target_memory.h"
#include "stack/base/time.h"

namespace netctl {

bool IsDebugPort(const ChannelUrl& url);

// What OpenProbe, AttachOpenOcd and StartOpenOcd say; kUsage when the channel is no debug port.
Expected<std::unique_ptr<TargetMemory>> OpenTargetMemory(const ChannelUrl& url,
                                                         base::Instant deadline);

// Where the rings may be: ?rtt=ADDRESS, the symbol in ?elf=IMAGE or else in every shipped image,
// then ?ram=BEGIN+SIZE or the usual RAM. kUsage: an option is no good, the image has no such
// symbol.
Expected<RttSearch> MakeRttSearch(const ChannelUrl& url);

}  // namespace netctl
