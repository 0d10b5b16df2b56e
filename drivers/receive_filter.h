// What drivers with an address filter can be asked for.
#pragma once

#include <cstdint>

namespace drivers {

// Which frames the MAC lets in.
enum class ReceiveFilter : uint8_t {
  kAddressed,     // to our address and broadcast
  kAllMulticast,  // and every multicast group
  kEverything,    // promiscuous, for tests of the wire
};

}  // namespace drivers
