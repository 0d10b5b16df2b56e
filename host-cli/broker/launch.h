// Starts a broker as a process of its own.
#pragma once

#include "host-cli/context.h"

namespace netctl {

// Returns the broker's status once the session with the board stands; the process lives on without
// a terminal, its messages go to BrokerLog(). kBusy when the target has a broker already or its
// board is held; what opening the channel or the session fails with; kTimeout at `deadline`.
Expected<Json> StartBroker(const Target& target, const GlobalOptions& options,
                           base::Instant deadline);

}  // namespace netctl
