// Which frames a MAC lets in.
#pragma once

#include <cstdint>

namespace drivers {

enum class ReceiveFilter : uint8_t {
  kAddressed,     // to our address and broadcast
  kAllMulticast,  // and every multicast group
  kEverything,    // promiscuous, for tests of the wire
};

}  // namespace drivers
