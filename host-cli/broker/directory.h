// Which brokers run: one socket target-NAME.sock for each, in the runtime directory.
#pragma once

#include <string>
#include <vector>

#include "host-cli/error.h"
#include "host-cli/json.h"
#include "stack/base/time.h"

namespace netctl {

// The socket of the broker of target `name`.
Expected<std::string> BrokerSocket(const std::string& name);
// Its messages, beside the socket.
Expected<std::string> BrokerLog(const std::string& name);

// The status of every broker that runs; one that does not answer within a second has a member
// "error". Sockets that nobody listens on are removed.
Expected<std::vector<Json>> ListBrokers();

// Ends the broker of `name`, its board's process included: asks, waits up to `patience`, then
// kills. False when there was none.
Expected<bool> StopBroker(const std::string& name, base::Duration patience);

}  // namespace netctl
